public import BipackGraph
import BipackKernels
import BipackPixels

/// Changes each channel by a curve.
public struct ColorLookup: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Changes each channel by a curve: red becomes red(x) + master(x) - x, and so on; alpha by its own \
    curve only. Curves are lists of points `[[0, 0], [0.5, 0.6], [1, 1]]`, smooth, straight beyond \
    their ends, and evaluated exactly, not through a table. A point may name its slope, \
    `[0.5, 0.6, 1.2]`, or one before and one behind it, `[0.5, 0.6, 1.2, 0.4]`.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgba

  @Param("The curve of red, green and blue together.")
  public var master = LookupCurve.identity

  @Param("The curve of red.")
  public var red = LookupCurve.identity

  @Param("The curve of green.")
  public var green = LookupCurve.identity

  @Param("The curve of blue.")
  public var blue = LookupCurve.identity

  @Param("The curve of alpha.")
  public var alpha = LookupCurve.identity

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private func own(_ slot: Int) -> LookupCurve { [red, green, blue, alpha][slot] }

  private func isIdentity(_ slot: Int) -> Bool {
    own(slot).isIdentity && (slot == 3 || master.isIdentity)
  }

  public func identity(_ context: NodeContext) -> Int? {
    let selected = channels.select(from: context.main.channels)
    return selected.allSatisfy { isIdentity($0.slot ?? 0) } ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { slot in
      if isIdentity(slot) { return nil }
      let own = own(slot)
      if slot == 3 || master.isIdentity {
        return CurveKernel(breaks: own.points.map(\.x)) { own.evaluate($0) }
      }
      let breaks = Set(own.points.map(\.x) + master.points.map(\.x)).sorted()
      return CurveKernel(breaks: breaks) { own.evaluate($0) + master.evaluate($0) - $0 }
    }
  }
}
