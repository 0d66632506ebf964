public import BipackGraph
import BipackKernels
import BipackPixels

/// A lens as 3DEqualizer's "Radial - Standard, Degree 4" has it.
public struct Radial4Params: ParamGroup {
  @Param(
    0...1000,
    "Width and height of the filmback in centimetres; 0 is the shape of the format, 3.6 wide.")
  public var filmback: Vec2 = 0

  @Param(
    "From the middle of the filmback to the lens centre, in centimetres; y is UP, as in 3DEqualizer."
  )
  public var lensCenterOffset: Vec2 = 0

  @Param("Distortion, degree 2.") public var c2 = 0.0
  @Param("U, degree 2.") public var u1 = 0.0
  @Param("V, degree 2.") public var v1 = 0.0
  @Param("Quartic distortion, degree 4.") public var c4 = 0.0
  @Param("U, degree 4.") public var u3 = 0.0
  @Param("V, degree 4.") public var v3 = 0.0
  @Param(unit: .degrees, "Direction of the beam splitter's cylinder.") public var phi = 0.0
  @Param(-0.99...10, "Bend of the beam splitter's cylinder.") public var b = 0.0

  public static let conditions: [ParamCondition] = [
    .only(
      "filmback", "lensCenterOffset", "c2", "u1", "v1", "c4", "u3", "v3", "phi", "b",
      where: "model", is: "3de4-radial-standard-degree-4"),
    .only("phi", where: "b", "'b' is not 0") { $0 != .number(0) },
  ]

  public init() {}

  func map(_ format: Format, _ direction: LensDirection) throws(NodeError) -> Map {
    var terms = Radial4Lens.Terms()
    (terms.c2, terms.u1, terms.v1) = (c2, u1, v1)
    (terms.c4, terms.u3, terms.v3) = (c4, u3, v3)
    (terms.phi, terms.b) = (b == 0 ? 0 : phi, b)
    if terms == Radial4Lens.Terms() { return .identity }
    let shape = Double(format.height) / (Double(max(1, format.width)) * format.pixelAspect)
    return Map(
      Radial4Lens(
        format: RealRect(format.window),
        filmback: (
          filmback.x > 0 ? filmback.x : 3.6, filmback.y > 0 ? filmback.y : 3.6 * max(shape, 1e-6)
        ),
        offset: (lensCenterOffset.x, lensCenterOffset.y), terms: terms, direction: direction))
  }
}
