import BipackGraph
import BipackPixels

/// The graph of one frame, built from inputs to outputs.
///
/// Each added node goes through the same rewriting, in this order: an identity vanishes; a node
/// that can absorb its input (a chain of transforms) becomes one node; a composite node is replaced
/// by its parts; and a node whose content hash is there already is that node. So common
/// sub-expressions are merged within the frame by construction. Nodes stand in an order in which
/// inputs come before their consumers.
struct FrameGraph {
  private(set) var nodes: [GraphNode] = []
  private var byHash: [StableHash: Int] = [:]
  /// Answers to the queries of composites, by query and picture.
  private var areas: [StableHash: Rect]?
  /// No query is made about a picture so small.
  private var wholePixels = 0
  /// The first query without an answer: what failed for it is to be built again when there is one.
  private(set) var missingBounds: MissingBounds?

  /// With `areas`, every query of a composite needs its answer there; without, none has one.
  init(areas: [StableHash: Rect]? = nil, wholePixels: Int = 0) {
    self.areas = areas
    self.wholePixels = wholePixels
  }

  subscript(id: Int) -> GraphNode {
    // In place: a node is large, and most who ask want one thing of it.
    _read { yield nodes[id] }
    _modify { yield &nodes[id] }
  }

  func spec(_ id: Int?) -> ImageSpec? { id.map { nodes[$0].spec } }

  /// Adds pixels the caller has.
  mutating func add(image: Payload, hash: StableHash, context: NodeContext) -> Int {
    var node = GraphNode(
      path: "", operator: GivenImage(), context: context, inputs: [], spec: image.spec, hash: hash,
      own: hash)
    node.work = .image(image)
    nodes.append(node)
    return nodes.count - 1
  }

  /// Adds an operator and returns the node of the graph whose image is its output; nil when that is
  /// nothing (an identity of an input that is not connected).
  /// `own` is its `ownHash`, when it is known.
  mutating func add(
    _ work: any Operator, inputs: [Int?], context base: NodeContext, path: String,
    own: StableHash? = nil
  ) throws(RenderError) -> Int? {
    var context = base
    context.inputs = inputs.map(spec)

    if let input = work.identity(context) { return input < inputs.count ? inputs[input] : nil }

    if let first = inputs.first, let upstream = first, !nodes[upstream].isCachePoint,
      let combined = work.absorbing(nodes[upstream].operator, nodes[upstream].context, context)
    {
      var combinedContext = base
      combinedContext.samples = []
      combinedContext.shutters = []
      return try add(
        combined, inputs: nodes[upstream].inputs + inputs.dropFirst(), context: combinedContext,
        path: path)
    }

    if case .composite(let composite) = work.role {
      return try expand(composite, inputs, context, path)
    }
    return try intern(work, inputs, context, path, own)
  }

  private mutating func expand(
    _ composite: any CompositeOperator, _ inputs: [Int?], _ context: NodeContext, _ path: String
  ) throws(RenderError) -> Int? {
    var graph = Expansion()
    let result: Expansion.Ref
    var context = context
    for query in composite.bounds(context) {
      context.bounds.append(try bounds(query, inputs, context, path))
    }
    do {
      result = try composite.expand(&graph, context)
    } catch {
      throw RenderError(error, path: path, frame: context.frame)
    }
    return try add(graph, result, inputs, context, path)
  }

  /// The answer to a query; nil where all of the input may count.
  private mutating func bounds(
    _ query: BoundsQuery, _ inputs: [Int?], _ context: NodeContext, _ path: String
  ) throws(RenderError) -> Rect? {
    guard let areas, inputs.indices.contains(query.input), let id = inputs[query.input],
      nodes[id].spec.has(query.channel), nodes[id].spec.dataWindow.area > wholePixels
    else { return nil }
    let key = MissingBounds.key(query, of: nodes[id].hash)
    if let known = areas[key] { return known }
    if missingBounds == nil {
      missingBounds = MissingBounds(query: query, node: id, key: key, path: path)
    }
    throw RenderError(
      kind: .invalid, path: path, frame: context.frame,
      message: "where something is in an input is not known yet")
  }

  /// What a sink writes: its input after the sink's own preparation.
  mutating func prepare(
    _ sink: any SinkNode, inputs: [Int?], context base: NodeContext, path: String
  ) throws(RenderError) -> Int? {
    var context = base
    context.inputs = inputs.map(spec)
    var graph = Expansion()
    let result: Expansion.Ref
    do {
      result = try sink.prepare(&graph, context)
    } catch {
      throw RenderError(error, path: path, frame: context.frame)
    }
    return try add(graph, result, inputs, context, path)
  }

  private mutating func add(
    _ graph: Expansion, _ result: Expansion.Ref, _ inputs: [Int?], _ context: NodeContext,
    _ path: String
  ) throws(RenderError) -> Int? {
    var ids: [Int?] = []
    func id(_ ref: Expansion.Ref, _ ids: [Int?]) -> Int? {
      switch ref {
      case .input(let index): index < inputs.count ? inputs[index] : nil
      case .part(let index): index < ids.count ? ids[index] : nil
      }
    }
    for part in graph.parts {
      let feeds = part.inputs.map { id($0, ids) }
      var partContext = context
      partContext.samples = []
      partContext.shutters = []
      partContext.bounds = []
      ids.append(try add(part.operator, inputs: feeds, context: partContext, path: path))
    }
    return id(result, ids)
  }

  private mutating func intern(
    _ work: any Operator, _ inputs: [Int?], _ context: NodeContext, _ path: String,
    _ own: StableHash?
  ) throws(RenderError) -> Int {
    do {
      let spec = try work.spec(context)
      try check(spec)
      var planned = try planned(work, inputs, context, spec, path, own)
      let hash = planned.hash
      if let known = byHash[hash] { return known }
      if case .point = work.role {
        planned.isCostly = inputs.contains { $0.map { nodes[$0].isCostly } ?? false }
      } else {
        planned.isCostly = true
      }
      nodes.append(planned)
      byHash[hash] = nodes.count - 1
      return nodes.count - 1
    } catch {
      throw RenderError(error, path: path, frame: context.frame)
    }
  }

  /// Adds what ends a plan, writing or measuring; it is never merged or skipped.
  mutating func addGoal(
    _ node: any Operator, inputs: [Int?], context base: NodeContext, path: String
  ) throws(RenderError) -> Int {
    var context = base
    context.inputs = inputs.map(spec)
    do {
      let spec = try node.spec(context)
      nodes.append(try planned(node, inputs, context, spec, path, nil))
      return nodes.count - 1
    } catch {
      throw RenderError(error, path: path, frame: context.frame)
    }
  }

  /// 2^20 pixels an axis, 2^31 in all: beyond that a document is mistaken or hostile.
  private func check(_ spec: ImageSpec) throws(NodeError) {
    let window = spec.dataWindow
    let limit = 1 << 20
    guard window.isEmpty || (window.width <= limit && window.height <= limit) else {
      throw NodeError(
        "the picture would be \(window.width) x \(window.height) pixels; an axis may have at most \(limit)"
      )
    }
    guard window.isEmpty || window.area <= 1 << 31 else {
      throw NodeError(
        "the picture would have \(window.area) pixels (\(window)); at most \(1 << 31) are allowed")
    }
    guard spec.channels.count <= 1024 else {
      throw NodeError(
        "the picture would have \(spec.channels.count) channels; at most 1024 are allowed")
    }
  }

  /// The node with its hashes: its own part, which says nothing of where it runs, then that with what
  /// a file is and the hashes of the inputs.
  private func planned(
    _ work: any Operator, _ inputs: [Int?], _ context: NodeContext, _ spec: ImageSpec,
    _ path: String,
    _ known: StableHash?
  ) throws(NodeError) -> GraphNode {
    let own = ownHash(work, context, spec, known)
    var hasher = StableHasher()
    hasher.combine(own)
    var stamp: StableHash?
    if case .source(let source) = work.role {
      let hash = try source.stamp(context)
      hasher.combine(hash)
      stamp = hash
    }
    hasher.combine(inputs.count)
    for input in inputs {
      hasher.combine(input != nil)
      if let input { hasher.combine(nodes[input].hash) }
    }
    return GraphNode(
      path: path, operator: work, context: context, inputs: inputs, spec: spec,
      hash: hasher.finalize(), own: own, stamp: stamp)
  }

  func ownHash(
    _ work: any Operator, _ context: NodeContext, _ spec: ImageSpec, _ known: StableHash? = nil
  ) -> StableHash {
    var hasher = StableHasher()
    hasher.combine(known ?? work.ownHash)
    hasher.combine(context.samples.count)
    for sample in context.samples { sample.hash(into: &hasher) }
    for shutter in context.shutters {
      for offset in shutter.offsets { hasher.combine(offset) }
      for node in shutter.nodes { node.hash(into: &hasher) }
    }
    hasher.combine(context.proxy)
    hasher.combine(context.fps)
    hasher.combine(context.settings.ocio ?? "")
    hasher.combine(context.settings.workingSpace ?? "")
    hasher.combine(context.format)
    hasher.combine(work.isTimeVarying)
    if work.isTimeVarying { hasher.combine(context.frame) }
    hasher.combine(spec.format)
    hasher.combine(spec.dataWindow)
    hasher.combine(spec.isData)
    hasher.combine(spec.channels.count)
    for channel in spec.channels { hasher.combine(channel.name) }
    if let ids = spec.deep?.ids {
      hasher.combine("deep")
      for name in ids.map(\.name).sorted() { hasher.combine(name) }
    }
    return hasher.finalize()
  }
}

/// Stands for pixels given from outside the graph.
struct GivenImage: Operator {}

/// A query of a composite that only pixels can answer.
struct MissingBounds: Sendable {
  var query: BoundsQuery
  /// The picture, as a place in the graph.
  var node: Int
  var key: StableHash
  /// The composite's path.
  var path: String

  static func key(_ query: BoundsQuery, of picture: StableHash) -> StableHash {
    var hasher = StableHasher()
    hasher.combine("bounds")
    hasher.combine(query.channel.name)
    hasher.combine(query.above)
    hasher.combine(query.below)
    hasher.combine(picture)
    return hasher.finalize()
  }
}
