public import BipackGraph

/// Why a frame could not be rendered: which node, which frame, what happened.
public struct RenderError: Error, Hashable, Sendable, CustomStringConvertible {
  public var kind: NodeError.Kind
  /// The node's path in the document; empty when no node is to blame.
  public var path: String
  /// The row of the document's table, from 1, if it has one.
  public var row: Int?
  public var frame: Double?
  public var message: String

  public init(
    kind: NodeError.Kind, path: String = "", row: Int? = nil, frame: Double? = nil,
    message: String
  ) {
    self.kind = kind
    self.path = path
    self.row = row
    self.frame = frame
    self.message = message
  }

  init(_ error: NodeError, path: String, frame: Double) {
    self.init(kind: error.kind, path: path, frame: frame, message: error.message)
  }

  /// Writers that are all disabled.
  init(allDisabled writers: Set<String>) {
    let names = writers.sorted().map { "nodes." + $0 }.joined(separator: ", ")
    self.init(
      kind: .invalid,
      message: "nothing to write: \(names) \(writers.count == 1 ? "is" : "are") disabled")
  }

  /// `frame 1004: nodes.key: ...`, `row 3, frame 1004: nodes.key: ...`.
  public var description: String {
    var text = prefix(row, frame)
    if !path.isEmpty { text += "nodes.\(path): " }
    return text + message
  }
}

/// Something that looks wrong in a frame that was rendered all the same.
public struct RenderWarning: Hashable, Sendable, CustomStringConvertible {
  /// The node's path in the document.
  public var path: String
  /// The row of the document's table, from 1, if it has one.
  public var row: Int?
  public var frame: Double
  public var message: String

  /// `frame 1004: nodes.key: ...`, `row 3, frame 1004: nodes.key: ...`.
  public var description: String { "\(prefix(row, frame))nodes.\(path): \(message)" }
}

/// `row 3, frame 1004: `, as far as it is known.
private func prefix(_ row: Int?, _ frame: Double?) -> String {
  let parts = [row.map { "row \($0)" }, frame.map { "frame \(number($0))" }].compactMap { $0 }
  return parts.isEmpty ? "" : parts.joined(separator: ", ") + ": "
}

/// A frame number the way people write it.
func number(_ frame: Double) -> String {
  Int(exactly: frame).map(String.init) ?? String(frame)
}
