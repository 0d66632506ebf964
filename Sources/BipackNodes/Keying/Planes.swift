import BipackGraph
import BipackPixels

extension Demand {
  func with(rect: Rect, _ channels: [Channel]) -> Demand {
    Demand(rect: rect, channels: Set(channels))
  }
}

/// Planes of several inputs over one rectangle, one row after the other, black outside.
final class Planes {
  private let rect: Rect
  private let pool: BlockPool
  private var held: [Scratch] = []

  init(_ rect: Rect, _ pool: BlockPool) {
    self.rect = rect
    self.pool = pool
  }

  /// Adds channels of an image; zeros where it or they are missing. Valid while this object lives.
  func add(_ image: Image?, _ channels: [Channel]) -> [UnsafePointer<Float>] {
    // One piece for all: threads meet at the pool.
    let memory = pool.scratch(count: rect.area * channels.count)
    held.append(memory)
    return channels.enumerated().map { index, channel in
      let plane = memory.base + index * rect.area
      if let image {
        image.gather(
          channel, edge: .black, into: PlaneView(rect: rect, base: plane, stride: rect.width))
      } else {
        plane.update(repeating: 0, count: rect.area)
      }
      return UnsafePointer(plane)
    }
  }
}
