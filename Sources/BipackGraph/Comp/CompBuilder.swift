public import BipackPixels

/// Makes a comp in code: what the document is to a person, this is to a program.
///
///     var builder = CompBuilder(format: Format(width: 1920, height: 1080), frames: 1001...1048)
///     let plate = builder.add(Read("plates/street.####.exr"))
///     let soft = builder.add(Blur(size: 8), from: plate)
///     let comp = builder.add(Merge(), name: "comp") { node in
///       node.connect(\.a, soft)
///       node.connect(\.b, plate)
///       node.animate(\.$mix, [Keyframe(1001, 0), Keyframe(1048, 1)])
///     }
///     let ready = try builder.comp()
///
/// It writes a document and checks that: a comp made in code is in no way different from one that
/// was read, and `json` can be saved and rendered by the command.
public struct CompBuilder: Sendable {
  public var format: Format
  public var fps: Double
  public var frames: ClosedRange<Int>
  public var settings: DocumentSettings
  /// A comp is made for each of its rows (`rows()`): parameters take cells by `Wiring.take`.
  public var table: Table?
  private var nodes: [(name: String, value: JSONValue)] = []
  private var registry = Registry()

  public init(
    format: Format = Format(width: 1920, height: 1080), fps: Double = 24,
    frames: ClosedRange<Int> = 1...1, settings: DocumentSettings = DocumentSettings()
  ) {
    self.format = format
    self.fps = fps
    self.frames = frames
    self.settings = settings
  }

  /// Adds a node, its first input connected to `source` if there is one. `wire` connects and
  /// animates the rest. Without a name it is called after its type: `blur`, `blur2` ...
  @discardableResult
  public mutating func add<N: Node>(
    _ node: N, name: String? = nil, from source: NodeRef? = nil,
    _ wire: (inout Wiring<N>) -> Void = { _ in }
  ) -> NodeRef {
    let declaration = NodeDeclaration.of(N.self)
    registry.add(N.self)
    var wiring = Wiring(node, declaration)
    if let source, let first = declaration.inputs.first {
      wiring.fields[first.name] = JSONValue(source.name)
    }
    wire(&wiring)
    let name = unused(name ?? Self.lowercasedFirst(declaration.typeName))
    nodes.append((name, wiring.value))
    return NodeRef(name: name)
  }

  private func unused(_ name: String) -> String {
    let taken = Set(nodes.map(\.name))
    guard taken.contains(name) else { return name }
    var number = 2
    while taken.contains(name + String(number)) { number += 1 }
    return name + String(number)
  }

  private static func lowercasedFirst(_ name: String) -> String {
    name.prefix(1).lowercased() + name.dropFirst()
  }

  /// The comp, or that of the table's first row; throws what a document with the same mistakes would.
  public func comp(limits: Limits = .trusted) throws(DocumentError) -> Comp {
    try rows(limits: limits)[0]
  }

  /// A comp for each row of the table; without a table, the comp alone.
  public func rows(limits: Limits = .trusted) throws(DocumentError) -> [Comp] {
    let result = Comp.check(
      text: json, name: "comp in code", directory: settings.directory, registry: registry,
      options: LoadOptions(limits: limits))
    if result.rows.isEmpty { throw DocumentError(result.diagnostics) }
    return result.rows
  }

  /// The comp as a document.
  public var json: String {
    var format: JSONValue = [
      "width": JSONValue(number: Double(self.format.width)),
      "height": JSONValue(number: Double(self.format.height)),
    ]
    if self.format.pixelAspect != 1 {
      format.append("pixelAspect", JSONValue(number: self.format.pixelAspect))
    }
    format.append("fps", JSONValue(number: fps))
    var document: JSONValue = ["bipack": 1, "format": format]
    document.append(
      "frames",
      [
        JSONValue(number: Double(frames.lowerBound)), JSONValue(number: Double(frames.upperBound)),
      ])
    if !settings.views.isEmpty { document.append("views", JSONValue(words: settings.views)) }
    if let ocio = settings.ocio { document.append("ocio", JSONValue(ocio)) }
    if let space = settings.workingSpace { document.append("workingSpace", JSONValue(space)) }
    if let table { document.append("table", JSONValue(data: table.data)) }
    document.append("nodes", JSONValue(members: nodes.map { ($0.name, $0.value) }))
    return JSONFormatter.write(document)
  }
}

/// A node added to a `CompBuilder`.
public struct NodeRef: Hashable, Sendable {
  /// Its name in the document and in `Comp.id(of:)`.
  public let name: String
}

/// A value at a frame.
public struct Keyframe<Held: Value>: Sendable {
  public var frame: Double
  public var value: Held
  public var interpolation: Interpolation

  public init(_ frame: Double, _ value: Held, _ interpolation: Interpolation = .linear) {
    self.frame = frame
    self.value = value
    self.interpolation = interpolation
  }
}

/// The connections and animations of a node being added.
public struct Wiring<N: Node>: Sendable {
  var fields: [String: JSONValue] = [:]
  private let declaration: NodeDeclaration
  private let values: [ValueData]
  /// A node with its slots and parameter numbers set, to find out what a key path names.
  private let template: N?

  init(_ node: N, _ declaration: NodeDeclaration) {
    self.declaration = declaration
    values = NodeDeclaration.values(of: node)
    let lists = declaration.inputs.filter { $0.list != nil }.map { _ in 1 }
    template = declaration.make(values: [], lists: lists) as? N
  }

  /// Connects an input.
  public mutating func connect(_ input: KeyPath<N, InputPort>, _ source: NodeRef) {
    guard let slot = template?[keyPath: input].slot else { return }
    fields[declaration.inputs[slot].name] = JSONValue(source.name)
  }

  /// Connects an input that takes a deep picture.
  public mutating func connect(_ input: KeyPath<N, DeepPort>, _ source: NodeRef) {
    guard let slot = template?[keyPath: input].slot else { return }
    fields[declaration.inputs[slot].name] = JSONValue(source.name)
  }

  /// Connects a list of inputs.
  public mutating func connect(_ inputs: KeyPath<N, InputPorts>, _ sources: [NodeRef]) {
    guard let slot = template?[keyPath: inputs].slots.lowerBound else { return }
    fields[declaration.inputs[slot].name] = JSONValue(words: sources.map(\.name))
  }

  /// Limits the effect to where `source` has values.
  public mutating func mask(
    _ source: NodeRef, channel: Channel = .alpha, inverted: Bool = false
  ) {
    fields["mask"] = JSONValue(source.name)
    if channel != .alpha { fields["maskChannel"] = JSONValue(channel.name) }
    if inverted { fields["invertMask"] = true }
  }

  /// How much of the effect is used, 0 to 1.
  public mutating func mix(_ amount: Double) { fields["mix"] = JSONValue(number: amount) }

  /// Whether the node passes its first input on.
  public mutating func disabled(_ isDisabled: Bool = true) {
    fields["disabled"] = JSONValue(.bool(isDisabled))
  }

  /// Asks to keep the result in the cache.
  public mutating func cache() { fields["cache"] = true }

  /// Says something about the node to people who read the document.
  public mutating func note(_ text: String) { fields["note"] = JSONValue(text) }

  /// Key frames for a parameter: `animate(\.$gain, [Keyframe(1, 0), Keyframe(10, 2)])`.
  public mutating func animate<Held>(
    _ param: KeyPath<N, ParamHandle<Held>>, _ keys: [Keyframe<Held>],
    before: Extrapolation = .hold, after: Extrapolation = .hold
  ) {
    let entries = keys.map { key -> JSONValue in
      let value = Held.kind.type.written(key.value.data)
      var parts = [JSONValue(number: key.frame), value]
      if key.interpolation != .linear { parts.append(JSONValue(key.interpolation.rawValue)) }
      return JSONValue(parts)
    }
    var animation: JSONValue = ["keys": JSONValue(entries)]
    if before != .hold { animation.append("before", JSONValue(before.rawValue)) }
    if after != .hold { animation.append("after", JSONValue(after.rawValue)) }
    set(param, animation)
  }

  /// An expression for a parameter.
  public mutating func express<Held>(
    _ param: KeyPath<N, ParamHandle<Held>>, _ expression: String
  ) {
    set(param, ["expr": JSONValue(expression)])
  }

  /// A parameter that follows a value of a data node, at the frame that is made or another.
  public mutating func link<Held>(
    _ param: KeyPath<N, ParamHandle<Held>>, to source: NodeRef, _ value: String,
    _ time: LinkTime = .now
  ) {
    var link: JSONValue = ["from": JSONValue(source.name + "." + value)]
    switch time {
    case .now: break
    case .at(let frame): link.append("at", JSONValue(number: frame))
    case .offset(let frames): link.append("offset", JSONValue(number: frames))
    }
    set(param, link)
  }

  /// A parameter that takes a cell of the table.
  public mutating func take<Held>(_ param: KeyPath<N, ParamHandle<Held>>, column: String) {
    set(param, ["from": JSONValue("table." + column)])
  }

  /// A text in which `${column}`, `${row}` and `${node.value}` stand for what they name.
  public mutating func fill<Held>(_ param: KeyPath<N, ParamHandle<Held>>, _ text: String) {
    set(param, JSONValue(text))
  }

  private mutating func set<Held>(_ param: KeyPath<N, ParamHandle<Held>>, _ value: JSONValue) {
    guard let index = template?[keyPath: param].index else { return }
    fields[declaration.params[index].name] = value
  }

  /// The node as the document has it: inputs, then parameters that differ from their defaults.
  var value: JSONValue {
    var members: [(String, JSONValue)] = [("type", JSONValue(declaration.typeName))]
    for input in declaration.inputs {
      if let field = fields[input.name] { members.append((input.name, field)) }
    }
    for (param, value) in zip(declaration.params, values) {
      if let field = fields[param.name] {
        members.append((param.name, field))
      } else if value != param.defaultValue {
        members.append((param.name, param.kind.type.written(value)))
      }
    }
    for key in ["mask", "maskChannel", "invertMask", "mix", "disabled", "cache", "note"] {
      if let field = fields[key] { members.append((key, field)) }
    }
    return JSONValue(members: members)
  }
}
