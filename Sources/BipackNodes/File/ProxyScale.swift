import BipackGraph
import BipackPixels

/// Makes a picture smaller by any factor from 1 up, each new pixel the mean of the area it covers.
struct ProxyScale: TileOperator {
  let factor: Double

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.shrink(by: factor)
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: output.rect.scaled(by: factor))]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(factor: factor)
  }

  private struct Kernel: TileKernel {
    let factor: Double

    /// The source pixels of an output column or row and how much of each it covers.
    private func taps(_ position: Int) -> (first: Int, weights: [Float]) {
      let (from, to) = (Double(position) * factor, Double(position + 1) * factor)
      let first = Int(from.rounded(.down))
      let last = max(first + 1, Int(to.rounded(.up)))
      return (
        first,
        (first..<last).map { pixel in
          Float((min(to, Double(pixel + 1)) - max(from, Double(pixel))) / factor)
        }
      )
    }

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let rect = task.rect
      let source = rect.scaled(by: factor)
      let columns = (rect.x0..<rect.x1).map(taps)
      var line = [Float](repeating: 0, count: source.width)
      for (index, channel) in task.channels.enumerated() {
        let window = task.window(0, channel, source)
        let canvas = task.output(index)
        for y in rect.y0..<rect.y1 {
          let rows = taps(y)
          for x in line.indices { line[x] = 0 }
          for (offset, weight) in rows.weights.enumerated() where weight > 0 {
            let row = window.row(rows.first + offset)
            for x in line.indices { line[x] += weight * row[x] }
          }
          var out = canvas.row(y)
          for (x, tap) in columns.enumerated() {
            var sum: Float = 0
            for (offset, weight) in tap.weights.enumerated() where weight > 0 {
              sum += weight * line[tap.first + offset - source.x0]
            }
            out[x] = sum
          }
        }
      }
    }
  }
}

extension ImageSpec {
  /// What it is of a picture `factor` times smaller.
  mutating func shrink(by factor: Double) {
    func scaled(_ rect: Rect) -> Rect {
      if rect.isEmpty { return .empty }
      func low(_ v: Int) -> Int { Int((Double(v) / factor).rounded(.down)) }
      func high(_ v: Int) -> Int { Int((Double(v) / factor).rounded(.up)) }
      return Rect(x0: low(rect.x0), y0: low(rect.y0), x1: high(rect.x1), y1: high(rect.y1))
    }
    format.window = scaled(format.window)
    dataWindow = scaled(dataWindow)
  }
}
