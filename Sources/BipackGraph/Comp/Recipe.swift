import BipackPixels

/// How to make a node at a frame: its declaration and where each parameter's value comes from.
package final class Recipe: Sendable {
  package let path: String
  package let declaration: NodeDeclaration
  /// The lengths of its lists of inputs.
  package let lists: [Int]
  /// One for each declared parameter; nil is the default.
  package let params: [ParamSource?]
  package let mix: ParamSource
  /// Any of them disables the node.
  package let disabled: [ParamSource]
  /// Both of these where neither changes.
  let steady: (mix: Double, isDisabled: Bool)?
  package let hasStaticParams: Bool
  /// Whether a parameter is written for each view.
  package let isPerView: Bool
  /// The inputs whose pictures are looked at.
  package let watchedInputs: [WatchedInput]
  /// The channel sets that are written and may name single channels.
  package let namedChannels: [String]
  package let isStatic: Bool
  private let made: Locked<[Double: ResolvedNode]>

  package init(
    path: String, declaration: NodeDeclaration, lists: [Int], params: [ParamSource?],
    mix: ParamSource = .data(.number(1)), disabled: [ParamSource] = []
  ) {
    self.path = path
    self.declaration = declaration
    self.lists = lists
    self.params = params
    self.mix = mix
    self.disabled = disabled
    if case .data(.number(let mix)) = mix, disabled.allSatisfy(\.isStatic) {
      steady = (mix, disabled.contains { if case .data(.bool(true)) = $0 { true } else { false } })
    } else {
      steady = nil
    }
    hasStaticParams = params.allSatisfy { $0?.isStatic ?? true }
    isStatic = hasStaticParams && mix.isStatic && disabled.allSatisfy(\.isStatic)
    isPerView = (params.compactMap { $0 } + [mix] + disabled).contains(where: \.isPerView)
    watchedInputs = declaration.watchedInputs(lists: lists)
    namedChannels = zip(declaration.params, params).compactMap { param, source in
      guard param.kind == .channels, let source else { return nil }
      if case .data(.string(let text)) = source, !ChannelSet(text).hasNames { return nil }
      return param.name
    }
    made = Locked([:])
  }

  /// The node with its static parameters, made once for each proxy.
  func fixed(proxy: Double) throws(NodeError) -> ResolvedNode {
    if let known = made.withLock({ $0[proxy] }) { return known }
    var values: [ValueData?] = []
    for source in params {
      values.append(source?.data)
    }
    let (node, hash) = try make(values, proxy: proxy)
    let (mix, isDisabled) = steady ?? (1, false)
    let result = ResolvedNode(node: node, mix: mix, isDisabled: isDisabled, hash: hash)
    made.withLock { $0[proxy] = result }
    return result
  }

  func make(_ values: [ValueData?], proxy: Double) throws(NodeError)
    -> (node: any Node, hash: StableHash)
  {
    var values = values
    if proxy != 1 {
      for (i, param) in declaration.params.enumerated() {
        values[i] = param.scaled(values[i] ?? param.defaultValue, by: 1 / proxy)
      }
    }
    guard let made = declaration.makeHashed(values: values, lists: lists) else {
      throw NodeError("a parameter has the wrong shape")
    }
    return made
  }
}

/// Where a parameter's value comes from.
package indirect enum ParamSource: Sendable {
  case data(ValueData)
  case keyed(KeyedValue)
  case program(Program)
  /// A value of a data node or of a picture's metadata, or one number of it, at its time.
  case link(DataLink, component: Int?, LinkTime)
  /// An exposed parameter of the group around.
  case shared(Int)
  /// The elements of a list or a vector, each from its own source.
  case components([ParamSource])
  /// The parts of a record.
  case record([Part])
  /// Texts one after the other.
  case text([ParamSource])
  /// One for each of the document's views.
  case views([ParamSource])

  /// A part of a record.
  package struct Part: Sendable {
    package var name: String
    package var kind: ValueKind
    package var range: ParamRange
    package var source: ParamSource
  }

  package var isStatic: Bool { data != nil }

  /// The value of one that never changes.
  package var data: ValueData? {
    if case .data(let data) = self { return data }
    return nil
  }

  /// The sources it is put together from.
  package var parts: [ParamSource] {
    switch self {
    case .components(let parts), .text(let parts), .views(let parts): parts
    case .record(let parts): parts.map(\.source)
    case .data, .keyed, .program, .link, .shared: []
    }
  }

  /// Whether a value of a data node may be behind it.
  package var mayFollowLinks: Bool {
    switch self {
    case .link, .shared: true
    case .program(let program): !program.links.isEmpty || !program.references.isEmpty
    default: parts.contains(where: \.mayFollowLinks)
    }
  }

  /// Whether it differs from view to view by itself.
  package var isPerView: Bool {
    if case .views = self { return true }
    return parts.contains(where: \.isPerView)
  }
}

/// An exposed parameter of one instance of a group.
package struct SharedValue: Sendable {
  package let path: String
  package let kind: ValueKind
  package let range: ParamRange
  package let source: ParamSource
}
