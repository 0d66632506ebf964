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
    var values: [ParamData?] = []
    for source in params {
      if case .data(let data)? = source { values.append(data) } else { values.append(nil) }
    }
    let (node, hash) = try make(values, proxy: proxy)
    let (mix, isDisabled) = steady ?? (1, false)
    let result = ResolvedNode(node: node, mix: mix, isDisabled: isDisabled, hash: hash)
    made.withLock { $0[proxy] = result }
    return result
  }

  func make(_ values: [ParamData?], proxy: Double) throws(NodeError)
    -> (node: any Node, hash: StableHash)
  {
    var values = values
    if proxy != 1 {
      for (i, param) in declaration.params.enumerated() where param.unit == .pixels {
        values[i] = Self.scaled(values[i] ?? param.defaultValue, param.kind, 1 / proxy)
      }
    }
    guard let made = declaration.makeHashed(values: values, lists: lists) else {
      throw NodeError("a parameter has the wrong shape")
    }
    return made
  }

  /// Whole numbers of pixels stay whole, and one that is not 0 does not become 0.
  private static func scaled(_ data: ParamData, _ kind: ParamKind, _ factor: Double) -> ParamData {
    switch data {
    case .number(let value):
      guard kind == .integer else { return .number(value * factor) }
      let rounded = (value * factor).rounded()
      return .number(rounded == 0 && value != 0 ? (value < 0 ? -1 : 1) : rounded)
    case .array(let values): return .array(values.map { scaled($0, kind, factor) })
    case .bool, .string: return data
    }
  }
}

/// Where a parameter's value comes from.
package indirect enum ParamSource: Sendable {
  case data(ParamData)
  case curve(Curve)
  case held(HeldKeys)
  case program(Program)
  /// A data node's value, or one number of it, at its time.
  case link(DataLink, component: Int?, LinkTime)
  /// An exposed parameter of the group around.
  case shared(Int)
  /// The numbers of a vector, each from its own source.
  case components([ParamSource])
  /// One for each of the document's views.
  case views([ParamSource])

  package var isStatic: Bool {
    if case .data = self { return true }
    return false
  }

  /// Whether a value of a data node may be behind it.
  package var mayFollowLinks: Bool {
    switch self {
    case .data, .curve, .held: false
    case .link, .shared: true
    case .program(let program): !program.links.isEmpty || !program.references.isEmpty
    case .components(let parts), .views(let parts): parts.contains(where: \.mayFollowLinks)
    }
  }

  /// Whether it differs from view to view by itself.
  package var isPerView: Bool {
    switch self {
    case .views: true
    case .components(let parts): parts.contains(where: \.isPerView)
    default: false
    }
  }
}

/// An exposed parameter of one instance of a group.
package struct SharedValue: Sendable {
  package let path: String
  package let kind: ParamKind
  package let range: ParamRange
  package let source: ParamSource
}
