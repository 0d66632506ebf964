import BipackGraph

extension ImportedNumber {
  /// Its keys in order; of several on one frame the last.
  private var ordered: [ImportedKey] {
    var byFrame: [Double: ImportedKey] = [:]
    for key in keys { byFrame[key.frame] = key }
    return byFrame.values.sorted { $0.frame < $1.frame }
  }

  /// As a document has it: a number, or key frames.
  var json: JSONValue {
    switch self {
    case .constant(let value): JSONValue(number: value)
    case .keys: JSONValue(data: KeyedValue(ordered.map { $0.key { .number($0) } }).data)
    }
  }

  /// Whether nothing is lost by saying `value` once and for all.
  func isAlways(_ value: Double) -> Bool {
    switch self {
    case .constant(let own): own == value
    case .keys(let keys):
      keys.allSatisfy { $0.value == value && ($0.left ?? 0) == 0 && ($0.right ?? 0) == 0 }
    }
  }

  /// Several numbers as one value: an array, key frames of arrays where all have keys on the same frames, or an
  /// array of key frames.
  static func json(_ numbers: [ImportedNumber]) -> JSONValue {
    let ordered = numbers.map(\.ordered)
    guard let first = ordered.first, !first.isEmpty,
      ordered.allSatisfy({ keys in
        keys.count == first.count
          && zip(keys, first).allSatisfy {
            $0.frame == $1.frame && $0.joint == $1.joint && !$0.hasSlopes && !$1.hasSlopes
          }
      })
    else { return JSONValue(numbers.map(\.json)) }
    let keys = first.indices.map { place in
      first[place].key { _ in .vector(ordered.map { $0[place].value }) }
    }
    return JSONValue(data: KeyedValue(keys).data)
  }
}

extension ImportedKey {
  var hasSlopes: Bool { left != nil || right != nil }

  var interpolation: Interpolation {
    switch joint {
    case .hold: .hold
    case .linear: .linear
    case .smooth: .cubic
    }
  }

  fileprivate func key(_ data: (Double) -> ValueData) -> KeyedValue.Key {
    KeyedValue.Key(frame, data(value), interpolation, left: left, right: right)
  }
}

extension ImportedPoint {
  var json: JSONValue { ImportedNumber.json([x, y]) }

  /// A place in the picture, in pixels.
  func placed(_ axes: (x: Axis, y: Axis), _ shift: Double) -> ImportedPoint {
    ImportedPoint(axes.x.place(x).shifted(shift), axes.y.place(y).shifted(shift))
  }

  /// A distance in the picture, in pixels.
  func stepped(_ axes: (x: Axis, y: Axis), _ shift: Double) -> ImportedPoint {
    ImportedPoint(axes.x.step(x).shifted(shift), axes.y.step(y).shifted(shift))
  }

  func isAlways(_ x: Double, _ y: Double) -> Bool { self.x.isAlways(x) && self.y.isAlways(y) }
}
