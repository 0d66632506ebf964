public import BipackPixels

/// A node of a comp: what it is connected to, and how to make it at a frame: where each parameter's value
/// comes from.
public final class CompNode: Sendable {
  /// `blur`, or `group.blur` inside a group.
  public let path: String
  /// The folder its relative paths start from, if not the document's.
  package let directory: String?
  public let declaration: NodeDeclaration
  /// The node on each slot; lists take as many slots as they have entries. Nil is not connected.
  public let inputs: [Int?]
  /// The lengths of its lists of inputs.
  package let lists: [Int]
  public let mask: Int?
  public let maskChannel: Channel
  public let invertMask: Bool
  /// One for each declared parameter; nil is the default.
  package let params: [ParamSource?]
  package let mix: ParamSource
  /// Any of them disables the node.
  package let disabled: [ParamSource]
  /// Whether the document asks to keep the result (`"cache": true`).
  public let isCachePoint: Bool
  /// The values of data nodes its parameters depend on, also through expressions.
  public let links: [DataLink]
  /// Where it stands in the document.
  public let location: SourceLocation

  /// `mix`, and whether it is disabled, where neither changes.
  let steady: (mix: Double, isDisabled: Bool)?
  package let hasStaticParams: Bool
  /// Whether a parameter changes over time or depends on a data node.
  public let isAnimated: Bool
  /// Whether one of its own parameters is written for each view (`{ "views": ... }`, `${view}`).
  public let isPerView: Bool
  /// The inputs whose pictures are looked at.
  package let watchedInputs: [WatchedInput]
  /// The channel sets that are written and may name single channels.
  package let namedChannels: [String]
  private let made: Locked<[Double: ResolvedNode]>

  package init(
    path: String, directory: String? = nil, declaration: NodeDeclaration, inputs: [Int?],
    lists: [Int] = [], mask: Int? = nil, maskChannel: Channel = .alpha, invertMask: Bool = false,
    params: [ParamSource?], mix: ParamSource = .data(.number(1)), disabled: [ParamSource] = [],
    isCachePoint: Bool = false, links: [DataLink] = [], location: SourceLocation
  ) {
    self.path = path
    self.directory = directory
    self.declaration = declaration
    self.inputs = inputs
    self.lists = lists
    self.mask = mask
    self.maskChannel = maskChannel
    self.invertMask = invertMask
    self.params = params
    self.mix = mix
    self.disabled = disabled
    self.isCachePoint = isCachePoint
    self.links = links
    self.location = location
    if case .data(.number(let mix)) = mix, disabled.allSatisfy(\.isStatic) {
      steady = (mix, disabled.contains { if case .data(.bool(true)) = $0 { true } else { false } })
    } else {
      steady = nil
    }
    hasStaticParams = params.allSatisfy { $0?.isStatic ?? true }
    isAnimated = !(hasStaticParams && mix.isStatic && disabled.allSatisfy(\.isStatic))
    isPerView = (params.compactMap { $0 } + [mix] + disabled).contains(where: \.isPerView)
    watchedInputs = declaration.watchedInputs(lists: lists)
    namedChannels = zip(declaration.params, params).compactMap { param, source in
      guard param.kind == .channels, let source else { return nil }
      if case .data(.string(let text)) = source, !ChannelSet(text).hasNames { return nil }
      return param.name
    }
    made = Locked([:])
  }

  public var type: any Node.Type { declaration.type }
  /// Whether it stands for an input of a group that is looked at by itself (`CheckResult.group`).
  public var isGroupInput: Bool { type is GroupInput.Type }

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

/// A node at one frame.
public struct ResolvedNode: Sendable {
  public let node: any Node
  /// How much of the node's result is used; the rest is its first input.
  public let mix: Double
  /// Whether the node passes its first input on.
  public let isDisabled: Bool
  /// The hash of type, version and parameters: equal for equal values, however they came about.
  public let hash: StableHash
}

/// A place in a file.
public struct SourceLocation: Hashable, Sendable {
  public let file: String
  /// From 1.
  public let line: Int
  /// From 1, in Unicode scalars.
  public let column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}
