import BipackPixels
import CVector

/// The brightness of a picture as flow wants to see it, in pixels 2^`halvings` times as large.
///
/// Light is added up while it is light, and then encoded by a logarithm: a change of exposure adds the same number
/// everywhere, which patches without their mean do not see.
package struct FlowLight: Sendable {
  /// At most three; red, green and blue count as Rec. 709 weighs them, others alike.
  private let channels: [Channel]
  private let halvings: Int

  package init(_ channels: [Channel], halvings: Int) {
    self.channels = Array(channels.prefix(3))
    self.halvings = halvings
  }

  private var shares: (Float, Float, Float) {
    if channels == Channel.rgb { return (0.2126, 0.7152, 0.0722) }
    let share = 1 / Float(max(1, channels.count))
    return (share, share, share)
  }

  /// The pixels that `rect` is made from.
  package func source(of rect: Rect) -> Rect {
    let block = 1 << halvings
    return Rect(
      x0: rect.x0 * block, y0: rect.y0 * block, x1: rect.x1 * block, y1: rect.y1 * block)
  }

  /// Floats of memory that takes.
  package func scratch(_ rect: Rect) -> Int {
    let source = source(of: rect)
    return channels.count * source.area + 2 * source.width
  }

  /// Beyond its data window the picture's border goes on.
  package func fill(_ target: PlaneView, from image: Image, pool: BlockPool) {
    if channels.isEmpty { return target.fill(0) }
    let full = source(of: target.rect)
    let memory = pool.scratch(count: scratch(target.rect))
    for (index, channel) in channels.enumerated() {
      let plane = memory.base + index * full.area
      image.gather(
        channel, edge: .clamp, into: PlaneView(rect: full, base: plane, stride: full.width))
    }
    for row in 0..<target.rect.height {
      func place(_ index: Int) -> UnsafePointer<Float>? {
        index < channels.count
          ? UnsafePointer(memory.base + index * full.area + (row << halvings) * full.width) : nil
      }
      var colors = bp_flow_colors(
        planes: (place(0), place(1), place(2)), shares: shares, count: Int32(channels.count),
        stride: full.width, halvings: Int32(halvings))
      bp_flow_light(
        target.row(target.rect.y0 + row), memory.base + channels.count * full.area, &colors,
        target.rect.width)
    }
  }
}
