/// A camera: where it stands, how it is turned, and its lens and film, in Nuke's words. Unturned it looks
/// along -z; x points right and y up. Lengths of the film are millimetres.
///
/// In the document `{ "translate": { "keys": [[1001, [0, 1.7, 5]], ...] }, "rotate": [0, 0, 0], "focal": 35 }`: each
/// part may follow the frames by itself.
public struct Camera: ValueRecord {
  /// In which order the camera is turned about its axes: `ZXY` about z first.
  public enum RotationOrder: String, ParamChoice {
    case xyz = "XYZ"
    case xzy = "XZY"
    case yxz = "YXZ"
    case yzx = "YZX"
    case zxy = "ZXY"
    case zyx = "ZYX"
  }

  public enum Projection: String, ParamChoice { case perspective, orthographic }

  @Param("How it sees: `orthographic` makes distance change nothing.")
  public var projection = Projection.perspective

  @Param("Where it is: x, y and z in the units of the scene.")
  public var translate = Vec3(0, 0, 0)

  @Param(unit: .degrees, "How far it is turned about x, y and z.")
  public var rotate = Vec3(0, 0, 0)

  @Param("Which axis it is turned about first, second and third.")
  public var rotOrder = RotationOrder.zxy

  @Param(.above(0), "The focal length, in millimetres.")
  public var focal = 50.0

  @Param(.above(0), "The width of the film, in millimetres.")
  public var haperture = 24.576

  @Param(.above(0), "The height of the film, in millimetres.")
  public var vaperture = 18.672

  @Param("The film moved sideways and up, in halves of its width.")
  public var winTranslate = Vec2(0, 0)

  @Param("What the film is stretched by in x and y.")
  public var winScale = Vec2(1, 1)

  public init() {}
}
