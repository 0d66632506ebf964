public import BipackGraph
import BipackKernels
import BipackPixels

/// Measures a screen.
public struct ScreenStats: DataNode {
  public static let abstract = """
    Finds the colour of a green, blue or other screen and how evenly it is lit. Parameters use the \
    values by {"from": "stats.color"}: the colour for Keyer, Despill or ScreenPlate with `screen` \
    `pick`, measured in the shot, in another frame of it, or in a box that shows nothing but screen. As \
    an image it passes its input on.
    """
  public static let category = "Keying"

  @Input("The shot.")
  public var source

  @Param("The screen's colour: what to look for.")
  public var screen = ScreenColor.auto

  @Param("The colour of the screen, for `pick`.")
  public var color = ColorValue(0, 0.5, 0, 1)

  @Param(
    unit: .pixels,
    "Where to look: left, top, right, bottom, the last two excluded. All 0 is the whole picture.")
  public var area = Box(0, 0, 0, 0)

  public static let conditions: [ParamCondition] = [
    .only("color", where: "screen", is: "pick")
  ]

  public init() {}

  public static let values: [ValuePort] = [
    ValuePort("color", .vector(4), "The screen's commonest colour, with alpha 1."),
    ValuePort("primary", .number, "Its greatest channel: 0 red, 1 green, 2 blue."),
    ValuePort(
      "coverage", .number, "The share of the area that has this colour, in whatever light."),
    ValuePort(
      "darkest", .number,
      "The primary in the darkest fiftieth of the screen, as a share of that of `color`."),
    ValuePort(
      "brightest", .number,
      "The same of the brightest fiftieth: both near 1 is a screen lit evenly."),
  ]

  private func rect(_ context: NodeContext) -> Rect {
    area.area(of: context.main.dataWindow).intersection(context.main.dataWindow)
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [Demand(rect: rect(context), channels: Set(Channel.rgb))]
  }

  public func verify(_ context: NodeContext) throws(NodeError) {
    try context.checkHasPicture()
    if rect(context).isEmpty {
      throw NodeError(
        "the area shows nothing of the picture: right must lie right of left, bottom below top, and both must meet its data window"
      )
    }
  }

  public func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    guard let image = task.input(0) else { throw .nothingToMeasure }
    let rect = rect(task.context)
    let small = BlockMeans(
      image, Channel.rgb, in: rect, most: 320, pool: task.pool, loops: task.loops)
    let fit = ScreenFit(width: small.width, height: small.height, planes: [small.planes])
    guard let light = fit.light(screen.primary(color)) else { throw NodeError.noScreen }
    return [
      "color": .vector([light.color.x, light.color.y, light.color.z, 1]),
      "primary": .number(Double(light.primary)), "coverage": .number(light.coverage),
      "darkest": .number(light.darkest), "brightest": .number(light.brightest),
    ]
  }
}

extension NodeError {
  /// Nothing in a picture is a screen.
  static let noScreen = NodeError(
    "no screen found: no pixel is clearly greener or bluer than its other channels; set 'screen' to pick, and 'color'"
  )
}
