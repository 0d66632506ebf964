public import BipackGraph

/// What several shapes have in common: how they move, how opaque they are.
public struct RotoLayer: ValueRecord {
  public static let recordName = "layer"
  public static let required = ["name"]

  @Param("What shapes, and layers in it, call it.")
  public var name = ""

  @Param("The layer it is in; empty for none.")
  public var layer = ""

  @Param("Whether its shapes are drawn.")
  public var visible = true

  @Param(0...1, "How opaque its shapes are.")
  public var opacity = 1.0

  @Params public var placing = RotoPlacement()

  public init() {}
}
