public import BipackGraph
import BipackPixels

extension Renderer {
  /// Plans frames of everything a document ends in, without computing a pixel, and gives all that
  /// the nodes themselves refuse: files that are missing or cannot be read, a formula that cannot be
  /// read, a colour space nobody knows, a value out of range, a format that cannot be written. What
  /// is wrong with one node does not hide what is wrong with another.
  ///
  /// `frames` are the document's own by default. Of very many, as many are planned as take a few
  /// seconds, spread evenly: `Rehearsal.planned` says which. What depends on values that only pixels
  /// can give is left out. Files in each other's way are found too (`conflicts`).
  public func rehearse(_ comp: Comp, frames: [Int]? = nil) async -> Rehearsal {
    var rehearsal = Rehearsal()
    let limit = max(2, 200_000 / max(1, comp.nodes.count))
    rehearsal.planned =
      frames.map { Rehearsal.spread($0, limit: limit) }
      ?? Rehearsal.spread(comp.frames, limit: limit)
    let (needed, others) = ends(of: comp)
    var programs: Set<StableHash> = []
    for (index, frame) in rehearsal.planned.enumerated() {
      if Task.isCancelled { break }
      var planner = CompPlanner(comp: comp, proxy: 1, values: [:])
      var notes = CompPlanner.Notes()
      var ids: [Int] = []
      func add(_ goals: [CompPlanner.Goal], isNeeded: Bool) {
        (notes.errors, notes.losses) = ([], [])
        for goal in goals {
          if let id = planner.rehearse(goal, frame: Double(frame), &notes) { ids.append(id) }
        }
        for error in notes.errors { rehearsal.note(error, isNeeded: isNeeded) }
        for loss in notes.losses { rehearsal.note(loss, isNeeded: isNeeded, isLoss: true) }
      }
      add(goals(comp, needed), isNeeded: true)
      let (count, nodes) = (ids.count, planner.builder.nodes.count)
      add(goals(comp, others), isNeeded: comp.sinks.isEmpty)
      for (place, error) in Self.refusedPrograms(planner.builder, &programs) {
        rehearsal.note(error, isNeeded: comp.sinks.isEmpty || place < nodes)
      }
      // The rest of planning asks nothing of a node that changes from frame to frame.
      guard index == 0 else { continue }
      for goal in ids {
        do throws(RenderError) {
          _ = try plan(planner.builder, [goal])
        } catch {
          rehearsal.note(error, isNeeded: comp.sinks.isEmpty || ids.prefix(count).contains(goal))
        }
      }
    }
    for error in conflicts(RenderJob(comp, frames: rehearsal.planned)) {
      rehearsal.isRefused = true
      rehearsal.note(error, isNeeded: true)
    }
    rehearsal.sort()
    return rehearsal
  }

  /// The sinks with the data nodes that drive parameters, and the nodes nobody reads.
  private func ends(of comp: Comp) -> (needed: [Int], others: [Int]) {
    var isUsed = [Bool](repeating: false, count: comp.nodes.count)
    var isLinked = isUsed
    for node in comp.nodes {
      for case let input? in node.inputs + [node.mask] { isUsed[input] = true }
      for link in node.links { isLinked[link.node] = true }
    }
    var isNeeded = isLinked
    for sink in comp.sinks { isNeeded[sink] = true }
    let nodes = comp.nodes.indices
    return (nodes.filter { isNeeded[$0] }, nodes.filter { !isUsed[$0] && !isNeeded[$0] })
  }

  /// What point nodes say to the channels they get, each asked once, with their places in the plan.
  private static func refusedPrograms(_ builder: PlanBuilder, _ asked: inout Set<StableHash>)
    -> [(place: Int, error: RenderError)]
  {
    var errors: [(Int, RenderError)] = []
    for (place, node) in builder.nodes.enumerated() {
      guard case .point(let point) = node.node.role, asked.insert(node.hash).inserted else {
        continue
      }
      do throws(NodeError) {
        _ = try point.program(node.context)
      } catch {
        errors.append((place, RenderError(error, path: node.path, frame: node.context.frame)))
      }
    }
    return errors
  }
}
