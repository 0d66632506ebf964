import BipackGraph
import BipackPixels

/// Bipack's version. Part of every lasting hash: a release may change any pixel.
package let programVersion = "0.1.0"

extension PlanBuilder {
  /// Gives each node the name its pixels have in other processes, on other machines, at other times:
  /// as `hash`, but files are known by what is in them, not by where they lie and when they were
  /// written. Pixels given by the embedding program have no such name, nor has what is made of them.
  ///
  /// This reads every source file once (later only when it has changed), so it is done only when
  /// somebody asks.
  mutating func identify() {
    for id in nodes.indices where nodes[id].lasting == nil {
      self[id].lasting = lasting(nodes[id])
    }
  }

  private func lasting(_ node: PlanNode) -> StableHash? {
    if node.node is GivenImage { return nil }
    var hasher = StableHasher()
    hasher.combine("pixels")
    hasher.combine(programVersion)
    hasher.combine(node.own)
    if let source = node.node as? any SourceNode {
      // The file must still be the one that was planned with, or pixels and name may not match.
      guard let fingerprint = try? source.fingerprint(node.context),
        (try? source.stamp(node.context)) == node.stamp
      else { return nil }
      hasher.combine(fingerprint)
    }
    hasher.combine(node.inputs.count)
    for input in node.inputs {
      hasher.combine(input != nil)
      guard let input else { continue }
      guard let hash = nodes[input].lasting else { return nil }
      hasher.combine(hash)
    }
    return hasher.finalize()
  }
}
