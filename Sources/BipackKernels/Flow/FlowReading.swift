import BipackPixels
import CVector

/// Flow of a whole picture, read at any place: beyond its border it goes on.
package struct FlowReading: Sendable {
  private let memory: Scratch
  private let window: Rect
  /// Pixels of the flow's unit that make one of the picture.
  private let scale: Float

  /// `channels`: u and v, and with a third how far they are to be trusted.
  package init(_ image: Image, _ channels: [Channel], scale: Float, pool: BlockPool) {
    window = image.dataWindow
    self.scale = scale
    memory = pool.scratch(count: max(1, channels.count * window.area))
    for (index, channel) in channels.enumerated() {
      image.gather(
        channel, edge: .black,
        into: PlaneView(
          rect: window, base: memory.base + index * window.area, stride: window.width))
    }
  }

  private var view: bp_flow_field {
    bp_flow_field(
      u: memory.base, v: memory.base + window.area, stride: window.width, x0: window.x0,
      y0: window.y0, x1: window.x1, y1: window.y1)
  }

  /// How far a flow from another picture to this one is to be trusted, by whether this one leads back.
  package func check(
    _ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, x: Int, y: Int, count: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    if window.isEmpty { return out.update(repeating: 0, count: count) }
    var view = view
    bp_flow_check(out, u, v, x, y, count, scale, &view)
  }

  /// A step from another picture to this one, and on by this one's flow: u, v and trust.
  package func chain(
    _ step: [UnsafePointer<Float>], x: Int, y: Int, count: Int,
    into out: [UnsafeMutablePointer<Float>]
  ) {
    if window.isEmpty { return out[2].update(repeating: 0, count: count) }
    var view = view
    let targets: [UnsafeMutablePointer<Float>?] = out
    let steps: [UnsafePointer<Float>?] = step
    bp_flow_chain(
      targets, steps, x, y, count, scale, &view, memory.base + 2 * window.area)
  }
}
