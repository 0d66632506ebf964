/// A value of a data node that parameters depend on.
public struct DataLink: Hashable, Sendable {
  /// The id of the data node.
  public let node: Int
  /// Which of its values.
  public let value: String

  public init(node: Int, value: String) {
    self.node = node
    self.value = value
  }
}

/// At which frame a link takes its value.
public enum LinkTime: Hashable, Sendable {
  /// So many frames after (or, below 0, before) the one that is made: `"offset"`.
  case offset(Double)
  /// Always at this frame: `"at"`.
  case at(Double)

  /// The frame that is made.
  public static let now = LinkTime.offset(0)

  /// Frames further away are mistakes.
  package static let furthestFrame = 1e9

  func frame(from frame: Double) -> Double {
    switch self {
    case .offset(let offset): frame + offset
    case .at(let frame): frame
    }
  }
}
