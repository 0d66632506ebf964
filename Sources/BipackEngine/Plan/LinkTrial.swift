import BipackGraph
import BipackPixels

/// Assumes a number for every value of every data node, and notes which were asked for.
final class LinkTrial: Sendable {
  private let number: Double
  private let noted = Locked<Set<FrameGraphBuilder.Moment>>([])

  init(_ number: Double) { self.number = number }

  /// The data nodes that were asked, and when.
  var asked: Set<FrameGraphBuilder.Moment> { noted.withLock { $0 } }

  func value(of link: DataLink, _ moment: FrameGraphBuilder.Moment, _ comp: Comp) -> DataValue {
    noted.withLock { _ = $0.insert(moment) }
    let port = comp.nodes[link.node].declaration.values.first { $0.name == link.value }
    switch port?.kind {
    case .vector(let count): return .vector(Array(repeating: number, count: count))
    case .number, nil: return .number(number)
    }
  }
}

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
    let asked = [0.0, 1].map { number in
      let trial = LinkTrial(number)
      var builder = FrameGraphBuilder(trying: comp, proxy: proxy, trial)
      _ = try? builder.visit(moment)
      return trial.asked
    }
    return Possibilities(
      certain: certain, undecided: Set(inputs).subtracting(certain),
      measured: asked[0].intersection(asked[1]))
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

extension FrameGraphBuilder.Moment {
  /// Another node at the same frame in the same view.
  func with(_ node: Int) -> Self { Self(node: node, frame: frame, view: view) }

  static func inOrder(_ a: Self, _ b: Self) -> Bool {
    (a.node, a.frame, a.view) < (b.node, b.frame, b.view)
  }
}
