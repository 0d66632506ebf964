/// The stored properties of a node, of a group or of a record, in order of declaration.
struct DeclaredLayout: Sendable {
  enum Property {
    case param(any DeclaredParam)
    case input(any DeclaredInput)
    case group(any DeclaredGroup, DeclaredLayout)
  }
  private(set) var properties: [Property] = []
  /// Their places by name, for `NodeDecoder`.
  private(set) var index: [String: Int] = [:]

  mutating func add(_ name: String, _ property: Property) {
    if index[name] == nil { index[name] = properties.count }
    properties.append(property)
  }
}

extension DeclaredLayout {
  /// What a record, or a group in one, is made of.
  init(reading subject: Any) {
    for child in Mirror(reflecting: subject).children {
      let name = NodeDeclaration.name(child.label ?? "")
      if let param = child.value as? any DeclaredParam {
        add(name, .param(param))
      } else if let group = child.value as? any DeclaredGroup {
        add(name, .group(group, DeclaredLayout(reading: group.group)))
      }
    }
  }

  /// The wrappers of a value: of each parameter and input what `fill` makes of it, asked in order of declaration,
  /// groups filled in their places. Nil where it makes nothing.
  func filled(_ fill: (Property) -> (any DeclaredProperty)?) -> [any DeclaredProperty]? {
    var wrappers: [any DeclaredProperty] = []
    wrappers.reserveCapacity(properties.count)
    for property in properties {
      let wrapper: (any DeclaredProperty)? =
        if case .group(let group, let layout) = property {
          layout.filled(fill).flatMap { group.holding($0, layout.index) }
        } else {
          fill(property)
        }
      guard let wrapper else { return nil }
      wrappers.append(wrapper)
    }
    return wrappers
  }
}
