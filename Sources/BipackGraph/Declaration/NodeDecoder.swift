/// Drives the compiler-written `init(from:)` of a node: whatever key is asked for, the container
/// answers with the wrapper prepared for it. Nothing is parsed here.
struct NodeDecoder: Decoder {
  let wrappers: [any DeclaredProperty]
  let index: [String: Int]

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Container<Key>(wrappers: wrappers, index: index))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NotDeclared(key: "") }
  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    throw NotDeclared(key: "")
  }

  /// A stored property that is no `@Param` or `@Input`.
  struct NotDeclared: Error {
    var key: String
  }

  private struct Container<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let wrappers: [any DeclaredProperty]
    let index: [String: Int]

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { index.keys.compactMap(Key.init(stringValue:)) }
    func contains(_ key: Key) -> Bool { index[key.stringValue] != nil }
    func decodeNil(forKey key: Key) -> Bool { index[key.stringValue] == nil }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      guard let place = index[key.stringValue], let wrapper = wrappers[place] as? T else {
        throw NotDeclared(key: key.stringValue)
      }
      return wrapper
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
      -> KeyedDecodingContainer<Nested>
    {
      throw NotDeclared(key: key.stringValue)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw NotDeclared(key: key.stringValue)
    }
    func superDecoder() throws -> any Decoder { throw NotDeclared(key: "super") }
    func superDecoder(forKey key: Key) throws -> any Decoder {
      throw NotDeclared(key: key.stringValue)
    }
  }
}
