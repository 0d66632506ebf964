import BipackPixels

// What tells operators apart: the hash of everything that decides their pixels, besides the inputs.

extension Operator {
  /// The hash of type, version and all that is stored; of a node, of its parameters.
  package var ownHash: StableHash {
    let type = OperatorType.of(Self.self)
    var hasher = StableHasher()
    hasher.combine(type.name)
    hasher.combine(Self.version)
    if type.declaration != nil {
      NodeDeclaration.hash(self, into: &hasher)
    } else {
      hasher.combine(stored: self)
    }
    return hasher.finalize()
  }

  /// The same with the slots of its inputs set, as those of a node that comes from a document are.
  package func bound(inputs count: Int) -> any Operator {
    OperatorType.of(Self.self).declaration?.bound(self, inputs: count) ?? self
  }
}

/// What is known of a type of operators, looked up once.
private final class OperatorType: Sendable {
  /// What its hashes begin with: a node's name in documents, an operator's own with its module.
  let name: String
  /// Nil for one that is no node.
  let declaration: NodeDeclaration?

  private struct Known {
    var types: [ObjectIdentifier: OperatorType] = [:]
    var names: Set<String> = []
  }
  private static let known = Locked(Known())

  static func of(_ type: any Operator.Type) -> OperatorType {
    let key = ObjectIdentifier(type)
    if let known = known.withLock({ $0.types[key] }) { return known }
    let made = OperatorType(type)
    return known.withLock { known in
      if let other = known.types[key] { return other }
      known.types[key] = made
      // Their pixels would be taken for each other's.
      precondition(
        made.declaration != nil || known.names.insert(made.name).inserted,
        "two types of operators are called \(made.name); rename one, even if both are private")
      return made
    }
  }

  private init(_ type: any Operator.Type) {
    declaration = (type as? any Node.Type).map(NodeDeclaration.of)
    name = declaration?.typeName ?? StoredHash.name(of: type)
  }
}
