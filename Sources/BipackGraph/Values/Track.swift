/// A point followed over frames.
///
/// In the document `{ "position": { "keys": [[1001, [x, y]], ...] }, "confidence": { "keys": ... } }`.
public struct Track: ValueRecord {
  public static let required = ["position"]

  @Param(unit: .pixels, "Where it is, x and y, frame by frame.")
  public var position = FrameCurve(constant: 0)

  @Param("How sure each frame is, from 0 (lost) to 1.")
  public var confidence = FrameCurve(constant: 1)

  public init() {}

  public init(position: FrameCurve, confidence: FrameCurve = FrameCurve(constant: 1)) {
    self.position = position
    self.confidence = confidence
  }
}
