import BipackGraph
import BipackPixels

/// What was listed of nodes in other frames of a render: most do not change from one to the next, and
/// reading a node's parameters takes longer than planning it.
final class IngredientMemo: Sendable {
  /// A node and its parameters.
  struct Key: Hashable {
    var node: Int
    var hash: StableHash
    var mix: Double
    var isDisabled: Bool
  }
  private let known = Locked<[Key: [FrameRecord.Ingredient]]>([:])

  func lines(_ key: Key, _ make: () -> [FrameRecord.Ingredient]) -> [FrameRecord.Ingredient] {
    if let lines = known.withLock({ $0[key] }) { return lines }
    let lines = make()
    known.withLock { known in
      // What is animated is never asked for again.
      if known.count >= 512 { known.removeAll() }
      known[key] = lines
    }
    return lines
  }
}

extension FrameGraphBuilder {
  /// Everything that a goal is made from, node by node in the order of the document. Nothing for
  /// graphs too large to be listed in a file.
  func ingredients(of goal: Goal, frame: Double, _ memo: IngredientMemo)
    -> [FrameRecord.Ingredient]
  {
    let start = Moment(node: goal.node, frame: frame, view: goal.view)
    var seen: Set<Moment> = [start]
    var stack = [start]
    while let moment = stack.popLast() {
      guard let visit = visits[moment] else { continue }
      var feeding = feeds(of: moment, visit).compactMap { $0 }
      if let mask = comp.nodes[moment.node].mask {
        feeding.append(moment.with(mask))
      }
      for feed in feeding where visits[feed] != nil && seen.insert(feed).inserted {
        stack.append(feed)
      }
    }
    // A node takes thirty bytes at least.
    if seen.count > FrameRecord.limit / 30 { return [] }
    let files = fingerprints()
    // A node is listed once, however many chains it stands in.
    var order: [Moment] = []
    for moment in seen.sorted(by: Moment.inOrder) {
      if let last = order.last, last.with(last.node) == moment.with(moment.node) { continue }
      order.append(moment)
    }
    return document + order.flatMap { lines($0, from: start, files, memo) }
  }

  private var document: [FrameRecord.Ingredient] {
    var lines = [
      FrameRecord.Ingredient(
        "format", "\(comp.format.window) aspect \(comp.format.pixelAspect)"),
      FrameRecord.Ingredient("fps", "\(comp.fps)"),
    ]
    if proxy != 1 { lines.append(FrameRecord.Ingredient("proxy", "\(proxy)")) }
    if let space = comp.settings.workingSpace {
      lines.append(FrameRecord.Ingredient("workingSpace", space))
    }
    return lines
  }

  /// What is in the files that nodes read, by path and frame.
  private func fingerprints() -> [String: StableHash] {
    var result: [String: StableHash] = [:]
    for node in graph.nodes {
      if let fingerprint = node.fingerprint {
        result[Self.key(node.path, node.context.frame, node.context.view)] = fingerprint
      }
    }
    return result
  }

  private static func key(_ path: String, _ frame: Double, _ view: Int) -> String {
    "\(path)@\(frame)%\(view)"
  }

  private func lines(
    _ moment: Moment, from start: Moment, _ files: [String: StableHash], _ memo: IngredientMemo
  ) -> [FrameRecord.Ingredient] {
    guard let visit = visits[moment] else { return [] }
    let path = comp.nodes[moment.node].path
    let isMain = moment.frame == start.frame && moment.view == start.view
    var name = "nodes.\(path)"
    if moment.frame != start.frame { name += "@\(number(moment.frame))" }
    if moment.view != start.view { name += "%\(comp.views[moment.view])" }
    let key = IngredientMemo.Key(
      node: moment.node, hash: visit.resolved.hash, mix: visit.resolved.mix,
      isDisabled: visit.resolved.isDisabled)
    var lines =
      isMain
      ? memo.lines(key) { listing(moment.node, visit, name) } : listing(moment.node, visit, name)
    if let file = files[Self.key(path, moment.frame, moment.view)] {
      lines.append(FrameRecord.Ingredient(name + ".file", short(file)))
    }
    if visit.resolved.isDisabled { return lines }
    let folder = comp.nodes[moment.node].directory ?? comp.settings.directory
    for file in visit.resolved.node.fileContents(in: folder) {
      lines.append(FrameRecord.Ingredient("\(name).\(file.param).file", short(file.digest)))
    }
    return lines
  }

  private func listing(_ node: Int, _ visit: Visit, _ name: String) -> [FrameRecord.Ingredient] {
    let source = comp.nodes[node]
    let declaration = source.declaration
    let inputs = source.inputs.map { $0.map { comp.nodes[$0].path } ?? "-" }
    var lines = [
      FrameRecord.Ingredient(
        name,
        (["node", declaration.typeName, "\(declaration.version)"] + inputs)
          .joined(separator: " "))
    ]
    func add(_ what: String, _ value: String) {
      lines.append(FrameRecord.Ingredient("\(name).\(what)", value))
    }
    if visit.resolved.isDisabled {
      add("disabled", "true")
      return lines
    }
    if visit.resolved.mix != 1 { add("mix", "\(visit.resolved.mix)") }
    if let mask = source.mask {
      let inverted = source.invertMask ? " inverted" : ""
      add("mask", "\(comp.nodes[mask].path) \(source.maskChannel)\(inverted)")
    }
    var node = visit.resolved.node
    if case .sink(let sink) = node.role { node = sink.placeless }
    for param in NodeDeclaration.changed(node) { add(param.name, param.value.listed(param.kind)) }
    return lines
  }
}

extension ValueData {
  /// The value in clear where that is short and tells nothing but itself; else a short hash.
  fileprivate func listed(_ kind: ValueKind) -> String {
    switch (self, kind) {
    case (.number(let value), _): return "\(value)"
    case (.bool(let value), _): return "\(value)"
    case (.string(let text), _) where kind == .channels || kind.words != nil: return text
    case (.array(let values), _) where values.count <= 16:
      let parts = values.map { $0.listed(.number) }
      if !parts.contains(where: { $0.hasPrefix("#") }) { return parts.joined(separator: " ") }
    default: break
    }
    var hasher = StableHasher()
    hash(into: &hasher)
    return short(hasher.finalize())
  }
}

/// Enough of a hash to see that it is another.
private func short(_ hash: StableHash) -> String { "#" + hash.description.prefix(12) }
