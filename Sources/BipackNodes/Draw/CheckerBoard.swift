public import BipackGraph
import BipackKernels
public import BipackPixels

/// A checkerboard: a test card for transforms, and a ground to see transparency by.
public struct CheckerBoard: PointNode {
  public static let category = "Draw"
  public static let abstract = """
    Makes a checkerboard centred on the format. Sizes are rounded to whole pixels, as Nuke does \
    (Natron keeps fractions), so a proxy may differ a little from the full picture.
    """

  @Param(0...100_000, unit: .pixels, "The width and height of a box in pixels.")
  public var size: Vec2 = 64

  @Param("The colour of the box up and to the right of the centre, and every other row and column.")
  public var color0 = ColorValue(0.1, 0.1, 0.1, 1)

  @Param("The colour of the boxes beside those of `color0`.")
  public var color1 = ColorValue(0.5, 0.5, 0.5, 1)

  @Param("The colour of the boxes diagonally next to those of `color0`.")
  public var color2 = ColorValue(0.1, 0.1, 0.1, 1)

  @Param("The colour of the boxes above and below those of `color0`.")
  public var color3 = ColorValue(0.5, 0.5, 0.5, 1)

  @Param("The colour of the lines between boxes.")
  public var lineColor = ColorValue(1)

  @Param(0...10_000, unit: .pixels, "The width of upright and level lines between boxes in pixels.")
  public var lineWidth: Vec2 = 0

  @Param("The colour of the two lines through the centre.")
  public var centerlineColor = ColorValue(1, 1, 0, 1)

  @Param(
    0...10_000, unit: .pixels, "The width of the upright and the level centre line in pixels.")
  public var centerlineWidth: Vec2 = 3

  @Param("The size, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    ImageSpec(format: try format.resolve(context))
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let window = try format.resolve(context).window
    let columns = bands(
      window.x0, window.x1, box: size.x, line: lineWidth.x, center: centerlineWidth.x)
    // Nuke counts rows from the bottom, and so do the rules for odd sizes.
    let rows = Array(
      bands(window.y0, window.y1, box: size.y, line: lineWidth.y, center: centerlineWidth.y)
        .reversed())
    let used = Band.allCases.filter(rows.contains)
    let kinds = rows.map { used.firstIndex(of: $0) ?? 0 }
    var program = PointProgram()
    // Channels with the same numbers share a plane: a grey board is one, and its alpha none.
    var patterns: [(rows: [[Float]], source: PointProgram.Source)] = []
    for channel in Channel.rgba {
      let slot = channel.slot ?? 0
      let boxes = [[color0, color1], [color3, color2]].map { $0.map { Float($0[slot]) } }
      let (line, center) = (Float(lineColor[slot]), Float(centerlineColor[slot]))
      let values = used.map { row in
        columns.map { column in
          if row == .center || column == .center { return center }
          if row == .line || column == .line { return line }
          return boxes[row == .even ? 0 : 1][column == .even ? 0 : 1]
        }
      }
      if let known = patterns.first(where: { $0.rows == values }) {
        program.set(channel, known.source)
        continue
      }
      let first = values.first?.first ?? 0
      let isPlain = values.allSatisfy { $0.allSatisfy { $0 == first } }
      let kernel = PatternKernel(rect: window, kinds: kinds, rows: values)
      let source = isPlain ? .constant(first) : program.add(kernel, [])[0]
      program.set(channel, source)
      patterns.append((values, source))
    }
    return program
  }

  private enum Band: CaseIterable {
    case even
    case odd
    case line
    case center
  }

  /// What lies at each column (or row, upward): Nuke's rule.
  private func bands(_ low: Int, _ high: Int, box: Double, line: Double, center: Double) -> [Band] {
    func whole(_ value: Double) -> Int { max(1, Int(value.rounded(.toNearestOrEven))) }
    let box = whole(box)
    let line = line > 0 ? whole(line) : 0
    let middleLine = center > 0 ? whole(center) : 0
    let middle = (low + high) / 2 - line / 2
    let start = -(middleLine / 2 - line / 2)
    return (low..<high).map { position in
      let offset = position - middle
      if offset >= start, offset < start + middleLine { return .center }
      let phase = ((offset % (2 * box)) + 2 * box) % (2 * box)
      if phase % box < line { return .line }
      return phase < box ? .even : .odd
    }
  }
}
