/// A value that says itself what of it counts in a content hash.
///
/// Numbers, texts and the like do. What is made of them needs no word of its own:
/// `StableHasher.combine(stored:)` takes structs, enums, tuples, optionals and collections apart.
public protocol StableHashable {
  func hash(into hasher: inout StableHasher)
}

extension StableHasher {
  public mutating func combine(_ value: some StableHashable) { value.hash(into: &self) }
}

extension StableHashable where Self: BinaryInteger {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(word: UInt64(truncatingIfNeeded: self))
  }
}

extension Int: StableHashable {}
extension Int8: StableHashable {}
extension Int16: StableHashable {}
extension Int32: StableHashable {}
extension Int64: StableHashable {}
extension UInt: StableHashable {}
extension UInt8: StableHashable {}
extension UInt16: StableHashable {}
extension UInt32: StableHashable {}
extension UInt64: StableHashable {}

extension Bool: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(self) }
}

extension Double: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(self) }
}

extension Float: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(self) }
}

extension String: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(self) }
}

extension StableHash: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(self) }
}

extension StableHashable where Self: SIMD, Scalar: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    for i in indices { self[i].hash(into: &hasher) }
  }
}

extension SIMD2: StableHashable where Scalar: StableHashable {}
extension SIMD3: StableHashable where Scalar: StableHashable {}
extension SIMD4: StableHashable where Scalar: StableHashable {}

extension Rect: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    for edge in [x0, y0, x1, y1] { hasher.combine(edge) }
  }
}

extension Format: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(window)
    hasher.combine(pixelAspect)
  }
}

extension Channel: StableHashable {
  /// By its name: its number is another in every process.
  public func hash(into hasher: inout StableHasher) { hasher.combine(name) }
}

/// A stored property that does not count in the content hash of its operator. The reason stands beside it:
/// `@NotHashed("the stamp names the file") var path`.
@propertyWrapper
public struct NotHashed<Value: Sendable>: StableHashable, Sendable {
  public var wrappedValue: Value

  public init(wrappedValue: Value, _ reason: StaticString) { self.wrappedValue = wrappedValue }

  public func hash(into hasher: inout StableHasher) {}
}
