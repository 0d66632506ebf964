import BipackPixels

/// What the declaration machinery sees of `@Param`, `@Params`, `@Input`, `@DeepInput` and `@Inputs`.
package protocol DeclaredProperty: Sendable, StableHashable {}

package protocol DeclaredParam: DeclaredProperty {
  var help: String { get }
  /// The parameter's place among the node's parameters.
  var index: Int { get set }
  var kind: ValueKind { get }
  var unit: ParamUnit { get }
  var range: ParamRange { get }
  var data: ValueData { get }
  /// The same wrapper around another value; nil when `data` has the wrong shape.
  func holding(_ data: ValueData) -> (any DeclaredParam)?
}

package protocol DeclaredGroup: DeclaredProperty {
  /// The group, whose stored properties are its parameters.
  var group: any ParamGroup { get }
  /// The same wrapper around a group made of these wrappers; nil when they do not fit.
  func holding(_ wrappers: [any DeclaredProperty], _ index: [String: Int]) -> (any DeclaredGroup)?
}

package protocol DeclaredInput: DeclaredProperty {
  var help: String { get }
  var isOptional: Bool { get }
  var isMatte: Bool { get }
  /// What can be connected.
  var kind: Payload.Kind { get }
  /// For a list, how many entries it takes; nil for a single input.
  var listCount: ClosedRange<Int>? { get }
  /// The same wrapper with its slots set, from `slot` on; `count` is a list's length.
  func bound(at slot: Int, count: Int) -> any DeclaredInput
}

extension Param: DeclaredParam {
  public func hash(into hasher: inout StableHasher) { data.hash(into: &hasher) }

  package var kind: ValueKind { Held.kind }
  package var data: ValueData { wrappedValue.data }

  package func holding(_ data: ValueData) -> (any DeclaredParam)? {
    guard let value = Held(data) else { return nil }
    var copy = self
    copy.wrappedValue = value
    return copy
  }
}

extension Param: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.wrappedValue == b.wrappedValue }
}

extension Params: DeclaredGroup {
  public func hash(into hasher: inout StableHasher) {
    NodeDeclaration.hash(wrappedValue, into: &hasher)
  }

  package var group: any ParamGroup { wrappedValue }

  package func holding(_ wrappers: [any DeclaredProperty], _ index: [String: Int])
    -> (any DeclaredGroup)?
  {
    guard let group = try? Group(from: NodeDecoder(wrappers: wrappers, index: index)) else {
      return nil
    }
    return Params(wrappedValue: group)
  }
}

extension DeclaredInput {
  /// What is connected counts by itself.
  public func hash(into hasher: inout StableHasher) {}

  package var kind: Payload.Kind { .picture }
}

extension Input: DeclaredInput {
  package var listCount: ClosedRange<Int>? { nil }

  package func bound(at slot: Int, count: Int) -> any DeclaredInput {
    var copy = self
    copy.wrappedValue.slot = slot
    return copy
  }
}

extension DeepInput: DeclaredInput {
  package var kind: Payload.Kind { .deep }
  package var isMatte: Bool { false }
  package var listCount: ClosedRange<Int>? { nil }

  package func bound(at slot: Int, count: Int) -> any DeclaredInput {
    var copy = self
    copy.wrappedValue.slot = slot
    return copy
  }
}

extension Inputs: DeclaredInput {
  package var isMatte: Bool { false }
  package var isOptional: Bool { count.lowerBound == 0 }
  package var listCount: ClosedRange<Int>? { count }

  package func bound(at slot: Int, count: Int) -> any DeclaredInput {
    var copy = self
    copy.wrappedValue.slots = slot..<(slot + count)
    return copy
  }
}

// `Decodable` is what makes the compiler write a node's `init(from:)`. The wrappers themselves are
// never decoded: `NodeDecoder` hands them out ready made.

extension Param: Decodable {
  /// Throws: a node is decoded from a Bipack document only.
  public init(from decoder: any Decoder) throws { throw foreignDecoder(decoder) }
}

extension Params: Decodable {
  /// Throws: a node is decoded from a Bipack document only.
  public init(from decoder: any Decoder) throws { throw foreignDecoder(decoder) }
}

extension Input: Decodable {
  /// Throws: a node is decoded from a Bipack document only.
  public init(from decoder: any Decoder) throws { throw foreignDecoder(decoder) }
}

extension DeepInput: Decodable {
  /// Throws: a node is decoded from a Bipack document only.
  public init(from decoder: any Decoder) throws { throw foreignDecoder(decoder) }
}

extension Inputs: Decodable {
  /// Throws: a node is decoded from a Bipack document only.
  public init(from decoder: any Decoder) throws { throw foreignDecoder(decoder) }
}

private func foreignDecoder(_ decoder: any Decoder) -> any Error {
  DecodingError.dataCorrupted(
    DecodingError.Context(
      codingPath: decoder.codingPath,
      debugDescription: "nodes are read from Bipack documents, not by other decoders"))
}

extension Node {
  public static var isMaskable: Bool {
    let inputs = NodeDeclaration.of(Self.self).inputs
    return payload == .picture && inputs.first?.kind == .picture
  }

  /// Every declared parameter by name and value, in order.
  public func hash(into hasher: inout StableHasher) { NodeDeclaration.hash(self, into: &hasher) }
}

extension NodeDeclaration {
  /// The parameters of a node, or of a group, in order of declaration; those of its groups among them.
  static func params(of subject: Any) -> [(name: String, param: any DeclaredParam)] {
    Mirror(reflecting: subject).children.flatMap { child -> [(String, any DeclaredParam)] in
      switch child.value {
      case let param as any DeclaredParam: child.label.map { [(name($0), param)] } ?? []
      case let group as any DeclaredGroup: params(of: group.group)
      default: []
      }
    }
  }

  /// Feeds the parameters of a node, or of a group, by name and value, in order of declaration.
  static func hash(_ subject: Any, into hasher: inout StableHasher) {
    for (name, param) in params(of: subject) {
      hasher.combine(name)
      param.data.hash(into: &hasher)
    }
  }

  /// The parameters of a node that are not at their defaults, in order of declaration.
  package static func changed(_ node: any Node)
    -> [(name: String, kind: ValueKind, value: ValueData)]
  {
    let defaults = of(Swift.type(of: node)).params.map(\.defaultValue)
    return zip(params(of: node), defaults).compactMap { declared, value in
      let (name, param) = declared
      return param.data == value ? nil : (name, param.kind, param.data)
    }
  }

  /// The value of one parameter.
  package static func value(_ name: String, of node: any Node) -> ValueData? {
    params(of: node).first { $0.name == name }?.param.data
  }
}
