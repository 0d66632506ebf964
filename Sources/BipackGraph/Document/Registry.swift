/// The node types a document may use. Add your own to the built-in ones and they get everything
/// those have: decoding, errors, schema, reference, hash, animation.
public struct Registry: Sendable {
  /// In the order they were added.
  public private(set) var declarations: [NodeDeclaration] = []
  private var byName: [String: NodeDeclaration] = [:]

  public init(_ types: [any Node.Type] = []) {
    for type in types { add(type) }
  }

  /// Adds a type; one of the same name is replaced.
  public mutating func add(_ type: any Node.Type) {
    let declaration = NodeDeclaration.of(type)
    declarations.removeAll { $0.typeName == declaration.typeName }
    declarations.append(declaration)
    byName[declaration.typeName] = declaration
  }

  public subscript(name: String) -> NodeDeclaration? { byName[name] }
  public var names: [String] { declarations.map(\.typeName) }
  /// What is wrong with the declarations, for their authors; empty when all is well.
  public var problems: [String] { declarations.flatMap(\.problems) }
}
