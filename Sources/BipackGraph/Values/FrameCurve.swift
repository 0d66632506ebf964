/// Numbers over frames as one value: what a shot measured of each frame, a track's way, a speed ramp. A
/// node that has one as a parameter reads it at any time, fractions of frames too.
///
/// In the document as key frames are written: `{ "keys": [[1001, 0.5], [1002, 0.7]] }`, each value one
/// number, a vector of one length, or a matrix, whose rows then stand one after the other.
public struct FrameCurve: Value, Hashable {
  private let keyed: KeyedValue

  /// Frames ascend; at least one.
  public init?(_ points: [(frame: Double, value: [Double])]) {
    let keys = points.map { point in
      KeyedValue.Key(
        point.frame, point.value.count == 1 ? .number(point.value[0]) : .vector(point.value))
    }
    self.init(KeyedValue(keys).data)
  }

  /// The same everywhere.
  public init(constant value: Double) { keyed = KeyedValue([KeyedValue.Key(0, .number(value))]) }

  /// How many numbers it has at each frame.
  public var count: Int { keyed.keys[0].value.components.count }

  /// Its numbers at a frame; between keys as they say.
  public func values(at frame: Double) -> [Double] { keyed.value(at: frame).components }

  /// Its first number at a frame.
  public func value(at frame: Double) -> Double { values(at: frame).first ?? 0 }

  /// First and last key.
  public var range: ClosedRange<Double> {
    keyed.keys[0].frame...keyed.keys[keyed.keys.count - 1].frame
  }

  public static var kind: ValueKind { .curve }
  public var data: ValueData { keyed.data }
  public init?(_ data: ValueData) {
    guard let read = KeyedValue(data) else { return nil }
    let keyed = KeyedValue(
      read.keys.map { key in
        guard case .array(let rows) = key.value, !rows.isEmpty,
          rows.allSatisfy({ $0.numbers != nil })
        else { return key }
        return KeyedValue.Key(
          key.frame, .vector(key.value.allNumbers), key.interpolation, left: key.left,
          right: key.right)
      }, before: read.before, after: read.after)
    guard let count = keyed.keys.first?.value.components.count, count > 0,
      keyed.keys.allSatisfy({ $0.value.components.count == count })
    else { return nil }
    self.keyed = keyed
  }
}

extension ValueKind {
  /// Numbers over frames, as one value.
  public static let curve = ValueKind(FrameCurveType())
}

private struct FrameCurveType: ValueType {
  let name = "curve"
  let title = "curve over frames"

  func shape(_ bounds: String) -> String {
    "a curve over frames { \"keys\": [[frame, value], ...] }"
  }
  func schema(_ number: JSONValue) -> [JSONValue] {
    [JSONValue(def: "keys.number"), JSONValue(def: "keys.numbers")]
  }
  func fitted(_ data: ValueData) -> ValueData? { FrameCurve(data)?.data }
  func filled(with number: Double) -> ValueData? { FrameCurve(constant: number).data }
  let holdsObjects = true

  func isLiteral(keys: [String]) -> Bool { keys.contains("keys") }

  /// Frames stay.
  func scaled(_ data: ValueData, by factor: Double) -> ValueData {
    guard let keyed = KeyedValue(data) else { return data }
    let keys = keyed.keys.map { key in
      KeyedValue.Key(
        key.frame, key.value.mapNumbers { $0 * factor }, key.interpolation,
        left: key.left.map { $0 * factor }, right: key.right.map { $0 * factor })
    }
    return KeyedValue(keys, before: keyed.before, after: keyed.after).data
  }
}
