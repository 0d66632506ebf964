public import BipackPixels

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
  private let layout: DeclaredLayout

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
  /// What it gives.
  public var payload: Payload.Kind { type.payload }
  /// Whether `disabled` can pass its first input on: that is then of the kind the node gives.
  package var canBeDisabled: Bool { inputs.isEmpty || inputs[0].kind == payload }
  /// Whether it gives values.
  public var isData: Bool { type is any ValueNode.Type }
  /// Whether it measures a range of frames.
  public var isShot: Bool { type is any ShotNode.Type }
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
    values = (type as? any ValueNode.Type)?.values ?? []
    var reading = Reading(typeName)
    layout = reading.layout(of: type.init())
    var checks = reading.checks
    (inputs, params, conditions) = (
      reading.inputs, reading.params, type.conditions + reading.conditions
    )
    pictureChecks = type.pictureChecks
    for condition in conditions { checks.check(condition, params: params, inputs: inputs) }
    checks.check(type: typeName, abstract: abstract, category: category, values: values)
    problems = checks.problems
    paramIndex = Dictionary(
      params.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads the stored properties of a type, those of its groups in their places.
  private struct Reading {
    var inputs: [InputDeclaration] = []
    var params: [ParamDeclaration] = []
    var conditions: [ParamCondition] = []
    var checks: DeclarationChecks

    init(_ typeName: String) { checks = DeclarationChecks(typeName: typeName) }

    mutating func layout(of subject: Any) -> DeclaredLayout {
      var layout = DeclaredLayout()
      for child in Mirror(reflecting: subject).children {
        let label = child.label ?? ""
        let name = NodeDeclaration.name(label)
        switch child.value {
        case var param as any DeclaredParam:
          param.index = params.count
          let declared = ParamDeclaration(name: name, param)
          checks.check(declared)
          params.append(declared)
          layout.add(name, .param(param))
        case let input as any DeclaredInput:
          let declared = InputDeclaration(name: name, input)
          checks.check(declared)
          inputs.append(declared)
          layout.add(name, .input(input))
        case let group as any DeclaredGroup:
          conditions += Swift.type(of: group.group).conditions
          layout.add(name, .group(group, self.layout(of: group.group)))
        default: checks.unwrapped(label)
        }
      }
      return layout
    }
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
  package func make(values: [ValueData?], lists: [Int] = []) -> (any Node)? {
    makeHashed(values: values, lists: lists)?.node
  }

  /// The same with the hash of type, version and parameters.
  package func makeHashed(values: [ValueData?], lists: [Int] = [])
    -> (node: any Node, hash: StableHash)?
  {
    var filling = Filling(declaration: self, values: values, lists: lists)
    filling.hasher.combine(typeName)
    filling.hasher.combine(version)
    guard let wrappers = filling.wrappers(of: layout), let node = decode(wrappers) else {
      return nil
    }
    return (node, filling.hasher.finalize())
  }

  /// Fills the wrappers of a node with values, in order of declaration.
  private struct Filling {
    let declaration: NodeDeclaration
    let values: [ValueData?]
    let lists: [Int]
    var hasher = StableHasher()
    private var (param, list, slot) = (0, 0, 0)

    init(declaration: NodeDeclaration, values: [ValueData?], lists: [Int]) {
      self.declaration = declaration
      self.values = values
      self.lists = lists
    }

    /// Nil when a value has the wrong shape.
    mutating func wrappers(of layout: DeclaredLayout) -> [any DeclaredProperty]? {
      layout.filled { property in
        switch property {
        case .param(let declared): holding(declared)
        case .input(let input): NodeDeclaration.bind(input, &slot, &list, lists)
        case .group: nil
        }
      }
    }

    private mutating func holding(_ declared: any DeclaredParam) -> (any DeclaredParam)? {
      let described = declaration.params[param]
      let data = param < values.count ? values[param] : nil
      param += 1
      let result = data.map { declared.holding($0) } ?? declared
      guard let result else { return nil }
      hasher.combine(described.name)
      // Records are in their full form, and dear to read back.
      let held = described.kind.type.holdsRecords ? data : result.data
      (data == nil ? described.defaultValue : held ?? result.data).hash(into: &hasher)
      return result
    }
  }

  /// A node made in code, with its inputs' slots set as a decoded one's are. `inputs` images are
  /// connected; if there is a list, it takes those the single inputs leave.
  package func bound<N: Operator>(_ node: N, inputs count: Int) -> N {
    guard !inputs.isEmpty else { return node }
    let singles = inputs.count { $0.list == nil }
    let lists = inputs.count == singles ? [] : [max(0, count - singles)]
    var wrappers: [any DeclaredProperty] = []
    var (list, slot) = (0, 0)
    for child in Mirror(reflecting: node).children {
      if let input = child.value as? any DeclaredInput {
        wrappers.append(Self.bind(input, &slot, &list, lists))
      } else if let property = child.value as? any DeclaredProperty {
        wrappers.append(property)
      } else {
        return node
      }
    }
    return decode(wrappers) as? N ?? node
  }

  fileprivate static func bind(
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
    try? type.init(from: NodeDecoder(wrappers: wrappers, index: layout.index))
  }

  /// The parameter values of a node, in order of declaration.
  package static func values(of node: any Node) -> [ValueData] {
    params(of: node).map(\.param.data)
  }
}

/// A declared image input.
public struct InputDeclaration: Sendable {
  public let name: String
  public let help: String
  public let isOptional: Bool
  /// Whether its alpha is what matters (see `Input`).
  public let isMatte: Bool
  /// Whether it takes a picture or a deep one.
  public let kind: Payload.Kind
  /// For a list, how many entries it takes; nil for a single input.
  public let list: ClosedRange<Int>?

  init(name: String, _ input: any DeclaredInput) {
    self.name = name
    help = input.help
    isOptional = input.isOptional
    isMatte = input.isMatte
    kind = input.kind
    list = input.listCount
  }
}

/// A declared parameter.
public struct ParamDeclaration: Sendable {
  public let name: String
  public let help: String
  public let kind: ValueKind
  public let unit: ParamUnit
  public let range: ParamRange
  public let defaultValue: ValueData

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
    name: String, help: String, kind: ValueKind, unit: ParamUnit = .none, range: ParamRange = .any,
    defaultValue: ValueData, prototype: any DeclaredParam
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
  package func accepts(_ data: ValueData) -> Bool { prototype.holding(data) != nil }

  /// The value at another scale: where it measures pixels, or its parts may.
  package func scaled(_ data: ValueData, by factor: Double) -> ValueData {
    unit == .pixels || kind.type.holdsRecords ? kind.type.scaled(data, by: factor) : data
  }

  /// `data` as the parameter's type writes it: a colour of one number becomes four.
  package func canonical(_ data: ValueData) -> ValueData? { prototype.holding(data)?.data }
}
