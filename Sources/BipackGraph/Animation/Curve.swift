/// How a key frame leads to the next.
public enum Interpolation: String, CaseIterable, Sendable {
  /// The value stays until the next key.
  case hold
  /// A straight line.
  case linear
  /// A smooth cubic: slopes are found from the neighbours (no overshoot) unless given.
  case cubic
  /// A cubic that is flat at this key: eases out of it and into it.
  case ease
}

/// What a curve does before its first or after its last key.
public enum Extrapolation: String, CaseIterable, Sendable {
  /// The end value stays.
  case hold
  /// The line goes on with its end slope.
  case linear
  /// The curve starts over.
  case loop
  /// The curve runs backwards, then forwards again.
  case bounce
}

/// A key frame: a number, or a value of any type.
package struct CurveKey<Held: Hashable & Sendable>: Hashable, Sendable {
  package var frame: Double
  package var value: Held
  package var interpolation: Interpolation
  /// Slopes in value per frame; nil is found from the neighbours.
  package var left: Double?
  package var right: Double?

  package init(
    _ frame: Double, _ value: Held, _ interpolation: Interpolation = .linear,
    left: Double? = nil, right: Double? = nil
  ) {
    self.frame = frame
    self.value = value
    self.interpolation = interpolation
    self.left = left
    self.right = right
  }
}

/// Numbers over time: key frames joined as each says.
package struct Curve: Hashable, Sendable {
  package typealias Key = CurveKey<Double>

  package let keys: [Key]
  package let before: Extrapolation
  package let after: Extrapolation
  /// Slopes on both sides of each key, found or given.
  private let lefts: [Double]
  private let rights: [Double]

  /// `keys` ascend by frame and are not empty.
  package init(_ keys: [Key], before: Extrapolation = .hold, after: Extrapolation = .hold) {
    self.keys = keys
    self.before = before
    self.after = after
    let smooth = Hermite.smoothSlopes(keys.map(\.frame), keys.map(\.value))
    lefts = zip(keys, smooth).map { $0.left ?? ($0.interpolation == .ease ? 0 : $1) }
    rights = zip(keys, smooth).map { $0.right ?? ($0.interpolation == .ease ? 0 : $1) }
  }

  package func value(at frame: Double) -> Double {
    guard let first = keys.first, let last = keys.last else { return 0 }
    if frame < first.frame {
      switch before {
      case .hold: return first.value
      case .linear: return first.value + (frame - first.frame) * slope(at: 0)
      case .loop, .bounce: break
      }
    } else if frame > last.frame {
      switch after {
      case .hold: return last.value
      case .linear: return last.value + (frame - last.frame) * slope(at: keys.count - 1)
      case .loop, .bounce: break
      }
    }
    return inside(
      Self.folded(frame, first: first.frame, last: last.frame, before: before, after: after))
  }

  private func inside(_ frame: Double) -> Double {
    let i = Hermite.segment(frame, count: keys.count) { keys[$0].frame }
    let key = keys[i]
    guard i + 1 < keys.count, frame > key.frame else { return key.value }
    let next = keys[i + 1]
    switch key.interpolation {
    case .hold: return key.value
    case .linear:
      return key.value
        + (next.value - key.value) * ((frame - key.frame) / (next.frame - key.frame))
    case .cubic, .ease:
      return Hermite.value(
        frame, key.frame, key.value, rights[i], next.frame, next.value, lefts[i + 1])
    }
  }

  /// The slope with which the line leaves its first or last key.
  private func slope(at end: Int) -> Double {
    guard keys.count > 1 else { return keys[0].right ?? keys[0].left ?? 0 }
    let i = end == 0 ? 0 : end - 1
    switch keys[i].interpolation {
    case .hold: return 0
    case .linear:
      return (keys[i + 1].value - keys[i].value) / (keys[i + 1].frame - keys[i].frame)
    case .cubic, .ease: return end == 0 ? rights[0] : lefts[end]
    }
  }

  /// A frame outside first...last brought inside by looping or bouncing.
  static func folded(
    _ frame: Double, first: Double, last: Double, before: Extrapolation, after: Extrapolation
  ) -> Double {
    let length = last - first
    let mode = frame < first ? before : frame > last ? after : .hold
    guard length > 0 else { return first }
    switch mode {
    case .hold, .linear: return min(max(frame, first), last)
    case .loop: return first + positive(frame - first, length)
    case .bounce:
      let phase = positive(frame - first, 2 * length)
      return first + (phase > length ? 2 * length - phase : phase)
    }
  }

  private static func positive(_ value: Double, _ period: Double) -> Double {
    let rest = value.truncatingRemainder(dividingBy: period)
    return rest < 0 ? rest + period : rest
  }
}

/// Key frames of words, texts and switches: each value stays until the next key.
package struct HeldKeys: Hashable, Sendable {
  package struct Key: Hashable, Sendable {
    package var frame: Double
    package var value: ValueData

    package init(_ frame: Double, _ value: ValueData) {
      self.frame = frame
      self.value = value
    }
  }

  package let keys: [Key]
  package let before: Extrapolation
  package let after: Extrapolation

  /// `keys` ascend by frame and are not empty.
  package init(_ keys: [Key], before: Extrapolation = .hold, after: Extrapolation = .hold) {
    self.keys = keys
    self.before = before
    self.after = after
  }

  package func value(at frame: Double) -> ValueData {
    guard let first = keys.first, let last = keys.last else { return .number(0) }
    let inside = Curve.folded(
      frame, first: first.frame, last: last.frame, before: before, after: after)
    return keys[Hermite.segment(inside, count: keys.count) { keys[$0].frame }].value
  }
}
