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
    /// Inputs that are read or not as the values come out.
    var undecided: Set<Moment>
    /// The data nodes whose values are asked for.
    var measured: Set<Moment>
  }

  /// Tries a node with all values 0, then 1, and so on: a choice among its inputs gives itself away.
  /// Values that it refuses are left out.
  func possibilities(_ moment: Moment) -> Possibilities {
    let node = comp.nodes[moment.node]
    var measured: Set<Moment> = []
    var reads: [Set<Moment>] = []
    for number in 0...node.inputs.count {
      let trial = LinkTrial(Double(number))
      var builder = FrameGraphBuilder(comp: comp, proxy: proxy, values: [:])
      builder.trial = trial
      if let visit = try? builder.visit(moment) {
        let feeds = builder.feeds(of: moment, visit)
        var read = Set(feeds.compactMap { $0 })
        if let mask = node.mask, !builder.isPassedBy(visit, feeds) {
          read.insert(moment.with(mask))
        }
        reads.append(read)
      }
      measured.formUnion(trial.asked)
    }
    let certain = reads.dropFirst().reduce(reads.first ?? []) { $0.intersection($1) }
    var possible = reads.reduce(into: Set<Moment>()) { $0.formUnion($1) }
    possible.formUnion((node.inputs + [node.mask]).compactMap { $0 }.map(moment.with))
    return Possibilities(
      certain: certain, undecided: possible.subtracting(certain), measured: measured)
  }
}

extension FrameGraphBuilder.Moment {
  /// Another node at the same frame in the same view.
  func with(_ node: Int) -> Self { Self(node: node, frame: frame, view: view) }

  static func inOrder(_ a: Self, _ b: Self) -> Bool {
    (a.node, a.frame, a.view) < (b.node, b.frame, b.view)
  }
}
