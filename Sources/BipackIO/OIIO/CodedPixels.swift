import BipackPixels
import CPNG
import Glibc

/// Interleaved 8- or 16-bit samples of a picture's window, clamped and rounded half up.
final class CodedPixels: @unchecked Sendable {
  // SAFETY: bands of disjoint lines are written during `init`, then the memory is only read.
  let base: UnsafeMutableRawPointer

  init(
    _ image: Image, _ channels: [Channel], window: Rect, bytes: Int, path: String,
    parallel: ParallelFor
  ) throws(ImageFileError) {
    let row = window.width * channels.count * bytes
    guard let memory = calloc(max(1, row), window.height) else { throw .outOfMemory(path) }
    base = memory
    let out = Out(base: memory)
    let inside = window.intersection(image.dataWindow)
    parallel((inside.height + 63) / 64) { band in
      var lines = inside
      lines.y0 = inside.y0 + band * 64
      lines.y1 = min(inside.y1, lines.y0 + 64)
      for (i, channel) in channels.enumerated() {
        image.forEachTile(channel, in: lines) { part, from, stride in
          let to =
            out.base + (part.y0 - window.y0) * row
            + ((part.x0 - window.x0) * channels.count + i) * bytes
          cpng_encode(
            Int32(8 * bytes), 0, from, stride, to.assumingMemoryBound(to: UInt8.self), row,
            Int32(channels.count * bytes), part.width, part.height)
        }
      }
    }
  }

  private struct Out: @unchecked Sendable {
    // SAFETY: as above.
    let base: UnsafeMutableRawPointer
  }

  deinit { free(base) }
}
