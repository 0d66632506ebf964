/// The node types a document may use. Add your own to the built-in ones and they get everything
/// those have: decoding, errors, schema, reference, hash, animation.
///
/// A type's declaration is read when it is first asked for: a document uses a few types of many.
public struct Registry: Sendable {
  /// In the order they were added.
  private var types: [(name: String, type: any Node.Type)] = []
  private var byName: [String: any Node.Type] = [:]

  /// What other programs call things, for error messages and the reference.
  public let foreignNames: [ForeignName]

  public init(_ types: [any Node.Type] = [], foreignNames: [ForeignName] = []) {
    self.foreignNames = foreignNames
    for type in types { add(type) }
  }

  /// Adds a type; one of the same name is replaced.
  public mutating func add(_ type: any Node.Type) {
    let name = type.typeName
    if byName.updateValue(type, forKey: name) != nil { types.removeAll { $0.name == name } }
    types.append((name, type))
  }

  public subscript(name: String) -> NodeDeclaration? { byName[name].map(NodeDeclaration.of) }
  /// In the order they were added.
  public var declarations: [NodeDeclaration] { types.map { NodeDeclaration.of($0.type) } }
  public var names: [String] { types.map(\.name) }
  /// What is wrong with the declarations, for their authors; empty when all is well.
  public var problems: [String] { declarations.flatMap(\.problems) }
}
