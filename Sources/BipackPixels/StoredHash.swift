@_spi(Reflection) import Swift

// The content hash of a value from all that it stores, so that nobody who adds a field can forget it.
//
// `Mirror` shows the fields too, but boxes each and looks its type up: a microsecond a field, for every
// operator of every frame. Here the fields of a type are looked up once, with their places in memory;
// after that hashing reads them where they lie. Enums alone are looked at through `Mirror`.
//
// What has no content to be known by, a class or a function, is hashed as something that is never the same
// again: nothing is taken for its equal, at the price that it is computed every time. `StoredHash.unhashable`
// names such types, and the laws of the operators fail for them.

extension StableHasher {
  /// Feeds all that `value` stores, in order of declaration. Sets and dictionaries count as what they
  /// hold, in any order.
  public mutating func combine<Value>(stored value: Value) {
    withUnsafePointer(to: value) { StoredHash.feed(of: Value.self)(UnsafeRawPointer($0), &self) }
  }

  /// The same for a value whose type is only known now; the type counts too.
  fileprivate mutating func combine(dynamic value: Any) {
    func open<Value>(_ value: Value) {
      combine(StoredHash.name(of: Value.self))
      combine(stored: value)
    }
    _openExistential(value, do: open)
  }
}

package enum StoredHash {
  /// Feeds the value of one type that lies at a place.
  fileprivate struct Feed: @unchecked Sendable {
    // SAFETY: it is given a pointer to a value of the type it was made for, alive for the call; the runtime
    // says where in it each field lies. References are never read: their kinds are sorted out first. It
    // captures types and other feeds, which never change.
    private let body: (UnsafeRawPointer, inout StableHasher) -> Void

    init(_ body: @escaping (UnsafeRawPointer, inout StableHasher) -> Void) { self.body = body }

    func callAsFunction(_ place: UnsafeRawPointer, _ hasher: inout StableHasher) {
      body(place, &hasher)
    }
  }

  private static let feeds = Locked<[ObjectIdentifier: Feed]>([:])
  private static let names = Locked<[ObjectIdentifier: String]>([:])
  private static let met = Locked<(types: Set<String>, count: Int)>(([], 0))

  /// The types met so far whose values no hash can name.
  package static var unhashable: Set<String> { met.withLock { $0.types } }

  fileprivate static func feed<Value>(of type: Value.Type) -> Feed {
    let key = ObjectIdentifier(type)
    if let known = feeds.withLock({ $0[key] }) { return known }
    let made = make(type)
    feeds.withLock { $0[key] = made }
    return made
  }

  /// The type's name with its module, the same in every process of a build. Private types of one name in
  /// several files of a module share it.
  package static func name(of type: any Any.Type) -> String {
    let key = ObjectIdentifier(type)
    if let known = names.withLock({ $0[key] }) { return known }
    let name = String(reflecting: type)
      .replacing(/\(unknown context at \$[0-9a-f]+\)\./, with: "")
      .replacing(/\((\w+) in _\w+\)/) { $0.1 }
    names.withLock { $0[key] = name }
    return name
  }

  private static func make<Value>(_ type: Value.Type) -> Feed {
    if let type = type as? any StableHashable.Type { return own(type) }
    if let type = type as? any Container.Type { return parts(type) }
    switch kind(of: type) {
    case .struct, .tuple: return fields(type)
    case .enum:
      if let type = type as? any RawRepresentable.Type { return raw(type) }
      return cases(type)
    case .existential:
      // One of classes is smaller.
      if MemoryLayout<Value>.size < MemoryLayout<Any>.size { return unhashable(type) }
      // SAFETY: every other begins as an `Any` does, with what it holds and its type; how that keeps its
      // protocols comes after.
      return Feed { place, hasher in
        hasher.combine(dynamic: place.assumingMemoryBound(to: Any.self).pointee)
      }
    default: return unhashable(type)
    }
  }

  private static func own<Value: StableHashable>(_ type: Value.Type) -> Feed {
    Feed { place, hasher in
      place.assumingMemoryBound(to: Value.self).pointee.hash(into: &hasher)
    }
  }

  private static func parts<Value: Container>(_ type: Value.Type) -> Feed {
    if isReference(Value.Part.self) { return unhashable(type) }
    return Feed { place, hasher in
      place.assumingMemoryBound(to: Value.self).pointee.hashParts(into: &hasher)
    }
  }

  private static func raw<Value: RawRepresentable>(_ type: Value.Type) -> Feed {
    Feed { place, hasher in
      hasher.combine(stored: place.assumingMemoryBound(to: Value.self).pointee.rawValue)
    }
  }

  private static func fields<Value>(_ type: Value.Type) -> Feed {
    var fields: [(offset: Int, feed: Feed)] = []
    func add<Field>(_ field: Field.Type, _ offset: Int) { fields.append((offset, feed(of: field))) }
    let isWhole = _forEachField(of: type) { _, offset, field, _ in
      add(field, offset)
      return true
    }
    guard isWhole else { return unhashable(type) }
    return Feed { [fields] place, hasher in
      for field in fields { field.feed(place + field.offset, &hasher) }
    }
  }

  private static func cases<Value>(_ type: Value.Type) -> Feed {
    // The name of a case is what an enum says of itself, if it has nothing else to say.
    let isNamed = !(type is any CustomStringConvertible.Type)
    let unknown = isNamed ? nil : unhashable(type)
    return Feed { place, hasher in
      let value = place.assumingMemoryBound(to: Value.self).pointee
      if let child = Mirror(reflecting: value).children.first {
        hasher.combine(child.label ?? "")
        hasher.combine(dynamic: child.value)
      } else if let unknown {
        unknown(place, &hasher)
      } else {
        hasher.combine(String(describing: value))
      }
    }
  }

  private struct Boxed<Value> {
    let value: Value
  }

  private static func kind<Value>(of type: Value.Type) -> _MetadataKind {
    var result = _MetadataKind.opaque
    _forEachField(of: Boxed<Value>.self) { _, _, _, kind in
      result = kind
      return true
    }
    return result
  }

  private static func isReference<Value>(_ type: Value.Type) -> Bool {
    if type is any StableHashable.Type { return false }
    switch kind(of: type) {
    case .struct, .tuple, .enum, .optional, .existential: return false
    default: return true
    }
  }

  private static func unhashable<Value>(_ type: Value.Type) -> Feed {
    let name = name(of: type)
    _ = met.withLock { $0.types.insert(name) }
    return Feed { _, hasher in
      hasher.combine(
        met.withLock {
          $0.count += 1
          return $0.count
        })
    }
  }
}

/// What holds values of one type.
private protocol Container {
  associatedtype Part
  func hashParts(into hasher: inout StableHasher)
}

extension Optional: Container {
  fileprivate typealias Part = Wrapped

  fileprivate func hashParts(into hasher: inout StableHasher) {
    hasher.combine(self != nil)
    if let self { hasher.combine(stored: self) }
  }
}

extension Array: Container {
  fileprivate typealias Part = Element

  fileprivate func hashParts(into hasher: inout StableHasher) {
    hasher.combine(count)
    if Element.self == Float.self, let floats = self as? [Float] {
      for value in floats { hasher.combine(value) }
      return
    }
    let feed = StoredHash.feed(of: Element.self)
    withUnsafeBufferPointer { values in
      for i in values.indices { feed(UnsafeRawPointer(values.baseAddress! + i), &hasher) }
    }
  }
}

extension Set: Container {
  fileprivate typealias Part = Element

  fileprivate func hashParts(into hasher: inout StableHasher) { hasher.combine(unordered: self) }
}

extension Dictionary: Container {
  fileprivate typealias Part = Element

  fileprivate func hashParts(into hasher: inout StableHasher) { hasher.combine(unordered: self) }
}

extension StableHasher {
  fileprivate mutating func combine(unordered parts: some Collection) {
    let hashes = parts.map { part in
      var hasher = StableHasher()
      hasher.combine(stored: part)
      return hasher.finalize()
    }
    combine(hashes.count)
    for hash in hashes.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) { combine(hash) }
  }
}
