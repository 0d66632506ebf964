import BipackGraph

extension FrameGraphBuilder {
  /// What a dry run has found in a frame.
  struct Notes {
    var errors: [RenderError] = []
    /// What files cannot keep of their pictures.
    var losses: [RenderError] = []
    /// Moments that cannot be planned, or that depend on such.
    var broken: Set<Moment> = []
    /// Data nodes whose values parameters ask for.
    var measured: [Moment] = []
    /// Inputs that are read or not as measured values come out.
    var undecided: [Moment] = []
  }

  /// Plans a goal as far as that goes: a node that fails fails what depends on it, and everything else
  /// is planned all the same. Gives the plan node of a goal that is whole.
  mutating func dryRun(_ goal: Goal, frame: Double, _ notes: inout Notes) -> Int? {
    let moment = Moment(node: goal.node, frame: frame, view: goal.view)
    if goal.kind == .image {
      settle(moment, &notes)
      return notes.broken.contains(moment) ? nil : done[moment] ?? nil
    }
    guard let visit = tryVisit(moment, joined: goal.joined, &notes) else {
      for input in inputs(ofUnknown: moment, &notes) { settle(input, &notes) }
      return nil
    }
    if goal.kind == .write, visit.resolved.isDisabled { return nil }
    let feeds = feeds(of: moment, visit).compactMap { $0 }
    for feed in feeds { settle(feed, &notes) }
    note(visit.resolved.node.problems(context(moment, visit)), moment, &notes)
    if feeds.contains(where: notes.broken.contains) { return nil }
    do {
      guard let id = try add(goal, frame: frame) else { return nil }
      try verify(id, goal, &notes)
      return id
    } catch {
      note(error, &notes)
      return nil
    }
  }

  /// What a goal says to the pictures it gets.
  private func verify(_ id: Int, _ goal: Goal, _ notes: inout Notes) throws(RenderError) {
    let (path, context) = (comp.nodes[goal.node].path, graph[id].context)
    do throws(NodeError) {
      switch graph[id].work {
      case .sink(let sink):
        _ = try sink.written(context)
        notes.losses += sink.losses(context).map {
          RenderError(kind: .invalid, path: path, frame: context.frame, message: $0)
        }
      case .data(let data):
        let moment = Moment(node: goal.node, frame: context.frame, view: goal.view)
        if case .shot(let shot)? = visits[moment]?.resolved.node.role {
          try verify(shot, goal, visits[moment].map { self.context(moment, $0) })
        }
        try data.verify(context)
      default: break
      }
    } catch {
      throw RenderError(error, path: path, frame: context.frame)
    }
  }

  /// What a shot node says of its range and its sidecar.
  private func verify(_ shot: any ShotNode, _ goal: Goal, _ context: NodeContext?) throws(NodeError)
  {
    let frames = try shot.shot.frames(comp.frames)
    guard let context, let file = try shot.shot.file(context) else { return }
    _ = try Sidecar(path: file, node: comp.nodes[goal.node], frames: frames).read()
    for (id, other) in comp.nodes.enumerated() where other.declaration.isShot && id != goal.node {
      let place = Moment(node: id, frame: context.frame, view: goal.view)
      guard let visit = visits[place], case .shot(let another) = visit.resolved.node.role,
        let path = try? another.shot.file(self.context(place, visit)), path == file
      else { continue }
      throw NodeError("\(file) is the sidecar of nodes.\(other.path) too; give each its own")
    }
  }

  /// Plans a node and all that it needs, as far as that goes.
  mutating func settle(_ goal: Moment, _ notes: inout Notes) {
    var stack = [goal]
    while let top = stack.last {
      if done[top] != nil {
        stack.removeLast()
        continue
      }
      var visited: Visit?
      do {
        visited = try visit(top)
      } catch let missing as MissingPicture {
        stack.append(missing.moment)
        continue
      } catch {
        note(error, of: top, &notes)
      }
      guard let visit = visited else {
        notes.broken.insert(top)
        done[top] = .some(nil)
        stack.removeLast()
        stack += inputs(ofUnknown: top, &notes)
        continue
      }
      let feeds = feeds(of: top, visit)
      var needed = feeds.compactMap { $0 }
      if let mask = comp.nodes[top.node].mask, !isPassedBy(visit, feeds) {
        needed.append(top.with(mask))
      }
      let open = needed.filter { done[$0] == nil }
      if !open.isEmpty {
        guard stack.count + open.count <= 4_000_000 else {
          return notes.errors.append(tooManyFrames(top))
        }
        stack += open.reversed()
        continue
      }
      stack.removeLast()
      done[top] = .some(settled(top, visit, feeds, needed, &notes))
    }
  }

  /// The plan node of a moment whose inputs are settled; nil where it comes to nothing or is broken.
  private mutating func settled(
    _ moment: Moment, _ visit: Visit, _ feeds: [Moment?], _ needed: [Moment], _ notes: inout Notes
  ) -> Int? {
    let resolved = visit.resolved
    let isPassedBy = self.isPassedBy(visit, feeds)
    if !isPassedBy { note(resolved.node.problems(context(moment, visit)), moment, &notes) }
    let needed = isPassedBy ? feeds.compactMap { $0 } : needed
    guard !needed.contains(where: notes.broken.contains) else {
      notes.broken.insert(moment)
      return nil
    }
    do throws(RenderError) {
      return try finish(moment, visit, feeds)
    } catch {
      note(error, &notes)
      notes.broken.insert(moment)
      return nil
    }
  }

  private mutating func tryVisit(_ moment: Moment, joined: [Int] = [], _ notes: inout Notes)
    -> Visit?
  {
    while true {
      do {
        return try visit(moment, joined: joined)
      } catch let missing as MissingPicture {
        settle(missing.moment, &notes)
      } catch {
        note(error, of: moment, &notes)
        return nil
      }
    }
  }

  /// What a node reads whose parameters are not known: those inputs that it reads whatever is measured.
  /// The others, and what is to be measured, are left for later.
  private func inputs(ofUnknown moment: Moment, _ notes: inout Notes) -> [Moment] {
    let node = comp.nodes[moment.node]
    guard !node.links.isEmpty else {
      return (node.inputs + [node.mask]).compactMap { $0 }.map(moment.with)
    }
    let possible = possibilities(moment)
    notes.measured += possible.measured.sorted(by: Moment.inOrder)
    notes.undecided += possible.undecided.sorted(by: Moment.inOrder)
    return possible.certain.sorted(by: Moment.inOrder)
  }

  /// What a node's own parameters fail by: said once of a picture that cannot be planned, not again of
  /// those who ask for its metadata.
  private func note(_ error: any Error, of moment: Moment, _ notes: inout Notes) {
    let asked = comp.nodes[moment.node].links.map { moment.with($0.node) }
    if !asked.contains(where: notes.broken.contains) { note(error, &notes) }
  }

  /// Values that only pixels can give are nobody's mistake.
  private func note(_ error: any Error, _ notes: inout Notes) {
    if let error = error as? RenderError { notes.errors.append(error) }
  }

  private func note(_ problems: [NodeError], _ moment: Moment, _ notes: inout Notes) {
    for problem in problems {
      notes.errors.append(
        RenderError(problem, path: comp.nodes[moment.node].path, frame: moment.frame))
    }
  }
}
