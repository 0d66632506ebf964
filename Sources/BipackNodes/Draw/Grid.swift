public import BipackGraph
import BipackKernels
public import BipackPixels

/// Lines at equal distances.
public struct Grid: PointNode {
  public static let category = "Draw"
  public static let abstract = """
    Paints upright and level lines over the source, at equal distances: so many over the format \
    (`number`), or so many pixels apart (`size`, which goes before `number` where it is not 0). The \
    first line's middle lies on the left and top edge of the format, or on its centre. A pixel is \
    painted as much as the lines cover it, exactly, so lines may be of any width and lie between \
    pixels. Without a source it paints on black.
    """

  @Input("The picture painted on.", optional: true)
  public var source

  @Param(0...65536, "Distances that fit into the format, across and down; 0 is no lines.")
  public var number: Vec2 = 10

  @Param(
    0...1_048_576, unit: .pixels, "Pixels from line to line, across and down; 0 goes by number.")
  public var size: Vec2 = 0

  @Param(0...1_048_576, unit: .pixels, "Width of the upright and of the level lines; 0 is none.")
  public var lineWidth: Vec2 = 1

  @Param(unit: .pixels, "Movement of the lines in x and y; positive is right and down.")
  public var translate: Vec2 = 0

  @Param("Whether lines cross at the centre of the format instead of its top left corner.")
  public var fromCenter = false

  @Params public var drawing = Drawing()

  public static let conditions: [ParamCondition] = [
    .only("number", where: "size", "'size' is 0, across or down") {
      $0.numbers?.contains(0) ?? true
    }
  ]

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try drawing.spec(over: context.spec(source), context)
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let window = try spec(context).format.window
    func lines(
      _ start: Int, _ length: Int, _ number: Double, _ size: Double, _ width: Double,
      _ move: Double
    ) -> GridMask.Lines {
      let spacing = size > 0 ? size : number > 0 ? Double(length) / number : 0
      let from = Double(start) + (fromCenter ? Double(length) / 2 : 0)
      return GridMask.Lines(origin: from + move, spacing: spacing, width: width)
    }
    let mask = GridMask(
      x: lines(window.x0, window.width, number.x, size.x, lineWidth.x, translate.x),
      y: lines(window.y0, window.height, number.y, size.y, lineWidth.y, translate.y))
    return try drawing.program(mask, over: context.spec(source), context)
  }
}
