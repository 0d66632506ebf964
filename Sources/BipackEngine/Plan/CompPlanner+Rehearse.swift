import BipackGraph

extension CompPlanner {
  /// What a rehearsal has found in a frame.
  struct Notes {
    var errors: [RenderError] = []
    /// What files cannot keep of their pictures.
    var losses: [RenderError] = []
    /// Moments that cannot be planned, or that depend on such.
    var broken: Set<Moment> = []
  }

  /// Plans a goal as far as that goes: a node that fails fails what depends on it, and everything else
  /// is planned all the same. Gives the plan node of a goal that is whole.
  mutating func rehearse(_ goal: Goal, frame: Double, _ notes: inout Notes) -> Int? {
    let moment = Moment(node: goal.node, frame: frame, view: goal.view)
    if goal.kind == .image {
      settle(moment, &notes)
      return notes.broken.contains(moment) ? nil : done[moment] ?? nil
    }
    guard let visit = tryVisit(moment, joined: goal.joined, &notes) else {
      for input in unevaluated(moment) { settle(input, &notes) }
      return nil
    }
    if goal.kind == .write, visit.resolved.isDisabled { return nil }
    let feeds = feeds(of: moment, visit).compactMap { $0 }
    for feed in feeds { settle(feed, &notes) }
    note(visit.resolved.node.problems(context(moment, visit)), moment, &notes)
    if feeds.contains(where: notes.broken.contains) { return nil }
    do {
      let id = try add(goal, frame: frame)
      guard let id else { return nil }
      if case .sink(let sink) = builder[id].work {
        do throws(NodeError) {
          _ = try sink.written(builder[id].context)
        } catch {
          throw RenderError(error, path: comp.nodes[goal.node].path, frame: frame)
        }
        notes.losses += sink.losses(builder[id].context).map {
          RenderError(
            kind: .invalid, path: comp.nodes[goal.node].path, frame: frame, message: $0)
        }
      }
      return id
    } catch {
      note(error, &notes)
      return nil
    }
  }

  /// Plans a node and all that it needs, as far as that goes.
  private mutating func settle(_ goal: Moment, _ notes: inout Notes) {
    var stack = [goal]
    while let top = stack.last {
      if done[top] != nil {
        stack.removeLast()
        continue
      }
      guard let visit = tryVisit(top, &notes) else {
        notes.broken.insert(top)
        done[top] = .some(nil)
        stack.removeLast()
        stack += unevaluated(top)
        continue
      }
      let feeds = feeds(of: top, visit)
      var needed = feeds.compactMap { $0 }
      if let mask = comp.nodes[top.node].mask, !isPassedBy(visit, feeds) {
        needed.append(Moment(node: mask, frame: top.frame, view: top.view))
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
    do {
      return try visit(moment, joined: joined)
    } catch {
      note(error, &notes)
      return nil
    }
  }

  /// What a node reads whose parameters are not known: all its inputs, at its own frame.
  private func unevaluated(_ moment: Moment) -> [Moment] {
    let node = comp.nodes[moment.node]
    return (node.inputs + [node.mask]).compactMap { $0 }.map {
      Moment(node: $0, frame: moment.frame, view: moment.view)
    }
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
