import BipackPixels

/// How a ramp goes from 0 to 1.
public enum RampCurve: String, CaseIterable, Sendable {
  /// Evenly.
  case linear
  /// t^3: evenly to the eye, in linear light.
  case plinear
  /// Smooth at both ends: t^2 (3 - 2 t).
  case smooth
  /// Smooth at the start, straight at the end: t^2 (2 - t).
  case smooth0
  /// Straight at the start, smooth at the end: t (1 + t (1 - t)).
  case smooth1
}

extension RampCurve {
  /// How full it is at `t`, 0 to 1.
  package func value(_ t: Double) -> Double {
    switch self {
    case .linear: t
    case .plinear: t * t * t
    case .smooth: t * t * (3 - 2 * t)
    case .smooth0: t * t * (2 - t)
    case .smooth1: t * (1 + t * (1 - t))
    }
  }
}

/// A gradient between two points, 0 before the first, 1 beyond the second.
package struct RampMask: PointKernel {
  private let curve: RampCurve
  private let start: Float
  private let perColumn: Float
  private let perRow: Float

  /// Points are in pixels, y down. When they are the same the ramp is 1 everywhere.
  package init(from p0: (x: Double, y: Double), to p1: (x: Double, y: Double), curve: RampCurve) {
    let (dx, dy) = (p1.x - p0.x, p1.y - p0.y)
    let square = dx * dx + dy * dy
    self.curve = curve
    if square > 0 {
      perColumn = Float(dx / square)
      perRow = Float(dy / square)
      // Pixel centres lie at a half.
      start = Float(((0.5 - p0.x) * dx + (0.5 - p0.y) * dy) / square)
    } else {
      (perColumn, perRow, start) = (0, 0, 1)
    }
  }

  package var readsPosition: Bool { true }

  package func apply(_ strip: borrowing Strip) {
    var out = strip.output(0)
    fill(strip, &out)
    let count = strip.count
    switch curve {
    case .linear: break
    case .plinear:
      for i in 0..<count {
        let t = out[i]
        out[i] = t * t * t
      }
    case .smooth:
      for i in 0..<count {
        let t = out[i]
        out[i] = t * t * (3 - 2 * t)
      }
    case .smooth0:
      for i in 0..<count {
        let t = out[i]
        out[i] = t * t * (2 - t)
      }
    case .smooth1:
      for i in 0..<count {
        let t = out[i]
        out[i] = t * (1 + t * (1 - t))
      }
    }
  }

  private func fill(_ strip: borrowing Strip, _ out: inout MutableSpan<Float>) {
    let width = strip.width
    for row in 0..<strip.rows {
      let base = start + perRow * Float(strip.y + row)
      let first = row * width
      let left = Float(strip.x)
      for i in first..<(first + width) {
        let x = left + Float(Int32(truncatingIfNeeded: i &- first))
        let t = base + perColumn * x
        let raised = t < 0 ? 0 : t
        out[i] = raised > 1 ? 1 : raised
      }
    }
  }
}
