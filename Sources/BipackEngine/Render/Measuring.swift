import BipackGraph
import BipackPixels

/// The work of a pass that measures: a data node's values of one frame, a shot node's note of it, or where
/// something is in a picture.
package protocol Measuring: Sendable {
  func verify(_ context: NodeContext) throws(NodeError)
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand]
  func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData]
}

/// All values of a data node.
package struct FrameMeasure: Measuring {
  let data: any DataNode

  package func verify(_ context: NodeContext) throws(NodeError) { try data.verify(context) }
  package func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    data.demand(output, context)
  }
  package func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    try data.measure(task)
  }
}

/// What a shot node keeps of one frame, under the name `note`.
package struct ShotMeasure: Measuring {
  let shot: any ShotNode
  var before: ValueData?

  static let name = "note"

  /// Notes know nothing of where values are kept and what becomes of them.
  init(_ shot: any ShotNode) { self.shot = shot.placeless.noting }

  package func verify(_ context: NodeContext) throws(NodeError) { try shot.verify(context) }
  package func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    shot.demand(output, context)
  }
  package func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    [Self.name: try shot.note(task, after: before)]
  }
}

/// Where something is in a picture: left, top, right and bottom, under the name `bounds`.
package struct BoundsMeasure: Measuring, Operator {
  let query: BoundsQuery

  static let name = "bounds"

  package func verify(_ context: NodeContext) throws(NodeError) {}
  package func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [Demand(rect: context.main.dataWindow, channels: [query.channel])]
  }
  package func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    guard let image = task.input(0) else { return [Self.name: .vector([0, 0, 0, 0])] }
    let (low, high) = (Float(query.above), Float(query.below))
    let found = image.bounds(of: query.channel, above: low, below: high, loops: task.loops)
    return [Self.name: .vector([found.x0, found.y0, found.x1, found.y1].map(Double.init))]
  }

  /// The rectangle of a measurement.
  static func rect(_ values: [String: ValueData]) -> Rect? {
    guard let edges = values[name]?.numbers?.compactMap(Int.init(exactly:)), edges.count == 4 else {
      return nil
    }
    return Rect(x0: edges[0], y0: edges[1], x1: edges[2], y1: edges[3])
  }
}

extension ShotNode {
  /// The node without what says only where and when: all that decides its values.
  var placeless: Self {
    var copy = self
    copy.shot = ShotRange()
    return copy
  }
}
