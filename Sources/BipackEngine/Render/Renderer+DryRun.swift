public import BipackGraph
import BipackPixels

extension Renderer {
  /// Plans the frames of a document (its own, or those given) as `dryRun(_:)` does a job's.
  public func dryRun(_ comp: Comp, frames: [Int]? = nil) async -> DryRun {
    // A document may name more frames than there is room to list.
    let frames = frames ?? DryRun.spread(comp.frames, limit: Self.mostFrames(comp))
    return await dryRun(RenderJob(comp, frames: frames))
  }

  /// Plans a job without computing a pixel, and gives all that a render of it would fail by: files
  /// that are missing or cannot be read, a formula that cannot be read, a colour space nobody knows, a
  /// value out of range, a format that cannot be written or has no room for the picture, a folder that
  /// takes no files, too little memory, files in each other's way (`conflicts`). What is wrong with one
  /// node does not hide what is wrong with another. Unless the job names its outputs, nodes that nobody
  /// reads are planned too.
  ///
  /// Of very many frames, and of very many rows of a table, as many are planned as take a few seconds,
  /// spread evenly: `DryRun.planned` and `plannedRows` say which. What depends on values that only pixels can give is left out.
  public func dryRun(_ job: RenderJob) async -> DryRun {
    let comp = job.comp
    var dryRun = DryRun()
    let comps = DryRun.spread(job.comps.indices, limit: Self.mostFrames(comp))
    dryRun.plannedRows = comps.compactMap { job.comps[$0].row?.number }
    dryRun.planned = DryRun.spread(
      job.frames, limit: max(2, Self.mostFrames(comp) / max(1, comps.count)))
    let wanted = goals(comp, job.outputs, views: job.views)
    let idle = job.outputs == nil ? goals(comp, idleEnds(of: comp), views: job.views) : []
    // Documents that write no file need all they have.
    let idleNeed = comp.sinks.isEmpty ? DryRun.Need.certain : .none
    var files = JobFiles(comp)
    var programs: Set<StableHash> = []
    var isIdle = !wanted.isEmpty && !dryRun.planned.isEmpty
    for (index, frame) in dryRun.planned.enumerated() {
      for comp in comps.map({ job.comps[$0] }) {
        if Task.isCancelled { break }
        var round = Round(
          FrameGraphBuilder(comp: comp, proxy: job.proxy, values: [:]), Double(frame))
        round.plan(wanted, .certain)
        if !round.isIdle { isIdle = false }
        round.planMeasured(.certain)
        round.planUndecided(.undecided)
        round.plan(idle, idleNeed)
        round.planMeasured(idleNeed)
        round.planUndecided(min(idleNeed, .undecided))
        round.askPrograms(&programs)
        // The rest of planning asks nothing of a node that changes from frame to frame.
        if index == 0 { round.note(memory(&round)) }
        round.report(to: &dryRun)
        for use in round.builder.files(of: wanted, frame: Double(frame)) { files.add(use) }
      }
    }
    var refusals = files.errors()
    if isIdle, !Task.isCancelled, refusals.isEmpty, dryRun.findings.allSatisfy({ !$0.isFatal }) {
      refusals = [RenderError(allDisabled: Set(wanted.map { comp.nodes[$0.node].path }))]
    }
    for error in refusals { dryRun.refuse(error) }
    dryRun.sort()
    return dryRun
  }

  private static func mostFrames(_ comp: Comp) -> Int { max(2, 200_000 / max(1, comp.nodes.count)) }

  /// The nodes that nobody reads, and that are no writers.
  private func idleEnds(of comp: Comp) -> [Int] {
    var isUsed = [Bool](repeating: false, count: comp.nodes.count)
    for sink in comp.sinks { isUsed[sink] = true }
    for node in comp.nodes {
      for case let input? in node.inputs + [node.mask] { isUsed[input] = true }
      for link in node.links { isUsed[link.node] = true }
    }
    return comp.nodes.indices.filter { !isUsed[$0] }
  }

  /// What the planner says to the goals of a round: to those that are rendered together, and to every
  /// other.
  private func memory(_ round: inout Round) -> [(RenderError, DryRun.Need)] {
    var errors: [(RenderError, DryRun.Need)] = []
    func plan(_ goals: [Int], _ need: DryRun.Need) -> Bool {
      do throws(RenderError) {
        let plan = try self.plan(round.builder.graph, goals)
        if plan.peakBytes > options.memory { throw RenderError(tooLarge: plan, options.memory) }
        return true
      } catch {
        errors.append((error, need))
        return false
      }
    }
    let together = round.goals.filter(\.isWanted).map(\.id)
    let isWhole = plan(together, .certain)
    for goal in round.goals where !goal.isWanted || !isWhole { _ = plan([goal.id], goal.need) }
    return errors
  }
}

/// The dry run of one frame.
private struct Round {
  var builder: FrameGraphBuilder
  let frame: Double
  /// Goals that are whole, by their place in the plan.
  private(set) var goals: [(id: Int, need: DryRun.Need, isWanted: Bool)] = []
  /// Whether there were but disabled writers.
  private(set) var isIdle = true
  private var notes = FrameGraphBuilder.Notes()
  private var found: [(error: RenderError, need: DryRun.Need, isLoss: Bool)] = []
  /// Up to where the plan's nodes are needed how much.
  private var stages: [(end: Int, need: DryRun.Need)] = []
  private var measured: Set<FrameGraphBuilder.Moment> = []

  init(_ builder: FrameGraphBuilder, _ frame: Double) {
    self.builder = builder
    self.frame = frame
  }

  mutating func plan(_ wanted: [FrameGraphBuilder.Goal], _ need: DryRun.Need) {
    for goal in wanted {
      if let id = builder.dryRun(goal, frame: frame, &notes) {
        goals.append((id, need, need == .certain))
      }
      if need == .certain, isIdle { isIdle = builder.isDisabledWriter(goal, frame) }
    }
    end(need)
  }

  /// Plans the data nodes whose values were asked for, and those that these ask for.
  mutating func planMeasured(_ need: DryRun.Need) {
    while let moment = notes.measured.popLast() {
      guard measured.insert(moment).inserted else { continue }
      if measured.count > FrameGraphBuilder.mostMeasured {
        notes.errors.append(FrameGraphBuilder.tooManyMeasured(builder.comp, moment))
        notes.measured = []
        break
      }
      let goal = FrameGraphBuilder.Goal(kind: .measure, node: moment.node, view: moment.view)
      if let id = builder.dryRun(goal, frame: moment.frame, &notes) {
        goals.append((id, need, false))
      }
    }
    end(need)
  }

  /// Plans what may be read or not.
  mutating func planUndecided(_ need: DryRun.Need) {
    while let moment = notes.undecided.popLast() {
      builder.settle(moment, &notes)
      planMeasured(need)
    }
    end(need)
  }

  private mutating func end(_ need: DryRun.Need) {
    found += notes.errors.map { ($0, need, false) } + notes.losses.map { ($0, need, true) }
    (notes.errors, notes.losses) = ([], [])
    stages.append((builder.graph.nodes.count, need))
  }

  /// What point nodes say to the channels they get, each asked once.
  mutating func askPrograms(_ asked: inout Set<StableHash>) {
    for (place, node) in builder.graph.nodes.enumerated() {
      guard case .point(let point) = node.operator.role, asked.insert(node.hash).inserted else {
        continue
      }
      do throws(NodeError) {
        _ = try point.program(node.context)
      } catch {
        let need = stages.first { place < $0.end }?.need ?? .none
        found.append((RenderError(error, path: node.path, frame: node.context.frame), need, false))
      }
    }
  }

  mutating func note(_ errors: [(RenderError, DryRun.Need)]) {
    found += errors.map { ($0.0, $0.1, false) }
  }

  func report(to dryRun: inout DryRun) {
    for finding in found {
      var error = finding.error
      error.row = builder.comp.row?.number
      dryRun.note(error, finding.need, isLoss: finding.isLoss)
    }
  }
}

extension FrameGraphBuilder {
  /// Whether a goal is a writer that is disabled at a frame.
  fileprivate func isDisabledWriter(_ goal: Goal, _ frame: Double) -> Bool {
    let moment = Moment(node: goal.node, frame: frame, view: goal.view)
    return goal.kind == .write && visits[moment]?.resolved.isDisabled == true
  }
}
