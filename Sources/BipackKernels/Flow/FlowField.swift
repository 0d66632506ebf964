import BipackPixels
import CVector

/// Flow in a rectangle of a size, in pixels of that size, x to the right and y down.
final class FlowField: Sendable {
  /// The pixels, counted from the first of the size.
  let rect: Rect
  let u: PaddedPlane
  let v: PaddedPlane

  static let room = Int(BP_FLOW_FIELD_ROOM)

  init(_ rect: Rect, pool: BlockPool) {
    self.rect = rect
    u = PaddedPlane(width: rect.width, height: rect.height, room: Self.room, pool: pool)
    v = PaddedPlane(width: rect.width, height: rect.height, room: Self.room, pool: pool)
  }

  static func floats(_ rect: Rect) -> Int {
    PaddedPlane.floats(rect.width, rect.height, room: room)
  }

  func extend() {
    u.extend()
    v.extend()
  }

  /// As the loops in C want it.
  var view: bp_flow_field {
    bp_flow_field(
      u: u.base, v: v.base, stride: u.stride, x0: rect.x0, y0: rect.y0, x1: rect.x1, y1: rect.y1)
  }
}
