import BipackGraph

/// The work of a pass that measures: a data node's values of one frame, or a shot node's note of it.
package protocol Measuring: Sendable {
  var node: any ValueNode { get }
  func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData]
}

/// All values of a data node.
package struct FrameMeasure: Measuring {
  let data: any DataNode
  package var node: any ValueNode { data }

  package func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    try data.measure(task)
  }
}

/// What a shot node keeps of one frame, under the name `note`.
package struct ShotMeasure: Measuring {
  let shot: any ShotNode
  var before: ValueData?
  package var node: any ValueNode { shot }

  static let name = "note"

  package func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    [Self.name: try shot.note(task, after: before)]
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
