/// Evaluates parameters at frames: curves, expressions, references to other parameters.
///
/// References cannot be circular and chains of them are short (the checker sees to both), so the
/// recursion here is bounded; the number of steps is bounded as well.
package struct Evaluator {
  let comp: Comp
  let view: Int
  /// Gives the values of data nodes, at frames.
  package typealias Links = (DataLink, Double) throws(NodeError) -> ValueData
  let links: Links
  /// Stands in for every parameter that may follow a data node, whatever its formula.
  var assumed: Double?
  private var steps = 0
  private var known: [Place: ValueData] = [:]

  /// A parameter at a frame.
  private struct Place: Hashable {
    var target: ParamRef.Target
    var frame: Double
  }

  package init(comp: Comp, view: Int = 0, links: @escaping Links) {
    self.comp = comp
    self.view = view
    self.links = links
  }

  /// A node at a frame.
  mutating func resolve(_ node: CompNode, _ frame: Double, proxy: Double) throws(NodeError)
    -> ResolvedNode
  {
    let mix = try mix(of: node, frame)
    let isDisabled = try isDisabled(node, frame)
    if node.hasStaticParams {
      let fixed = try node.fixed(proxy: proxy)
      return ResolvedNode(node: fixed.node, mix: mix, isDisabled: isDisabled, hash: fixed.hash)
    }
    let made = try node.make(values(of: node, frame), proxy: proxy)
    return ResolvedNode(node: made.node, mix: mix, isDisabled: isDisabled, hash: made.hash)
  }

  private mutating func values(of node: CompNode, _ frame: Double) throws(NodeError) -> [ValueData?]
  {
    var result: [ValueData?] = []
    result.reserveCapacity(node.params.count)
    for (source, param) in zip(node.params, node.declaration.params) {
      switch source {
      case nil: result.append(nil)
      case .data(let data)?: result.append(data)
      case let source?:
        let value = try value(source, param.kind, param.range, frame, name: param.name)
        // A word that is none of a choice's, where a link gives it.
        if source.mayFollowLinks, assumed == nil, !param.accepts(value) {
          throw NodeError(
            .invalid,
            Messages.valueShape(param.name, frame, param.kind) + ", found "
              + JSONFormatter.write(JSONValue(data: value)).trimmed)
        }
        result.append(value)
      }
    }
    return result
  }

  private mutating func mix(of node: CompNode, _ frame: Double) throws(NodeError) -> Double {
    if let steady = node.steady { return steady.mix }
    let data = try value(node.mix, .number, .closed(0...1), frame, name: "mix")
    guard case .number(let mix) = data else { return 1 }
    return mix
  }

  private mutating func isDisabled(_ node: CompNode, _ frame: Double) throws(NodeError) -> Bool {
    if let steady = node.steady { return steady.isDisabled }
    for source in node.disabled
    where try value(source, .bool, .any, frame, name: "disabled") == .bool(true) {
      return true
    }
    return false
  }

  /// A source's value as a parameter of `kind` holds it, inside `range`.
  private mutating func value(
    _ source: ParamSource, _ kind: ValueKind, _ range: ParamRange, _ frame: Double,
    name: @autoclosure () -> String
  ) throws(NodeError) -> ValueData {
    if let assumed, source.mayFollowLinks,
      let data = kind.type.filled(with: range.nearest(assumed))
    {
      return data
    }
    let raw = try raw(source, frame, name())
    guard let data = kind.type.fitted(raw) else {
      throw NodeError(.invalid, Messages.valueShape(name(), frame, kind))
    }
    for number in data.allNumbers where !range.contains(number) || !number.isFinite {
      throw NodeError(
        .invalid,
        number.isFinite
          ? Messages.valueOutside(name(), frame, number, range)
          : Messages.valueNotFinite(name(), frame, number))
    }
    return data
  }

  fileprivate mutating func raw(_ source: ParamSource, _ frame: Double, _ name: String)
    throws(NodeError) -> ValueData
  {
    switch source {
    case .data(let data): return data
    case .keyed(let keys): return keys.value(at: frame)
    case .program(let program): return .number(try run(program, frame, name))
    case .link(let link, let component, let time):
      return try linked(link, component, time.frame(from: frame), name)
    case .shared(let index): return try shared(index, frame)
    case .components(let sources):
      var parts: [ValueData] = []
      for source in sources { parts.append(try raw(source, frame, name)) }
      return .array(parts)
    case .record(let parts):
      var members: [ValueMember] = []
      for part in parts {
        let value = try value(
          part.source, part.kind, part.range, frame, name: "\(name).\(part.name)")
        members.append(ValueMember(part.name, value))
      }
      return .object(members)
    case .text(let sources):
      var text = ""
      for source in sources {
        let part = try value(source, .string, .any, frame, name: name)
        if case .string(let part) = part { text += part }
      }
      return .string(text)
    case .views(let sources): return try raw(sources[min(view, sources.count - 1)], frame, name)
    }
  }

  private func linked(_ link: DataLink, _ component: Int?, _ frame: Double, _ name: String)
    throws(NodeError) -> ValueData
  {
    let value = try links(link, frame)
    guard let component else { return value }
    let parts = value.elements
    guard component < parts.count else {
      throw NodeError(
        .invalid,
        Messages.linkComponentMissing(
          name, comp.nodes[link.node].path, link.name, component, parts.count))
    }
    return parts[component]
  }

  private mutating func shared(_ index: Int, _ frame: Double) throws(NodeError) -> ValueData {
    let place = Place(target: .shared(index), frame: frame)
    if let data = known[place] { return data }
    let shared = comp.shared[index]
    let data = try value(shared.source, shared.kind, shared.range, frame, name: shared.path)
    known[place] = data
    return data
  }

  /// The value of the parameter an expression refers to.
  private mutating func referred(_ ref: ParamRef, _ frame: Double) throws(NodeError) -> Double {
    let data: ValueData
    switch ref.target {
    case .shared(let index): data = try shared(index, frame)
    case .param(let node, let index):
      let place = Place(target: ref.target, frame: frame)
      if let found = known[place] {
        data = found
      } else {
        let node = comp.nodes[node]
        let param = node.declaration.params[index]
        switch node.params[index] {
        case nil: data = param.defaultValue
        case .data(let value)?: data = value
        case let source?:
          data = try value(
            source, param.kind, param.range, frame, name: "\(node.path).\(param.name)")
        }
        known[place] = data
      }
    }
    switch data {
    case .number(let value): return value
    case .bool(let value): return value ? 1 : 0
    case .array(let values):
      if let component = ref.component, component < values.count,
        case .number(let value) = values[component]
      {
        return value
      }
      return .nan
    case .string, .object: return .nan
    }
  }

  private mutating func run(_ program: Program, _ frame: Double, _ name: String)
    throws(NodeError) -> Double
  {
    var stack: [Double] = []
    stack.reserveCapacity(program.depth)
    steps += program.ops.count
    if steps > Program.stepLimit { throw NodeError(.invalid, Messages.tooManySteps(name, frame)) }
    for op in program.ops {
      switch op {
      case .constant(let value): stack.append(value)
      case .frame: stack.append(frame)
      case .seconds: stack.append((frame - Double(comp.frames.lowerBound)) / comp.fps)
      case .param(let ref): stack.append(try referred(ref, frame))
      case .paramAtFrame(let ref):
        stack.append(try referred(ref, otherFrame(stack.popLast(), name, frame)))
      case .link(let link, let component):
        stack.append(try number(link, component, frame, name))
      case .linkAtFrame(let link, let component):
        let at = try otherFrame(stack.popLast(), name, frame)
        stack.append(try number(link, component, at, name))
      case .call(let function, let count):
        let value = function.apply(stack[(stack.count - count)...])
        stack.removeLast(count)
        stack.append(value)
      }
    }
    let result = stack.last ?? 0
    if !result.isFinite {
      throw NodeError(.invalid, Messages.expressionNotFinite(name, frame, program.text, result))
    }
    return result
  }

  private func otherFrame(_ value: Double?, _ name: String, _ frame: Double) throws(NodeError)
    -> Double
  {
    let value = value ?? 0
    guard value.isFinite else {
      throw NodeError(.invalid, Messages.valueNotFinite(name, frame, value))
    }
    return value
  }

  private func number(_ link: DataLink, _ component: Int?, _ frame: Double, _ name: String)
    throws(NodeError) -> Double
  {
    guard case .number(let value) = try linked(link, component, frame, name) else {
      throw NodeError(.invalid, Messages.valueShape(name, frame, .number))
    }
    return value
  }
}

extension Evaluator {
  /// A source's number, for tests of expressions on their own.
  package mutating func number(_ source: ParamSource, _ frame: Double) throws(NodeError) -> Double {
    guard case .number(let value) = try raw(source, frame, "value") else { return .nan }
    return value
  }
}

extension String {
  /// Without the line break at its end, and not too long to read.
  fileprivate var trimmed: String {
    String(split(separator: "\n").joined(separator: " ").prefix(60))
  }
}
