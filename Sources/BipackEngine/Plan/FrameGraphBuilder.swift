import BipackGraph
import BipackPixels

/// Builds the graph of one frame from a document: resolves parameters, follows inputs to
/// other frames, applies masks. No recursion: a document may be 100,000 nodes deep.
struct FrameGraphBuilder: Sendable {
  /// What a plan is for.
  struct Goal: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      /// Run a sink.
      case write
      /// Deliver a node's image.
      case image
      /// Compute a data node's values.
      case measure
    }

    var kind: Kind
    var node: Int
    /// In which of the document's views.
    var view = 0
    /// For a sink that writes several views into one file: those.
    var joined: [Int] = []
  }

  /// One node at one frame in one view.
  struct Moment: Hashable, Sendable {
    var node: Int
    var frame: Double
    var view: Int
    /// The shutters of later nodes that may take it into their chain, as a place in the builder's
    /// `shutters`.
    var shutters = 0

    /// Another node at the same frame in the same view.
    func with(_ node: Int) -> Self { Self(node: node, frame: frame, view: view) }

    static func inOrder(_ a: Self, _ b: Self) -> Bool {
      (a.node, a.frame, a.view, a.shutters) < (b.node, b.frame, b.view, b.shutters)
    }
  }

  /// A node at one frame, its parameters evaluated.
  struct Visit: Sendable {
    var resolved: ResolvedNode
    var frames: [InputFrame]
    var samples: [any Node]
    var joined: [Int] = []
    /// The node while later shutters are open.
    var shutters: [ShutterSamples] = []
    /// The shutters that its first input is asked about, as a place in the builder's list.
    var chained = 0
  }

  let comp: Comp
  let proxy: Double
  /// Values of data nodes that are known.
  let values: [Moment: MeasuredValues]

  /// Takes 1 for what is not measured yet, to see what a frame will probably read.
  var makesValuesUp = false

  var graph: FrameGraph
  private(set) var visits: [Moment: Visit] = [:]
  /// Lists of shutters, by their offsets; the first is empty.
  private var shutters: [[[Double]]] = [[]]
  var done: [Moment: Int?] = [:]

  /// Measured values that one frame may ask for.
  static let mostMeasured = 10_000

  static func tooManyMeasured(_ comp: Comp, _ moment: Moment) -> RenderError {
    RenderError(
      kind: .invalid, path: comp.nodes[moment.node].path, frame: moment.frame,
      message: "one frame asks for values of data nodes at more than \(mostMeasured) moments")
  }

  /// With `areas`, composites get the answers to their queries from there.
  init(
    comp: Comp, proxy: Double, values: [Moment: MeasuredValues], areas: [StableHash: Rect]? = nil,
    wholePixels: Int = 0
  ) {
    graph = FrameGraph(areas: areas, wholePixels: wholePixels)
    self.comp = comp
    self.proxy = proxy
    self.values = values
    visits.reserveCapacity(comp.nodes.count)
    done.reserveCapacity(comp.nodes.count)
  }

  /// Adds a goal; gives its plan node, or nil when it comes to nothing: a disabled sink does.
  mutating func add(_ goal: Goal, frame: Double) throws -> Int? {
    let moment = Moment(node: goal.node, frame: frame, view: goal.view)
    if goal.kind == .image { return try plan(moment) }
    let visit = try visitPlanned(moment, joined: goal.joined)
    if goal.kind == .write, visit.resolved.isDisabled { return nil }
    var inputs: [Int?] = []
    for feed in feeds(of: moment, visit) { inputs.append(try feed.flatMap { try plan($0) }) }
    let path = comp.nodes[goal.node].path
    let role = visit.resolved.node.role
    try checkChannels(moment, visit, inputs, made: nil)
    if case .sink(let sink) = role {
      let context = context(moment, visit)
      inputs = [try graph.prepare(sink, inputs: inputs, context: context, path: path)]
    }
    var node: any Node = visit.resolved.node
    var work = GraphNode.Work.unplanned
    switch role {
    case .sink(let sink): work = .sink(sink)
    case .data(let data): work = .data(FrameMeasure(data: data))
    case .shot(let shot):
      let measure = ShotMeasure(shot)
      (node, work) = (measure.shot, .data(measure))
    default: break
    }
    let id = try graph.addGoal(
      node, inputs: inputs, context: context(moment, visit), path: path)
    graph[id].work = work
    return id
  }

  /// `visit`, with the pictures planned whose metadata parameters take values from.
  private mutating func visitPlanned(_ moment: Moment, joined: [Int]) throws -> Visit {
    while true {
      do {
        return try visit(moment, joined: joined)
      } catch let missing as MissingPicture {
        _ = try plan(missing.moment)
      }
    }
  }

  private mutating func plan(_ goal: Moment) throws -> Int? {
    if let known = done[goal] { return known }
    var stack = [goal]
    while let top = stack.last {
      if done[top] != nil {
        stack.removeLast()
        continue
      }
      let visit: Visit
      do {
        visit = try self.visit(top)
      } catch let missing as MissingPicture {
        stack.append(missing.moment)
        continue
      }
      let feeds = feeds(of: top, visit)
      let height = stack.count
      for case let feed? in feeds where done[feed] == nil { stack.append(feed) }
      if let mask = comp.nodes[top.node].mask, !isPassedBy(visit, feeds) {
        let moment = top.with(mask)
        if done[moment] == nil { stack.append(moment) }
      }
      if stack.count == height {
        done[top] = .some(try finish(top, visit, feeds))
        stack.removeLast()
      } else {
        guard stack.count <= 4_000_000 else {
          throw tooManyFrames(top)
        }
        stack[height...].reverse()
      }
    }
    return done[goal] ?? nil
  }

  func tooManyFrames(_ moment: Moment) -> RenderError {
    RenderError(
      kind: .invalid, path: comp.nodes[moment.node].path, frame: moment.frame,
      message: "the inputs reach through too many frames")
  }

  /// Whether the node passes its first input on, whatever its mask is.
  func isPassedBy(_ visit: Visit, _ feeds: [Moment?]) -> Bool { isPassedBy(visit.resolved, feeds) }

  func isPassedBy(_ resolved: ResolvedNode, _ feeds: [Moment?]) -> Bool {
    resolved.isDisabled
      || type(of: resolved.node).isMaskable && resolved.mix <= 0 && !feeds.isEmpty
  }

  /// Parameters at the moment's frame, and which images the node reads.
  mutating func visit(_ moment: Moment, joined: [Int] = []) throws -> Visit {
    if let known = visits[moment] { return known }
    guard abs(moment.frame) <= LinkTime.furthestFrame else {
      throw RenderError(
        kind: .invalid, path: comp.nodes[moment.node].path, frame: moment.frame,
        message: "is asked for at a frame beyond \(Int(LinkTime.furthestFrame))")
    }
    let resolved = try resolve(moment)
    let frames = inputFrames(of: moment, resolved, joined)
    var visit = Visit(resolved: resolved, frames: frames, samples: [], joined: joined)
    if resolved.isDisabled {
      visit.chained = moment.shutters
    } else {
      try open(&visit, moment)
    }
    visits[moment] = visit
    return visit
  }

  /// Looks at the node while its own shutter is open, and while those of later nodes are that it joins.
  private mutating func open(_ visit: inout Visit, _ moment: Moment) throws {
    let (node, mix) = (visit.resolved.node, visit.resolved.mix)
    let offsets = node.sampleOffsets
    func samples(_ offsets: [Double]) throws -> [any Node] {
      try offsets.map { offset in
        try resolve(Moment(node: moment.node, frame: moment.frame + offset, view: moment.view)).node
      }
    }
    visit.samples = try samples(offsets)
    guard type(of: node).joinsShutters else { return }
    // What is mixed or masked after it is no chain.
    let isApart = comp.nodes[moment.node].mask != nil || mix < 1
    var wanted = isApart ? [] : shutters[moment.shutters]
    for offsets in wanted {
      visit.shutters.append(ShutterSamples(offsets: offsets, nodes: try samples(offsets)))
    }
    if !offsets.isEmpty, !wanted.contains(offsets) { wanted.append(offsets) }
    if wanted.isEmpty { return }
    visit.chained =
      shutters.firstIndex(of: wanted)
      ?? {
        shutters.append(wanted)
        return shutters.count - 1
      }()
  }

  /// Which images a node reads at a moment.
  func inputFrames(of moment: Moment, _ resolved: ResolvedNode, _ joined: [Int] = [])
    -> [InputFrame]
  {
    let inputs = comp.nodes[moment.node].inputs
    if resolved.isDisabled {
      return inputs.indices.map { InputFrame(slot: $0, frame: moment.frame) }
    }
    var context = FrameContext(
      frame: moment.frame, frames: comp.frames, fps: comp.fps, connected: inputs.map { $0 != nil },
      view: moment.view, views: comp.views)
    context.joined = joined
    return resolved.node.inputFrames(context)
  }

  /// The moments feeding each image the node reads.
  func feeds(of moment: Moment, _ visit: Visit) -> [Moment?] {
    var feeds = feeds(of: moment, visit.frames)
    // The chain goes on through the first input; of a disabled node, through what passes.
    let first = visit.resolved.isDisabled ? feeds.firstIndex { $0 != nil } : 0
    if visit.chained != 0, let first, feeds.indices.contains(first) {
      feeds[first]?.shutters = visit.chained
    }
    return feeds
  }

  func feeds(of moment: Moment, _ frames: [InputFrame]) -> [Moment?] {
    let inputs = comp.nodes[moment.node].inputs
    return frames.map { frame in
      guard frame.slot < inputs.count, let node = inputs[frame.slot] else { return nil }
      return Moment(node: node, frame: frame.frame, view: frame.view ?? moment.view)
    }
  }

  func context(_ moment: Moment, _ visit: Visit) -> NodeContext {
    var context = NodeContext(
      frame: moment.frame, frames: comp.frames, fps: comp.fps,
      format: comp.format.scaled(by: 1 / proxy), proxy: proxy, settings: comp.settings, inputs: [],
      samples: visit.samples)
    if let folder = comp.nodes[moment.node].directory {
      context.settings = context.settings.startingPaths(in: folder)
    }
    context.view = moment.view
    context.joined = visit.joined
    context.shutters = visit.shutters
    return context
  }

  mutating func finish(_ moment: Moment, _ visit: Visit, _ feeds: [Moment?])
    throws(RenderError) -> Int?
  {
    let source = comp.nodes[moment.node]
    var inputs = feeds.map { $0.flatMap { done[$0] ?? nil } }
    let main = inputs.first ?? nil
    if isPassedBy(visit, feeds) {
      guard source.declaration.canBeDisabled else {
        throw RenderError(
          kind: .invalid, path: source.path, frame: moment.frame,
          message: Messages.nothingToPassOn(source.declaration.typeName))
      }
      return visit.resolved.isDisabled ? inputs.lazy.compactMap { $0 }.first : main
    }
    let isMaskable = type(of: visit.resolved.node).isMaskable

    let context = context(moment, visit)
    inputs = try graph.watching(
      inputs, visit.frames, source.watchedInputs, context: context, path: source.path)
    let result = try graph.add(
      visit.resolved.node, inputs: inputs, context: context, path: source.path,
      own: visit.resolved.hash)
    try checkChannels(moment, visit, inputs, made: graph.spec(result))
    var id = result
    if isMaskable, let result, result != main, source.mask != nil || visit.resolved.mix < 1 {
      let mask = source.mask.flatMap {
        done[moment.with($0)] ?? nil
      }
      var channel = source.maskChannel
      if channel == .alpha, let mask, let found = graph[mask].spec.matteChannel {
        channel = found
        if found == .alpha { graph.watch(matte: mask, Watch(path: source.path, name: "mask")) }
      }
      // A mask that comes to nothing is black everywhere.
      if source.mask != nil, mask == nil {
        if !source.invertMask { return main }
      }
      id = try graph.add(
        MaskMix(mix: visit.resolved.mix, channel: channel, isInverted: source.invertMask),
        inputs: [main, result, mask], context: context, path: source.path)
    }
    if source.isCachePoint, let id { graph[id].isCachePoint = true }
    return id
  }
}

extension Format {
  /// The same frame with `factor` times as many pixels in each direction, rounded outward.
  func scaled(by factor: Double) -> Format {
    if factor == 1 { return self }
    func low(_ v: Int) -> Int { Int((Double(v) * factor).rounded(.down)) }
    func high(_ v: Int) -> Int { Int((Double(v) * factor).rounded(.up)) }
    return Format(
      window: Rect(
        x0: low(window.x0), y0: low(window.y0), x1: high(window.x1), y1: high(window.y1)),
      pixelAspect: pixelAspect)
  }
}
