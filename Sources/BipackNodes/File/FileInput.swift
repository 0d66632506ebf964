public import BipackGraph
import BipackIO
import BipackPixels

/// A file that a node reads besides pictures: a table, a colour decision, a manifest.
///
/// The path starts from the folder of the document (or of the group the node stands in). What is made of the
/// file is kept under its stamp (device, inode, size, time), so that it is parsed once for all frames and again
/// when it has changed (`ParsedFiles`). In the hash of a frame the file counts by what the node's operators
/// store of it: another table is another picture, and a manifest that says the same of the objects wanted is
/// not. In the record of a written frame it stands by the digest of its bytes, the same on every machine.
public struct FileInput: Sendable {
  private let kind: String
  private let param: String
  private let text: String
  private let isSearched: Bool

  /// - Parameters:
  ///   - kind: what people call it: `LUT`.
  ///   - param: the parameter that names it.
  ///   - isSearched: where there is no file at the path, the colour config may find it along its search path.
  public init(_ kind: String, _ param: String, _ path: FilePath, isSearched: Bool = false) {
    (self.kind, self.param, text) = (kind, param, path.text)
    self.isSearched = isSearched
  }

  public var isNamed: Bool { !text.isEmpty }

  /// Absolute, or as the folder makes it.
  public func path(in folder: String) -> String { PlainPath.join(folder, text) }

  /// The path of the file, which is there or is to be searched.
  func checked(_ context: NodeContext) throws(NodeError) -> String {
    _ = try stamp(context)
    return path(in: context.settings.directory)
  }

  /// What `parse` makes of the file: once, as long as it stays as it is.
  func parsed<Value: Sendable>(
    _ context: NodeContext, by files: ParsedFiles<Value>,
    _ parse: (String) throws(NodeError) -> Value
  ) throws(NodeError) -> Value {
    let path = path(in: context.settings.directory)
    guard let stamp = try stamp(context) else { return try parse(path) }
    return try files.value(of: path, stamp, parse)
  }

  /// Nil where it is not at its path and may be elsewhere.
  private func stamp(_ context: NodeContext) throws(NodeError) -> FileStamp? {
    let path = path(in: context.settings.directory)
    do throws(ImageFileError) { return try FileStamp(path: path) } catch {
      let isElsewhere = !path.hasPrefix("/") || path.contains("$") || path.contains("%")
      if isSearched && isElsewhere { return nil }
      let origin =
        text.hasPrefix("/") ? "" : ", which is looked for from the folder of the document"
      throw NodeError(
        .input,
        "the \(kind) file '\(path)' \(error.kind == .missing ? "does not exist" : error.what); "
          + "'\(param)' names '\(text)'\(origin)")
    }
  }

  /// What is in the file, for the record; nil where it cannot be read.
  fileprivate func contents(in folder: String) -> FileContents? {
    guard isNamed, let digest = try? FileDigest.hash(path: path(in: folder)) else { return nil }
    return FileContents(param: param, digest: digest)
  }
}

/// A node that reads files besides pictures. It lists them; what asks which files it reads, and what is in
/// them, follows.
public protocol FileReadingNode: Node {
  var files: [FileInput] { get }
}

extension FileReadingNode {
  public func filesRead(_ context: NodeContext) throws(NodeError) -> [String] {
    files.filter(\.isNamed).map { $0.path(in: context.settings.directory) }
  }

  public func fileContents(in folder: String) -> [FileContents] {
    files.compactMap { $0.contents(in: folder) }
  }
}
