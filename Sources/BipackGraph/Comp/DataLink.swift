/// A value of a node that parameters depend on.
public struct DataLink: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// What a data node computes.
    case value(String)
    /// What a picture's file says about it, under a key.
    case metadata(String)
  }

  /// The id of the node.
  public let node: Int
  public let source: Source
  /// Whether all frames are wanted as one curve.
  public let isWhole: Bool

  public init(node: Int, value: String, isWhole: Bool = false) {
    self.node = node
    self.isWhole = isWhole
    source = .value(value)
  }

  public init(node: Int, metadata key: String) {
    self.node = node
    isWhole = false
    source = .metadata(key)
  }

  /// As a document names it after its node: `mean`, `metadata.timeCode`.
  public var name: String {
    switch source {
    case .value(let name): name
    case .metadata(let key): "metadata." + key
    }
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
