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

/// A picture made 2^`halvings` times as large, linearly between its pixels.
package enum FlowEnlarging {
  /// The pixels of the small picture that `rect` of the large one is made from.
  package static func source(of rect: Rect, halvings: Int, in window: Rect) -> Rect {
    FlowSizes.halved(rect, halvings).expanded(1).intersection(window)
  }

  /// `small` has all of the rows that `target` is made from, of which `window` is the whole.
  package static func fill(
    _ target: PlaneView, from small: borrowing Window, halvings: Int, of window: Rect,
    pool: BlockPool
  ) {
    let line = pool.scratch(count: small.rect.width)
    let block = Float(1 << halvings)
    for y in target.rect.y0..<target.rect.y1 {
      let place = (Float(y - window.y0 << halvings) + 0.5) / block - 0.5
      let held = min(max(place, 0), Float(window.height - 1))
      let row = min(max(window.y0 + Int(held), small.rect.y0), small.rect.y1 - 1)
      let next = min(row + 1, small.rect.y1 - 1)
      func pointer(_ y: Int) -> UnsafePointer<Float> {
        small.pointer + (y - small.rect.y0) * small.stride
      }
      bp_flow_enlarge(
        target.row(y), pointer(row), pointer(next), held - held.rounded(.down), line.base,
        small.rect.width, target.rect.x0 - small.rect.x0 << halvings, target.rect.width,
        Int32(halvings))
    }
  }
}
