import BipackPixels

/// What a node type says about itself: everything the document, the schema, the reference page and
/// the planner need to know without making one.
///
/// Read once per type from the property wrappers of `Self()` (as swift-argument-parser does) and
/// kept. A node in somebody else's package gets exactly the same.
public final class NodeDeclaration: Sendable {
  public let type: any Node.Type
  public let typeName: String
  public let abstract: String
  public let category: String
  public let inputs: [InputDeclaration]
  public let params: [ParamDeclaration]
  /// Which parameters count only beside others.
  public let conditions: [ParamCondition]
  /// Judges of what is connected, by input.
  let pictureChecks: [String: any PictureCheck]
  /// What a data node gives; empty for the others.
  public let values: [ValuePort]
  /// What is wrong with the declaration itself, for its author; empty when all is well.
  public let problems: [String]

  package let paramIndex: [String: Int]
  private let properties: [Property]
  /// Whether the type leaves `hash(into:)` as it is, so that the wrappers can be hashed directly.
  private let hashesByDefault: Bool
  private let propertyIndex: [String: Int]

  /// One stored property in declaration order.
  private struct Property: Sendable {
    enum Wrapper {
      case param(any DeclaredParam)
      case input(any DeclaredInput)
    }
    var name: String
    var wrapper: Wrapper

    func hash(into hasher: inout StableHasher) {
      guard case .param(let param) = wrapper else { return }
      hasher.combine(name)
      param.data.hash(into: &hasher)
    }
  }

  /// The declaration of a type.
  public static func of(_ type: any Node.Type) -> NodeDeclaration {
    let key = ObjectIdentifier(type)
    if let known = cache.withLock({ $0[key] }) { return known }
    let made = NodeDeclaration(reading: type)
    return cache.withLock { table in
      if let known = table[key] { return known }
      table[key] = made
      return made
    }
  }

  private static let cache = Locked<[ObjectIdentifier: NodeDeclaration]>([:])

  public var version: Int { type.version }
  public var isMaskable: Bool { type.isMaskable }
  public var isData: Bool { type is any DataNode.Type }
  public var isSink: Bool { type is any SinkNode.Type }

  /// The parameter of that name.
  public func param(_ name: String) -> ParamDeclaration? { paramIndex[name].map { params[$0] } }

  /// The input of that name.
  public func input(_ name: String) -> InputDeclaration? { inputs.first { $0.name == name } }

  private init(reading type: any Node.Type) {
    self.type = type
    typeName = type.typeName
    abstract = type.abstract
    category = type.category
    values = (type as? any DataNode.Type)?.values ?? []
    var inputs: [InputDeclaration] = []
    var params: [ParamDeclaration] = []
    var properties: [Property] = []
    var checks = DeclarationChecks(typeName: typeName)
    for child in Mirror(reflecting: type.init()).children {
      let label = child.label ?? ""
      let name = Self.name(label)
      if var param = child.value as? any DeclaredParam {
        param.index = params.count
        let declared = ParamDeclaration(name: name, param)
        checks.check(declared)
        params.append(declared)
        properties.append(Property(name: name, wrapper: .param(param)))
      } else if let input = child.value as? any DeclaredInput {
        let declared = InputDeclaration(name: name, input)
        checks.check(declared)
        inputs.append(declared)
        properties.append(Property(name: name, wrapper: .input(input)))
      } else {
        checks.unwrapped(label)
      }
    }
    conditions = type.conditions
    pictureChecks = type.pictureChecks
    for condition in conditions { checks.check(condition, params: params, inputs: inputs) }
    checks.check(type: typeName, abstract: abstract, category: category, values: values)
    problems = checks.problems
    self.inputs = inputs
    self.params = params
    self.properties = properties
    var own = StableHasher()
    type.init().hash(into: &own)
    var plain = StableHasher()
    for property in properties { property.hash(into: &plain) }
    hashesByDefault = own.finalize() == plain.finalize()
    paramIndex = Dictionary(
      params.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    propertyIndex = Dictionary(
      properties.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// `_gain`, as the wrapper's storage is called, is the property `gain`.
  static func name(_ label: String) -> String {
    label.hasPrefix("_") ? String(label.dropFirst()) : label
  }
}

// MARK: Making nodes

extension NodeDeclaration {
  /// The node with `values[i]` for parameter i (nil: the default) and lists of the given lengths, in
  /// order of declaration. Nil when a value has the wrong shape.
  package func make(values: [ParamData?], lists: [Int] = []) -> (any Node)? {
    makeHashed(values: values, lists: lists)?.node
  }

  /// The same with the hash of type, version and parameters.
  package func makeHashed(values: [ParamData?], lists: [Int] = [])
    -> (node: any Node, hash: StableHash)?
  {
    var hasher = StableHasher()
    hasher.combine(typeName)
    hasher.combine(version)
    var wrappers: [any DeclaredProperty] = []
    wrappers.reserveCapacity(properties.count)
    var (param, list, slot) = (0, 0, 0)
    for property in properties {
      switch property.wrapper {
      case .param(let declared):
        if param < values.count, let data = values[param] {
          guard let replaced = declared.holding(data) else { return nil }
          wrappers.append(replaced)
          if hashesByDefault {
            hasher.combine(property.name)
            replaced.data.hash(into: &hasher)
          }
        } else {
          wrappers.append(declared)
          if hashesByDefault {
            hasher.combine(property.name)
            params[param].defaultValue.hash(into: &hasher)
          }
        }
        param += 1
      case .input(let input): wrappers.append(Self.bind(input, &slot, &list, lists))
      }
    }
    guard let node = decode(wrappers) else { return nil }
    if !hashesByDefault { node.hash(into: &hasher) }
    return (node, hasher.finalize())
  }

  /// A node made in code, with its inputs' slots set as a decoded one's are. `inputs` images are
  /// connected; if there is a list, it takes those the single inputs leave.
  package func bound<N: Node>(_ node: N, inputs count: Int) -> N {
    guard !inputs.isEmpty else { return node }
    let singles = inputs.count { $0.list == nil }
    let lists = inputs.count == singles ? [] : [max(0, count - singles)]
    var wrappers: [any DeclaredProperty] = []
    var (list, slot) = (0, 0)
    for child in Mirror(reflecting: node).children {
      if let input = child.value as? any DeclaredInput {
        wrappers.append(Self.bind(input, &slot, &list, lists))
      } else if let param = child.value as? any DeclaredParam {
        wrappers.append(param)
      } else {
        return node
      }
    }
    return decode(wrappers) as? N ?? node
  }

  private static func bind(
    _ input: any DeclaredInput, _ slot: inout Int, _ list: inout Int, _ lists: [Int]
  ) -> any DeclaredInput {
    var count = 1
    if input.listCount != nil {
      count = list < lists.count ? lists[list] : 0
      list += 1
    }
    defer { slot += count }
    return input.bound(at: slot, count: count)
  }

  private func decode(_ wrappers: [any DeclaredProperty]) -> (any Node)? {
    try? type.init(from: NodeDecoder(wrappers: wrappers, index: propertyIndex))
  }

  /// The parameter values of a node, in order of declaration.
  package static func values(of node: any Node) -> [ParamData] {
    Mirror(reflecting: node).children.compactMap { ($0.value as? any DeclaredParam)?.data }
  }
}

/// A declared image input.
public struct InputDeclaration: Sendable {
  public let name: String
  public let help: String
  public let isOptional: Bool
  /// Whether its alpha is what matters (see `Input`).
  public let isMatte: Bool
  /// For a list, how many entries it takes; nil for a single input.
  public let list: ClosedRange<Int>?

  init(name: String, _ input: any DeclaredInput) {
    self.name = name
    help = input.help
    isOptional = input.isOptional
    isMatte = input.isMatte
    list = input.listCount
  }
}

/// A declared parameter.
public struct ParamDeclaration: Sendable {
  public let name: String
  public let help: String
  public let kind: ParamKind
  public let unit: ParamUnit
  public let range: ParamRange
  public let defaultValue: ParamData

  init(name: String, _ param: any DeclaredParam) {
    self.name = name
    help = param.help
    kind = param.kind
    unit = param.unit
    range = param.range
    defaultValue = param.data
    prototype = param
  }

  init(
    name: String, help: String, kind: ParamKind, unit: ParamUnit = .none, range: ParamRange = .any,
    defaultValue: ParamData, prototype: any DeclaredParam
  ) {
    self.name = name
    self.help = help
    self.kind = kind
    self.unit = unit
    self.range = range
    self.defaultValue = defaultValue
    self.prototype = prototype
  }

  private let prototype: any DeclaredParam

  /// Whether `data` has the shape of this parameter's type.
  package func accepts(_ data: ParamData) -> Bool { prototype.holding(data) != nil }

  /// `data` as the parameter's type writes it: a colour of one number becomes four.
  package func canonical(_ data: ParamData) -> ParamData? { prototype.holding(data)?.data }
}
