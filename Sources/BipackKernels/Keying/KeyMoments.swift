import BipackPixels
import CVector

/// What the fused key knows of the subject around a pixel, and what it makes of it.
///
/// Near a pixel the subject's colours are taken to be a Gaussian: a mean and a covariance, from the
/// moments of pixels that are certainly subject, filtered at several sizes and joined from coarse to
/// fine where there are enough of them. A pixel on the edge is a F + (1 - a) S plus grain; the most
/// likely a is a projection, on an axis that turns away from what varies anyway (brightness, mostly).
/// For a grey subject of any brightness it is the colour difference key; for any other it allows for the
/// subject's own colours. F then is the mean, moved by what is left unexplained.
///
/// All is sums over neighbourhoods and arithmetic in a pixel: tiles, threads and regions change
/// nothing. (After Chuang et al., A Bayesian approach to digital matting, 2001, with one cluster and
/// the background known.)
package enum KeyMoments {
  /// The planes that are filtered: `bp_key_sums`.
  package static let sums = Int(BP_KEY_SUMS)
  /// Mean, second moments, grain: `bp_key_means`.
  package static let means = Int(BP_KEY_MOMENTS)

  /// How the grain of the screen is used: a share of its variance, held between two bounds.
  package struct Settings: Sendable, Hashable {
    package var noiseShare: Float
    package var noiseLeast: Float
    package var noiseMost: Float
    /// Whether alpha is known already, and only the colour is to be found.
    package var keepsAlpha: Bool

    package init(
      noiseShare: Float = 0.25, noiseLeast: Float = 3e-7, noiseMost: Float = 1e-3,
      keepsAlpha: Bool = false
    ) {
      self.noiseShare = noiseShare
      self.noiseLeast = noiseLeast
      self.noiseMost = noiseMost
      self.keepsAlpha = keepsAlpha
    }
  }

  /// The sums of `rect` of the half-size picture (its pixel i is centred on 2i), from planes that are
  /// exactly `GaussianPyramid.fine(for: rect)`.
  package static func halvedSums(
    color: [UnsafePointer<Float>], plate: [UnsafePointer<Float>],
    subject: UnsafePointer<Float>, screen: UnsafePointer<Float>, rect: Rect,
    into targets: [(base: UnsafeMutablePointer<Float>, stride: Int)], pool: BlockPool
  ) {
    let fine = GaussianPyramid.fine(for: rect, x: true, y: true)
    let planes = (0..<sums).map { _ in pool.scratch(count: fine.area) }
    for y in 0..<fine.height {
      let out: [UnsafeMutablePointer<Float>?] = planes.map { $0.base + y * fine.width }
      let at = y * fine.width
      let c: [UnsafePointer<Float>?] = color.map { $0 + at }
      let s: [UnsafePointer<Float>?] = plate.map { $0 + at }
      bp_key_sums(out, c, s, subject + at, screen + at, fine.width)
    }
    let work = pool.scratch(count: 2 * rect.width + 8)
    let counts = (
      subject: bp_key_certain(subject, fine.area), screen: bp_key_certain(screen, fine.area)
    )
    for (index, (plane, target)) in zip(planes, targets).enumerated() {
      if (index < Int(BP_KEY_SCREEN) ? counts.subject : counts.screen) == 0 {
        for y in 0..<rect.height {
          (target.base + y * target.stride).update(repeating: 0, count: rect.width)
        }
        continue
      }
      bp_halve(
        target.base, target.stride, plane.base, fine.width, rect.width, rect.height, 1, 1,
        work.base)
    }
  }
}

extension KeyMoments {
  /// Whether every pixel is certainly subject or certainly screen, as in most tiles.
  package static func isKnown(
    subject: UnsafePointer<Float>, screen: UnsafePointer<Float>, count: Int
  ) -> Bool { bp_key_unknown(subject, screen, count) == 0 }

  /// Alpha, and the subject's colour when there are targets for it, of `rect`. All planes are that
  /// rectangle, but `means`: those of the half-size picture, exactly `GaussianPyramid.coarse(for: rect)`.
  package static func project(
    _ settings: Settings, color: [UnsafePointer<Float>], plate: [UnsafePointer<Float>],
    start: UnsafePointer<Float>, subject: UnsafePointer<Float>, screen: UnsafePointer<Float>,
    means: [UnsafePointer<Float>], rect: Rect,
    alpha: (base: UnsafeMutablePointer<Float>, stride: Int),
    into targets: [(base: UnsafeMutablePointer<Float>, stride: Int)], pool: BlockPool
  ) {
    let coarse = GaussianPyramid.coarse(for: rect, x: true, y: true)
    // Doubling begins at even pixels.
    let (left, top) = (rect.x0 & 1, rect.y0 & 1)
    let (width, height) = (rect.width + left, rect.height + top)
    let line = pool.scratch(count: 3 * width + 16)
    let moments = means.map { mean in
      let plane = pool.scratch(count: width * height)
      bp_double(plane.base, width, mean, coarse.width, width, height, 1, 1, line.base)
      return plane
    }
    let work = pool.scratch(count: Int(BP_KEY_WORK) * rect.width)
    var settings = bp_key_settings(
      noise_share: settings.noiseShare, noise_least: settings.noiseLeast,
      noise_most: settings.noiseMost, keeps_alpha: settings.keepsAlpha ? 1 : 0)
    for y in 0..<rect.height {
      let at = y * rect.width
      let c: [UnsafePointer<Float>?] = color.map { $0 + at }
      let s: [UnsafePointer<Float>?] = plate.map { $0 + at }
      let m: [UnsafePointer<Float>?] = moments.map {
        UnsafePointer($0.base + (y + top) * width + left)
      }
      let out: [UnsafeMutablePointer<Float>?] = targets.map { $0.base + y * $0.stride }
      out.withUnsafeBufferPointer { out in
        bp_key_project(
          alpha.base + y * alpha.stride, out.isEmpty ? nil : out.baseAddress, c, s, m, start + at,
          subject + at, screen + at, rect.width, &settings, work.base)
      }
    }
  }
}

/// Sums to means, joined with the means of a coarser level: inputs are `means` coarse planes, then
/// `sums` planes.
package struct KeyMeansKernel: PointKernel {
  private let enough: Float

  package init(enough: Float) { self.enough = enough }

  package func apply(_ strip: borrowing Strip) {
    let coarse: [UnsafePointer<Float>?] = (0..<KeyMoments.means).map { strip.inputPointer($0) }
    let fine: [UnsafePointer<Float>?] = (0..<KeyMoments.sums).map {
      strip.inputPointer(KeyMoments.means + $0)
    }
    let out: [UnsafeMutablePointer<Float>?] = (0..<KeyMoments.means).map { strip.outputPointer($0) }
    bp_key_means(out, coarse, fine, strip.count, enough)
  }
}
