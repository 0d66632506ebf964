import BipackPixels

/// A matte as an affine function of the picture, fitted to what is known nearby.
///
/// In a window around each pixel alpha is taken to be a . colour + b, with the a and b that suit the
/// known pixels there best; what a pixel gets is the mean over all windows it lies in, those with more
/// known pixels counting more. (He, Sun & Tang, *Guided image filtering*, 2010, its means weighted.)
/// Three kernels with a filter between: products, the fit, its use. Sums over windows only: any tile
/// gives the same.
package enum GuidedMatte {
  /// Weight, then weighted: red, green, blue, alpha, alpha times each, and the six products.
  package static let sums = 14
  /// Weight, then weighted: a for red, green and blue, b.
  package static let models = 5

  /// Products of what is known. Inputs: red, green, blue, trimap.
  package struct Products: PointKernel {
    package init() {}

    package func apply(_ strip: borrowing Strip) {
      let (red, green, blue, trimap) = (
        strip.input(0), strip.input(1), strip.input(2), strip.input(3)
      )
      for pair in 0..<GuidedMatte.sums {
        var out = strip.output(pair)
        for i in 0..<strip.count {
          let (r0, g0, b0, level) = (red[i], green[i], blue[i], trimap[i])
          let most = Swift.max(r0.magnitude, Swift.max(g0.magnitude, b0.magnitude))
          let isFinite = most < 1e4 && r0 == r0 && g0 == g0 && b0 == b0
          let w: Float = isFinite && TrimapLevel.isCertain(level) ? 1 : 0
          let (r, g, b) = (isFinite ? r0 : 0, isFinite ? g0 : 0, isFinite ? b0 : 0)
          let a: Float = TrimapLevel.isSubject(level) ? w : 0
          switch pair {
          case 0: out[i] = w
          case 1: out[i] = w * r
          case 2: out[i] = w * g
          case 3: out[i] = w * b
          case 4: out[i] = a
          case 5: out[i] = a * r
          case 6: out[i] = a * g
          case 7: out[i] = a * b
          case 8: out[i] = w * r * r
          case 9: out[i] = w * r * g
          case 10: out[i] = w * r * b
          case 11: out[i] = w * g * g
          case 12: out[i] = w * g * b
          default: out[i] = w * b * b
          }
        }
      }
    }
  }

  /// The fit, from means of products.
  package struct Fit: PointKernel {
    /// Variance of colour below which alpha follows it no more, at half the light of white.
    private static let epsilon = 2e-5

    package init() {}

    package func apply(_ strip: borrowing Strip) {
      let (s0, s1, s2, s3) = (strip.input(0), strip.input(1), strip.input(2), strip.input(3))
      let (s4, s5, s6, s7) = (strip.input(4), strip.input(5), strip.input(6), strip.input(7))
      let (s8, s9, s10, s11) = (strip.input(8), strip.input(9), strip.input(10), strip.input(11))
      let (s12, s13) = (strip.input(12), strip.input(13))
      var weights = strip.output(0)
      var reds = strip.output(1)
      var greens = strip.output(2)
      var blues = strip.output(3)
      var rests = strip.output(4)
      for i in 0..<strip.count {
        let weight = Double(s0[i])
        let isAny = weight > 1e-6
        let scale = (isAny ? 1 : 0) / (isAny ? weight : 1)
        let (r, g, b) = (Double(s1[i]) * scale, Double(s2[i]) * scale, Double(s3[i]) * scale)
        let a = Double(s4[i]) * scale
        let ra = Double(s5[i]) * scale - r * a
        let ga = Double(s6[i]) * scale - g * a
        let ba = Double(s7[i]) * scale - b * a
        // Grain grows with light.
        let light = (r + g + b) / 3
        let least = Self.epsilon * 2 * ((light > 0 ? light : 0) + 0.02)
        let rr = Double(s8[i]) * scale - r * r + least
        let gg = Double(s11[i]) * scale - g * g + least
        let bb = Double(s13[i]) * scale - b * b + least
        let rg = Double(s9[i]) * scale - r * g
        let rb = Double(s10[i]) * scale - r * b
        let gb = Double(s12[i]) * scale - g * b
        let (irr, irg, irb) = (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg)
        let (igg, igb, ibb) = (rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg)
        let determinant = rr * irr + rg * irg + rb * irb
        let isRegular = determinant > 1e-300
        let over = (isRegular ? 1 : 0) / (isRegular ? determinant : 1)
        let ar = (irr * ra + irg * ga + irb * ba) * over
        let ag = (irg * ra + igg * ga + igb * ba) * over
        let ab = (irb * ra + igb * ga + ibb * ba) * over
        let w = isAny ? weight : 0
        weights[i] = Float(w)
        reds[i] = Float(w * ar)
        greens[i] = Float(w * ag)
        blues[i] = Float(w * ab)
        rests[i] = Float(w * (a - ar * r - ag * g - ab * b))
      }
    }
  }

  /// Alpha. Inputs: red, green, blue, trimap, means of models. Known levels stay; 0.5 where nothing
  /// known is near.
  package struct Use: PointKernel {
    package init() {}

    package func apply(_ strip: borrowing Strip) {
      let (red, green, blue, trimap) = (
        strip.input(0), strip.input(1), strip.input(2), strip.input(3)
      )
      let (weight, ar, ag) = (strip.input(4), strip.input(5), strip.input(6))
      let (ab, rest) = (strip.input(7), strip.input(8))
      var out = strip.output(0)
      for i in 0..<strip.count {
        let isFitted = weight[i] > 1e-6
        let sum = ar[i] * red[i] + ag[i] * green[i] + ab[i] * blue[i] + rest[i]
        let found = isFitted ? sum / (isFitted ? weight[i] : 1) : 0.5
        let alpha: Float = found > 0 ? (found < 1 ? found : 1) : 0
        out[i] = TrimapLevel.held(trimap[i], alpha)
      }
    }
  }
}
