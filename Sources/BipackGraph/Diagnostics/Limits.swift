/// How large a document may be. Every limit is named in the error it causes.
public struct Limits: Sendable {
  /// Bytes of one file.
  public var bytes: Int
  /// Nesting of arrays and objects in JSON.
  public var depth: Int
  /// Nodes of a comp, groups flattened.
  public var nodes: Int
  /// Connections of a comp.
  public var connections: Int
  /// Entries of a list of inputs.
  public var inputs: Int
  /// Key frames of one curve.
  public var keys: Int
  /// Rows of the document's table.
  public var rows: Int
  /// Bytes of one text.
  public var text: Int
  /// Bytes of an expression.
  public var expressionLength: Int
  /// Nesting of an expression.
  public var expressionDepth: Int
  /// Parameters that refer to parameters that refer to parameters...
  public var referenceDepth: Int
  /// Groups inside groups.
  public var groupDepth: Int

  /// For one's own documents.
  public static let trusted = Limits(
    bytes: 64 << 20, depth: 128, nodes: 100_000, connections: 1_000_000, inputs: 1024,
    keys: 100_000, rows: 100_000, text: 1 << 20, expressionLength: 4096, expressionDepth: 64,
    referenceDepth: 64,
    groupDepth: 32)

  /// For documents from strangers.
  public static let untrusted = Limits(
    bytes: 4 << 20, depth: 64, nodes: 10_000, connections: 100_000, inputs: 64, keys: 10_000,
    rows: 1000,
    text: 64 << 10, expressionLength: 1024, expressionDepth: 32, referenceDepth: 32,
    groupDepth: 16)
}
