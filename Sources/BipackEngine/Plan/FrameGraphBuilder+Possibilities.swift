import BipackGraph

extension FrameGraphBuilder {
  /// What a node reads whose parameters depend on values that are not known.
  struct Possibilities {
    /// Inputs that are read whatever the values are.
    var certain: Set<Moment>
    /// Inputs that may be read, at the node's own frame.
    var undecided: Set<Moment>
    /// The data nodes whose values are asked for whatever they are.
    var measured: Set<Moment>
  }

  /// Tries a node with some numbers for all that may follow values: a choice among its inputs, or among
  /// frames, gives itself away, for what is read then differs. Numbers that it refuses are left out.
  func possibilities(_ moment: Moment) -> Possibilities {
    let node = comp.nodes[moment.node]
    let reads = [0, 1, 2, -1].compactMap { inputsRead(moment, assuming: $0) }
    let certain = reads.dropFirst().reduce(reads.first ?? []) { $0.intersection($1) }
    let inputs = (node.inputs + [node.mask]).compactMap { $0 }.map(moment.with)
    return Possibilities(
      certain: certain, undecided: Set(inputs).subtracting(certain),
      measured: measured(moment, assuming: 0).intersection(measured(moment, assuming: 1)))
  }

  /// The data nodes that are asked if all their values are one number, and when.
  private func measured(_ moment: Moment, assuming number: Double) -> Set<Moment> {
    var asked: Set<Moment> = []
    func resolve(_ frame: Double) -> ResolvedNode? {
      try? comp.resolve(moment.node, frame: frame, view: moment.view, proxy: proxy) {
        (link: DataLink, frame: Double) throws(NodeError) -> ValueData in
        guard case .value = link.source else { return .number(number) }
        asked.insert(source(of: link, frame: frame, view: moment.view))
        return madeUp(link, of: number) ?? .number(number)
      }
    }
    if let resolved = resolve(moment.frame), !resolved.isDisabled {
      for offset in resolved.node.sampleOffsets { _ = resolve(moment.frame + offset) }
    }
    return asked
  }

  private func inputsRead(_ moment: Moment, assuming number: Double) -> Set<Moment>? {
    guard
      let resolved = try? comp.resolve(
        moment.node, frame: moment.frame, view: moment.view, proxy: proxy, assuming: number)
    else { return nil }
    let feeds = feeds(of: moment, inputFrames(of: moment, resolved))
    var reads = Set(feeds.compactMap { $0 })
    if let mask = comp.nodes[moment.node].mask, !isPassedBy(resolved, feeds) {
      reads.insert(moment.with(mask))
    }
    return reads
  }
}
