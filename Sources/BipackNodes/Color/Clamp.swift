public import BipackGraph
import BipackKernels
import BipackPixels

/// Holds values between two bounds.
public struct Clamp: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Holds values between a minimum and a maximum, or replaces those outside by other values. NaN \
    passes.
    """

  @Input("The picture clamped.")
  public var source

  @Param("The channels clamped.")
  public var channels = ChannelSet.rgba

  @Param("The lower bound.")
  public var minimum: ColorValue = 0

  @Param("Whether the lower bound counts.")
  public var minimumEnable = true

  @Param("The upper bound.")
  public var maximum: ColorValue = 1

  @Param("Whether the upper bound counts.")
  public var maximumEnable = true

  @Param("What values below the minimum become, with `minClampToEnable`; else the minimum.")
  public var minClampTo: ColorValue = 0

  @Param("Whether `minClampTo` counts.")
  public var minClampToEnable = false

  @Param("What values above the maximum become, with `maxClampToEnable`; else the maximum.")
  public var maxClampTo: ColorValue = 1

  @Param("Whether `maxClampTo` counts.")
  public var maxClampToEnable = false

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public static let conditions: [ParamCondition] = [
    .only("minClampTo", with: "minClampToEnable"),
    .only("maxClampTo", with: "maxClampToEnable"),
    .only("minimum", "minClampTo", "minClampToEnable", with: "minimumEnable"),
    .only("maximum", "maxClampTo", "maxClampToEnable", with: "maximumEnable"),
  ]

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    minimumEnable || maximumEnable ? nil : source.slot
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { slot in
      Bounds(
        low: minimumEnable ? Float(minimum[slot]) : -.infinity,
        under: Float((minClampToEnable ? minClampTo : minimum)[slot]),
        high: maximumEnable ? Float(maximum[slot]) : .infinity,
        over: Float((maxClampToEnable ? maxClampTo : maximum)[slot]))
    }
  }
}
