/// How the eye gets used to another light: each kind of receptor by itself, on axes that differ.
public enum Adaptation: String, CaseIterable, Sendable {
  /// Sharpened receptors (Lam, 1985), those of ICC profiles.
  case bradford
  /// The cones of Hunt, Pointer and Estevez.
  case vonKries = "von-kries"

  /// From XYZ to the receptors.
  private var receptors: ColorMatrix3 {
    switch self {
    case .bradford:
      ColorMatrix3([0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296])
    case .vonKries:
      ColorMatrix3([0.40024, 0.7076, -0.08081, -0.2263, 1.16532, 0.0457, 0, 0, 0.91822])
    }
  }

  /// On XYZ: makes `from` look as `to` does. Both have a Y of 1, which stays. Nil for a colour to which
  /// no receptor can get used (an answer of 0 or below).
  package func matrix(from: [Double], to: [Double]) -> ColorMatrix3? {
    let (old, new) = (receptors.apply(from), receptors.apply(to))
    guard old.allSatisfy({ $0 > 0 }), new.allSatisfy({ $0 > 0 }), let back = receptors.inverse
    else {
      return nil
    }
    return back * .diagonal(new[0] / old[0], new[1] / old[1], new[2] / old[2]) * receptors
  }
}

/// The colour of light: by its temperature along the black body's curve, and across it.
package enum LightColor {
  /// The temperature of D65.
  package static let neutral = 6504.0

  /// XYZ, Y being 1, of light of `temperature` kelvin. `tint` is the distance across the curve in
  /// thousandths of CIE 1960 uv, positive towards green; 0 is where D65 lies, a little to the green, as
  /// daylight does.
  ///
  /// The curve is Krystek's (1985), within 0.0001 of Planck's from 1000 to 15000 kelvin.
  package static func xyz(temperature: Double, tint: Double) -> [Double] {
    let (here, across) = curve(temperature)
    let (low, daylightAcross) = curve(neutral)
    let d65 = uv(0.3127, 0.329)
    let daylight = (d65.u - low.u) * daylightAcross.u + (d65.v - low.v) * daylightAcross.v
    let distance = daylight + tint / 1000
    let (u, v) = (here.u + distance * across.u, here.v + distance * across.v)
    let scale = 2 * u - 8 * v + 4
    return Primaries.xyz(3 * u / scale, 2 * v / scale)
  }

  private typealias UV = (u: Double, v: Double)

  private static func uv(_ x: Double, _ y: Double) -> UV {
    let scale = -2 * x + 12 * y + 3
    return (4 * x / scale, 6 * y / scale)
  }

  /// A point of the curve and the direction across it, towards green, of length 1.
  private static func curve(_ t: Double) -> (point: UV, across: UV) {
    func point(_ t: Double) -> UV {
      (
        (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t)
          / (1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t),
        (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t)
          / (1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t)
      )
    }
    let (before, after) = (point(t - 1), point(t + 1))
    let (du, dv) = (after.u - before.u, after.v - before.v)
    let length = (du * du + dv * dv).squareRoot()
    // Towards blue u and v fall; green lies to the left of that way.
    return (point(t), (dv / length, -du / length))
  }
}
