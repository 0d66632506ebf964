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

  /// The wrappers around values, which are in the order of all parameters; nil where one has the wrong shape.
  func filled(_ values: [ValueData?], _ next: inout Int) -> [any DeclaredProperty]? {
    var wrappers: [any DeclaredProperty] = []
    wrappers.reserveCapacity(properties.count)
    for property in properties {
      switch property {
      case .input(let input): wrappers.append(input)
      case .param(let param):
        defer { next += 1 }
        guard let value = values[next] else {
          wrappers.append(param)
          continue
        }
        guard let held = param.holding(value) else { return nil }
        wrappers.append(held)
      case .group(let group, let layout):
        guard let parts = layout.filled(values, &next),
          let held = group.holding(parts, layout.index)
        else { return nil }
        wrappers.append(held)
      }
    }
    return wrappers
  }
}
