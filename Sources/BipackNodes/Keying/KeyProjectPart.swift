import BipackGraph
import BipackKernels
import BipackPixels

/// Alpha from the moments, and the subject's colour. Inputs: picture, plate, where to begin, what is
/// certain, means of the subject and of the grain at half the size.
struct KeyProjectPart: FilterOperator {
  /// What is found.
  enum Goal: String {
    /// Alpha, from a difference key.
    case alpha
    /// That and the subject's colour.
    case both
    /// The colour, of an alpha that is known.
    case color
  }
  let goal: Goal

  init(_ goal: Goal) { self.goal = goal }

  private var start: Channel { goal == .color ? .alpha : KeyChannel.average }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = goal == .alpha ? [.alpha] : Channel.rgba
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let colors = output.with(rect: output.rect, Channel.rgb)
    let coarse = GaussianPyramid.coarse(for: output.rect, x: true, y: true)
    func means(_ kind: KeyMoments.Kind, _ input: Int) -> Demand {
      let half = context.inputs.count > input ? context.inputs[input]?.dataWindow ?? .empty : .empty
      return output.with(rect: coarse.intersection(half), KeyChannel.means(kind))
    }
    return [
      colors, colors, output.with(rect: output.rect, [start]),
      output.with(rect: output.rect, [KeyChannel.subject, KeyChannel.screen]),
      means(.subject, 4), means(.grain, 5),
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(start: start, settings: KeyMoments.Settings(keepsAlpha: goal == .color))
  }

  private struct Kernel: TileKernel {
    let start: Channel
    let settings: KeyMoments.Settings
    let subject = KeyChannel.means(.subject)
    let grain = KeyChannel.means(.grain)

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for band in KeyBands(task.rect) {
        let planes = Planes(band, task.pool)
        let certain = planes.add(task.input(3), [KeyChannel.subject, KeyChannel.screen])
        giveKnown(task, band, certain[0])
        let unknown = KeyMoments.Unknown(
          subject: certain[0], screen: certain[1], count: band.area)
        if unknown.isEmpty { continue }
        let color = planes.add(task.input(0), Channel.rgb)
        let plate = planes.add(task.input(1), Channel.rgb)
        let begin = planes.add(task.input(2), [start])
        let half = Planes(GaussianPyramid.coarse(for: band, x: true, y: true), task.pool)
        let means = half.add(task.input(4), subject) + half.add(task.input(5), grain)
        func target(_ channel: Channel) -> PlaneView? {
          task.channels.firstIndex(of: channel).map { task.target($0).part(band) }
        }
        withExtendedLifetime((planes, half)) {
          unknown.project(
            settings, color: color, plate: plate, start: begin[0], means: means, rect: band,
            alpha: target(.alpha), into: Channel.rgb.map(target), pool: task.pool)
        }
      }
    }

    /// Where all is known alpha is what it is, and the colour the picture's.
    private func giveKnown(
      _ task: borrowing TileTask, _ band: Rect, _ subject: UnsafePointer<Float>
    ) {
      for (index, channel) in task.channels.enumerated() {
        let target = task.target(index).part(band)
        if channel != .alpha {
          task.input(0)?.gather(channel, edge: .black, into: target)
        } else if settings.keepsAlpha {
          task.input(2)?.gather(start, edge: .black, into: target)
        } else {
          target.copy(subject)
        }
      }
    }
  }
}

/// A tile in bands of rows that stay in a processor's own cache with all the planes of a key.
struct KeyBands: Sequence, IteratorProtocol {
  private static let rows = 16

  private let rect: Rect
  private var y: Int

  init(_ rect: Rect) {
    self.rect = rect
    y = rect.y0
  }

  mutating func next() -> Rect? {
    guard y < rect.y1 else { return nil }
    let end = Swift.min(y + Self.rows, rect.y1)
    defer { y = end }
    return Rect(x0: rect.x0, y0: y, x1: rect.x1, y1: end)
  }
}
