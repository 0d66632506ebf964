import BipackPixels
import CVector

/// A picture without its noise, by patches that are alike.
///
/// Patches 8 pixels wide that look the same are put together, up to 16 of them, and seen in a basis in which a picture
/// is few large numbers and noise is many small ones: cosines within a patch, and differences (Haar) across. First what
/// is small is taken out; what that gives then tells how much of each number is picture (Wiener's share), and each
/// pixel is the mean of all patches over it, the plainer ones counting more (BM3D: Dabov, Foi, Katkovnik & Egiazarian,
/// *Image denoising by sparse 3-D transform-domain collaborative filtering*, 2007). Patches of other frames are looked
/// for where things went (V-BM3D, 2007): as they are, not resampled, so that their noise is noise. With other frames
/// there is a step between: small numbers go once more, of patches that were found by what the first step made of each.
///
/// Noise must be even in light and dark; of its colours and sizes `PatchNoise` knows. The first plane is brightness (`NoiseSpace`).
package struct PatchDenoiser: Sendable {
  package enum Step: Sendable, Hashable {
    /// Small numbers go, of patches alike in the noisy picture.
    case first
    /// Small numbers go, of patches alike in the guides.
    case again
    /// Each number counts by how much of it is in the guides.
    case last
  }

  private let noise: PatchNoise
  private let step: Step

  package init(_ noise: PatchNoise, step: Step) {
    self.noise = noise
    self.step = step
  }

  /// A frame: what is there, what the first step made of it, and where the pixels of the first frame are in it.
  package struct Frame: Sendable {
    let noisy: Planes
    let guide: Planes?
    let flow: Planes?

    package init(noisy: Planes, guide: Planes? = nil, flow: Planes? = nil) {
      (self.noisy, self.guide, self.flow) = (noisy, guide, flow)
    }
  }

  /// Channels of a picture over a rectangle; beyond its data window its border goes on. What is no number is 0.
  package struct Planes: Sendable {
    let rect: Rect
    let planes: [Scratch]

    package init(
      _ image: Image, _ channels: [Channel], _ rect: Rect, pool: BlockPool, loops: Loops
    ) {
      self.rect = rect
      let made = channels.map { _ in pool.scratch(count: max(1, rect.area)) }
      planes = made
      loops.rows(rect.height, width: rect.width * channels.count) { y in
        for (plane, channel) in zip(made, channels) {
          let line = plane.base + y * rect.width
          let row = Rect(x: rect.x0, y: rect.y0 + y, width: rect.width, height: 1)
          image.gather(
            channel, edge: .clamp, into: PlaneView(rect: row, base: line, stride: rect.width))
          for x in 0..<rect.width where !(line[x].magnitude < PatchDenoiser.most) { line[x] = 0 }
        }
      }
    }
  }

  /// More is no picture.
  private static let most: Float = 30_000
  private static let patch = Int(BP_DENOISE_PATCH)
  /// Pixels from one patch to the next.
  private static let stride = 4
  /// How far alike patches are looked for.
  private static let reach = 16
  /// How far around the place where flow leads.
  private static let reachOver = 1
  /// Rows of patches in a band.
  private static let bandRows = 16

  /// What must be seen to make `rect` of a picture with this data window.
  package static func seen(_ rect: Rect, in window: Rect) -> Rect {
    rect.expanded(2 * (reach + patch)).intersection(window)
  }

  /// Bytes of memory that takes at most, planes of `frames` frames included.
  package func workingBytes(_ rect: Rect, seen: Rect, frames: Int) -> Int {
    let planes = frames * 3 * (step == .first ? 1 : 2) + 2 * (frames - 1)
    let bands = Self.bands(rect, seen).map { 6 * $0.rows.count * seen.width }
    return (planes * seen.area + bands.reduce(0, +)) * MemoryLayout<Float>.stride
  }

  /// Places of patches along an axis, counted from the seen part: a grid from the picture's first pixel, and the last
  /// at its border.
  private static func places(_ wanted: Range<Int>, _ window: Range<Int>) -> [Int] {
    let last = window.upperBound - patch
    let first = window.lowerBound + max(0, wanted.lowerBound - window.lowerBound) / stride * stride
    var places = Array(Swift.stride(from: first, to: min(last, wanted.upperBound), by: stride))
    if last < wanted.upperBound { places.append(last) }
    return places
  }

  /// Rows of patches, and the rows of pixels that they add to.
  private struct Band {
    var patches: [Int]
    var rows: Range<Int>
  }

  /// Which rows of patches are one band does not depend on the rectangle.
  private static func bands(_ rect: Rect, _ window: Rect) -> [Band] {
    let reached = rect.y0 - reach - patch..<rect.y1 + reach
    let rows = places(reached, window.y0..<window.y1)
    let groups = Dictionary(grouping: rows) { ($0 - window.y0) / (stride * bandRows) }
    return groups.sorted { $0.key < $1.key }.map { _, rows in
      Band(
        patches: rows,
        rows: max(
          window.y0, rows[0] - reach)..<min(
            window.y1, rows[rows.count - 1] + reach + patch))
    }
  }

  /// What a band adds to its rows: three planes, and what they count.
  private struct Sums: Sendable {
    let rows: Range<Int>
    let width: Int
    let planes: [Scratch]
  }

  /// Fills `targets`, parts of the picture with the data window `window`. The first of the frames is the one that is
  /// worked on; its planes are those `seen`, or of the whole window where there are others.
  package func fill(
    _ targets: [PlaneView], _ frames: [Frame], window: Rect, pool: BlockPool, loops: Loops
  ) {
    let (rect, seen) = (targets[0].rect, frames[0].noisy.rect)
    if min(window.width, window.height) < Self.patch {
      for (target, plane) in zip(targets, frames[0].noisy.planes) { copy(target, plane, seen) }
      return
    }
    let columns = Self.places(
      rect.x0 - Self.reach - Self.patch..<rect.x1 + Self.reach, window.x0..<window.x1)
    let bands = Self.bands(rect, window)
    let sums = bands.map { band in
      Sums(
        rows: band.rows, width: seen.width,
        planes: (0..<6).map { _ in pool.scratch(count: band.rows.count * seen.width) })
    }
    loops(bands.count) { index in
      let (band, sum) = (bands[index], sums[index])
      for plane in sum.planes {
        plane.base.update(repeating: 0, count: sum.rows.count * sum.width)
      }
      with(frames) { shot, search in
        var (shot, search) = (shot, search)
        var into = bp_denoise_sum(
          sums: (sum.planes[0].base, sum.planes[1].base, sum.planes[2].base),
          counts: (sum.planes[3].base, sum.planes[4].base, sum.planes[5].base), stride: sum.width,
          x0: 0, y0: sum.rows.lowerBound - seen.y0)
        for y in band.patches {
          if loops.isCancelled() { return }
          for x in columns {
            bp_denoise_patch(&into, &shot, &search, x - seen.x0, y - seen.y0)
          }
        }
      }
    }
    if loops.isCancelled() { return }
    loops.rows(rect.height, width: rect.width * 16) { row in
      let y = rect.y0 + row
      let over = sums.filter { $0.rows.contains(y) }
      for (c, target) in targets.enumerated() {
        let out = target.row(y)
        for x in 0..<rect.width {
          var (total, count): (Float, Float) = (0, 0)
          for sum in over {
            let at = (y - sum.rows.lowerBound) * sum.width + rect.x0 - seen.x0 + x
            total += sum.planes[c].base[at]
            count += sum.planes[3 + c].base[at]
          }
          out[x] = total / count
        }
      }
    }
  }

  private func copy(_ target: PlaneView, _ plane: Scratch, _ seen: Rect) {
    for y in target.rect.y0..<target.rect.y1 {
      target.row(y).update(
        from: plane.base + (y - seen.y0) * seen.width + target.rect.x0 - seen.x0,
        count: target.rect.width)
    }
  }

  /// The frames and the noise as the loops in C want them.
  private func with(_ frames: [Frame], _ body: (bp_denoise_shot, bp_denoise_search) -> Void) {
    let seen = frames[0].noisy.rect
    var shot = bp_denoise_shot()
    (shot.width, shot.height, shot.stride) = (seen.width, seen.height, seen.width)
    shot.frames = Int32(min(frames.count, Int(BP_DENOISE_FRAMES)))
    func three(_ planes: Planes) -> [UnsafePointer<Float>?] {
      planes.planes.map { UnsafePointer($0.base) }
    }
    withUnsafeMutablePointer(to: &shot) { shot in
      for (index, frame) in frames.prefix(Int(BP_DENOISE_FRAMES)).enumerated() {
        bp_denoise_frame(
          shot, Int32(index), three(frame.noisy), three(frame.guide ?? frame.noisy),
          frame.flow.map(three) ?? [nil, nil])
      }
    }
    noise.variances.withUnsafeBufferPointer { variances in
      // Two patches that are the same differ by their noise; the rest is how different the same may be.
      let square = noise.brightness * noise.brightness
      let planes = (0..<3).map { plane in
        variances.baseAddress.map { $0 + PatchNoise.count * plane }
      }
      let search = bp_denoise_search(
        noise: (planes[0], planes[1], planes[2]), reach: Int32(Self.reach),
        reach_over: Int32(Self.reachOver),
        alike: 2 * square + (step == .first ? 0.0016 : 0.0004),
        threshold: step == .first ? 2.7 : step == .again ? 3 : 0)
      body(shot, search)
    }
  }
}
