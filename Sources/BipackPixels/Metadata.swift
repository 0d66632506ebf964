/// What a file says about a picture besides its pixels. Travels with the main input of each node.
public struct Metadata: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case string(String)
    case int(Int)
    case float(Double)
    case ints([Int])
    case floats([Double])
    case strings([String])
    /// SMPTE time code: the two packed words of the EXR `timeCode` attribute.
    case timeCode(UInt32, UInt32)
    case rational(Int, Int)
    /// An attribute carried through without being understood: its EXR type name and bytes.
    case opaque(type: String, bytes: [UInt8])
  }

  private var table: [String: Value] = [:]

  public init() {}

  public subscript(key: String) -> Value? {
    get { table[key] }
    set { table[key] = newValue }
  }

  /// Keys in a fixed order.
  public var keys: [String] { table.keys.sorted() }
  public var isEmpty: Bool { table.isEmpty }

  /// Only the entries whose keys are wanted.
  public func filter(_ isWanted: (String) -> Bool) -> Metadata {
    var result = self
    result.table = table.filter { isWanted($0.key) }
    return result
  }

  /// Adds `other`'s entries; on equal keys `other` wins.
  public mutating func merge(_ other: Metadata) {
    table.merge(other.table) { $1 }
  }
}
