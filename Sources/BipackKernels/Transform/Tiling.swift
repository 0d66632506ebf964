import BipackPixels

/// A picture repeated side by side, scaled and moved along the axes: every output pixel reads the plane
/// covered with the picture, through the filter, so that seams are filtered like everything else.
package struct Tiling: Sendable {
  private let cell: RepeatedCell
  private let scale: (x: Double, y: Double)
  private let offset: (x: Double, y: Double)
  private let across: KeptAxisWeights
  private let down: KeptAxisWeights

  /// - Parameters:
  ///   - cell: the part of the picture that repeats.
  ///   - scale: pixels of the plane an output pixel covers.
  ///   - translate: how far the result is moved, in output pixels.
  package init(
    cell: RepeatedCell, scale: (x: Double, y: Double), translate: (x: Double, y: Double),
    filter: ResampleFilter
  ) {
    self.cell = cell
    self.scale = scale
    func axis(_ start: Int, _ length: Int, _ mirror: Bool, _ scale: Double, _ move: Double)
      -> (offset: Double, weights: KeptAxisWeights)
    {
      // Whole periods change nothing; without them numbers stay small.
      let period = Double(length) * (mirror ? 2 : 1)
      let moved = (scale * move).truncatingRemainder(dividingBy: period)
      let offset = Double(start) * (1 - scale) - moved
      // Whole pixels are copied.
      let isWhole = scale == 1 && offset == offset.rounded()
      return (offset, KeptAxisWeights(isWhole ? .impulse : filter))
    }
    let rect = cell.rect
    let x = axis(rect.x0, rect.width, cell.isMirroredX, scale.x, translate.x)
    let y = axis(rect.y0, rect.height, cell.isMirroredY, scale.y, translate.y)
    offset = (x.offset, y.offset)
    (across, down) = (x.weights, y.weights)
  }

  private func weights(_ rect: Rect) -> (x: AxisWeights, y: AxisWeights) {
    (
      across.weights(across: true, rect.x0..<rect.x1, scale: scale.x, offset: offset.x),
      down.weights(across: false, rect.y0..<rect.y1, scale: scale.y, offset: offset.y)
    )
  }

  /// The part of the picture needed for `rect`.
  package func demand(_ rect: Rect) -> Rect {
    if rect.isEmpty { return .empty }
    let (x, y) = weights(rect)
    let (columns, rows) = (x.inputs(rect.x0..<rect.x1), y.inputs(rect.y0..<rect.y1))
    return cell.source(
      of: Rect(
        x0: columns.lowerBound, y0: rows.lowerBound, x1: columns.upperBound, y1: rows.upperBound))
  }

  /// Floats of memory it takes for `rect`: a strip of the plane, and lines to work in.
  package func scratch(_ rect: Rect) -> Int {
    if rect.isEmpty { return 0 }
    let (x, y) = weights(rect)
    let columns = x.inputs(rect.x0..<rect.x1).count
    let rows = y.inputs(rect.y0..<min(rect.y1, rect.y0 + step(columns))).count
    return columns * rows + 48 * (columns + rect.width)
  }

  /// Rows done at a time, so that the gathered source stays small where the picture shrinks a lot.
  private func step(_ columns: Int) -> Int {
    max(1, (1 << 20) / (max(1, Int(scale.y)) * max(1, columns)))
  }

  /// Fills `target` with `channel`.
  package func render(
    _ channel: Channel, of source: Image, into target: PlaneView, pool: BlockPool
  ) {
    let rect = target.rect
    let (x, y) = weights(rect)
    let columns = x.inputs(rect.x0..<rect.x1)
    let step = step(columns.count)
    for top in stride(from: rect.y0, to: rect.y1, by: min(step, rect.height)) {
      let part = Rect(x0: rect.x0, y0: top, x1: rect.x1, y1: min(top + step, rect.y1))
      let rows = y.inputs(part.y0..<part.y1)
      let needed = Rect(
        x0: columns.lowerBound, y0: rows.lowerBound, x1: columns.upperBound, y1: rows.upperBound)
      let window = source.window(channel, needed, repeating: cell, pool: pool)
      Resize.apply(x: x, y: y, source: window, into: target.part(part), pool: pool)
    }
  }
}
