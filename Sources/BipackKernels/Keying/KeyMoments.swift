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
  /// What there are moments of.
  package enum Kind: String, Sendable {
    /// The certain subject's colours: their mean and second moments.
    case subject
    /// The grain of the certain screen: its variance.
    case grain

    package var means: Int { self == .subject ? Int(BP_KEY_SUBJECT) : 1 }
    /// The weight, and what becomes the means.
    package var sums: Int { means + 1 }
  }

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
  /// exactly `GaussianPyramid.fine(for: rect)`. `plate` is for grain only. Where nothing has weight the
  /// sums are 0, and `colors` are not asked for.
  package static func halvedSums(
    _ kind: Kind, weights: UnsafePointer<Float>, rect: Rect, into targets: [PlaneView],
    pool: BlockPool,
    colors: () -> (picture: [UnsafePointer<Float>], plate: [UnsafePointer<Float>])
  ) {
    let fine = GaussianPyramid.fine(for: rect, x: true, y: true)
    if bp_key_certain(weights, fine.area) == 0 {
      for target in targets { target.fill(0) }
      return
    }
    let (color, plate) = colors()
    let memory = pool.scratch(count: kind.sums * fine.area)
    let out: [UnsafeMutablePointer<Float>?] = (0..<kind.sums).map {
      memory.base + $0 * fine.area
    }
    let picture = color.map(Optional.some)
    switch kind {
    case .subject: bp_key_subject_sums(out, picture, weights, fine.area)
    case .grain: bp_key_grain_sums(out, picture, plate.map(Optional.some), weights, fine.area)
    }
    let work = pool.scratch(count: 2 * rect.width + 8)
    for (plane, target) in zip(out, targets) {
      bp_halve(
        target.base, target.stride, plane, fine.width, rect.width, rect.height, 1, 1, work.base)
    }
  }
}

extension KeyMoments {
  /// The pixels of some rows that are neither certainly subject nor certainly screen.
  package struct Unknown {
    private let places: [Int32]
    private let count: Int

    package init(subject: UnsafePointer<Float>, screen: UnsafePointer<Float>, count: Int) {
      var unknown = 0
      places = [Int32](unsafeUninitializedCapacity: count + 1) { places, initialized in
        guard let base = places.baseAddress else { return }
        unknown = bp_key_unknown(base, subject, screen, count)
        initialized = unknown
      }
      self.count = unknown
    }

    package var isEmpty: Bool { count == 0 }

    /// Finds alpha and the subject's colour there, as far as there are targets for them, and leaves the
    /// other pixels alone. Planes are `rect`, but `means`: those of the half-size picture, exactly
    /// `GaussianPyramid.coarse(for: rect)`, the subject's and then the grain's.
    package func project(
      _ settings: Settings, color: [UnsafePointer<Float>], plate: [UnsafePointer<Float>],
      start: UnsafePointer<Float>, means: [UnsafePointer<Float>], rect: Rect, alpha: PlaneView?,
      into targets: [PlaneView?], pool: BlockPool
    ) {
      let coarse = GaussianPyramid.coarse(for: rect, x: true, y: true)
      let bundles = pool.scratch(count: Int(BP_KEY_BUNDLE) * coarse.area)
      bp_key_bundle(bundles.base, means.map(Optional.some), coarse.area)
      let work = pool.scratch(count: Int(BP_KEY_WORK) * count)
      var area = bp_key_area(
        color: (color[0], color[1], color[2]), plate: (plate[0], plate[1], plate[2]), start: start,
        width: rect.width, bundles: bundles.base, bundles_across: coarse.width,
        odd_x: Int32(rect.x0 & 1), odd_y: Int32(rect.y0 & 1))
      var settings = bp_key_settings(
        noise_share: settings.noiseShare, noise_least: settings.noiseLeast,
        noise_most: settings.noiseMost, keeps_alpha: settings.keepsAlpha ? 1 : 0)
      func plane(_ target: PlaneView?) -> bp_key_plane {
        bp_key_plane(base: target?.base, stride: target?.stride ?? 0)
      }
      bp_key_project(
        plane(alpha), targets.map(plane), &area, places, count, &settings, work.base)
    }
  }
}

/// Sums to means, joined with the means of a coarser level: inputs are the coarse means, then the sums.
package struct KeyMeansKernel: PointKernel {
  private let kind: KeyMoments.Kind
  private let enough: Float

  package init(_ kind: KeyMoments.Kind, enough: Float) {
    self.kind = kind
    self.enough = enough
  }

  package func apply(_ strip: borrowing Strip) {
    let means = kind.means
    let coarse: [UnsafePointer<Float>?] = (0..<means).map { strip.inputPointer($0) }
    let sums: [UnsafePointer<Float>?] = (0..<kind.sums).map { strip.inputPointer(means + $0) }
    let out: [UnsafeMutablePointer<Float>?] = (0..<means).map { strip.outputPointer($0) }
    bp_key_means(out, coarse, sums, means, strip.count, enough)
  }
}
