import BipackGraph
package import BipackKernels

/// The maps of a transform, or of a chain of them, at the frame and while shutters are open: its own, and those
/// of later transforms that take it into their chain.
package struct MapMoments: Sendable {
  /// At the frame.
  package var frame: Map
  /// The offsets of the moments at which its own shutter looks; empty for no motion blur.
  package var shutter: [Double]
  /// By the offsets of a shutter: the map at each, or one where nothing moves.
  package var shutters: [[Double]: [Map]]

  /// What stands still.
  package init(_ map: Map) { (frame, shutter, shutters) = (map, [], [:]) }

  package init(_ matrix: Matrix3) { self.init(Map(matrix)) }

  private init(frame: Map, shutter: [Double]) {
    (self.frame, self.shutter, shutters) = (frame, shutter, [:])
  }

  /// Those that are averaged where nothing follows.
  package var own: [Map] { shutter.isEmpty ? [frame] : shutters[shutter] ?? [frame] }

  /// All there are.
  package var all: [Map] { [frame] + shutters.values.flatMap { $0 } }

  /// First these, then `next`, whose shutter counts where it has one. Nil where a blur of these would be lost:
  /// what they do while that shutter is open is not known.
  package func then(_ next: MapMoments) -> MapMoments? {
    var result = MapMoments(
      frame: frame.then(next.frame), shutter: next.shutter.isEmpty ? shutter : next.shutter)
    for offsets in Set(shutters.keys).union(next.shutters.keys) {
      var (before, after) = (shutters[offsets], next.shutters[offsets])
      if offsets == result.shutter {
        // What comes after the last motion blur stands still, and so does what no shutter can move.
        if before == nil, !shutter.isEmpty { return nil }
        before = before ?? [frame]
        after = after ?? [next.frame]
      }
      if let before, let after { result.set(offsets, Self.chained(before, after)) }
    }
    return result
  }

  private static func chained(_ before: [Map], _ after: [Map]) -> [Map] {
    (0..<max(before.count, after.count)).map { i in
      before[min(i, before.count - 1)].then(after[min(i, after.count - 1)])
    }
  }

  /// A still picture needs one moment only.
  private mutating func set(_ offsets: [Double], _ maps: [Map]) {
    shutters[offsets] = maps.dropFirst().allSatisfy { $0.isEqual(to: maps[0]) } ? [maps[0]] : maps
  }

  /// The same with the pictures of its maps `places` inputs further on.
  func shifted(by places: Int) -> MapMoments {
    var result = self
    result.frame = frame.shifted(by: places)
    result.shutters = shutters.mapValues { $0.map { $0.shifted(by: places) } }
    return result
  }
}

extension MapMoments {
  /// The maps of a node at all moments that are wanted.
  init<Moved: Node>(
    of node: Moved, _ context: NodeContext, _ map: (Moved) throws(NodeError) -> Map
  ) throws(NodeError) {
    try self.init(of: node, context) { node, _ throws(NodeError) in try map(node) }
  }

  /// The same for one that goes by the frame too, fractions included.
  init<Moved: Node>(
    of node: Moved, _ context: NodeContext,
    atFrames map: (Moved, _ frame: Double) throws(NodeError) -> Map
  ) throws(NodeError) {
    self.init(
      frame: try map(node, context.frame),
      shutter: context.samples.isEmpty ? [] : node.sampleOffsets)
    var shutters = context.shutters
    if !shutter.isEmpty {
      shutters.append(ShutterSamples(offsets: shutter, nodes: context.samples))
    }
    for wanted in shutters where self.shutters[wanted.offsets] == nil {
      var maps: [Map] = []
      for (offset, sample) in zip(wanted.offsets, wanted.nodes) {
        if let sample = sample as? Moved { maps.append(try map(sample, context.frame + offset)) }
      }
      if !maps.isEmpty { set(wanted.offsets, maps) }
    }
  }

  init<Moved: Node>(
    of node: Moved, _ context: NodeContext, matrix: (Moved) throws(NodeError) -> Matrix3
  ) throws(NodeError) {
    try self.init(of: node, context) { node throws(NodeError) in Map(try matrix(node)) }
  }
}
