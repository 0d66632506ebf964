/// What a render may change in a document, and how large the document may be.
public struct LoadOptions: Sendable {
  /// `node.param` and its new value as JSON, or as bare text (`--set`).
  public var overrides: [(name: String, value: String)]
  /// Document variables (`--var`).
  public var variables: [(name: String, value: String)]
  public var limits: Limits
  /// The rows of the document's table to make comps of (`--rows`); all when nil.
  public var rows: RowList?
  /// Whether the document may use groups from other files. Off for documents from strangers, who
  /// would otherwise choose what is read.
  public var readsGroupFiles = true
  /// How large the image files may be that the document reads.
  public var imageLimits = ImageFileLimits()

  public init(
    overrides: [(name: String, value: String)] = [],
    variables: [(name: String, value: String)] = [], limits: Limits = .trusted
  ) {
    self.overrides = overrides
    self.variables = variables
    self.limits = limits
  }
}

/// What checking a document gives: the comp when there is no error, and everything noticed.
public struct CheckResult: Sendable {
  /// A comp for each row of the document's table; of a document without one, the comp alone. Empty when
  /// there is an error.
  public let rows: [Comp]
  /// For a group file without errors: the group with its inputs left open, to be looked at. It is no
  /// document and has no `comp`.
  public let group: Comp?
  /// Errors and warnings in order of file and position.
  public let diagnostics: [Diagnostic]

  init(rows: [Comp] = [], group: Comp? = nil, diagnostics: [Diagnostic]) {
    self.rows = rows
    self.group = group
    self.diagnostics = diagnostics
  }

  /// The comp; of a document with a table, that of the first row.
  public var comp: Comp? { rows.first }
  public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
}

extension Comp {
  /// Reads and checks the document at `path`; throws all its errors. Of a document with a table, the comp
  /// of the first row.
  public static func load(_ path: String, registry: Registry, options: LoadOptions = LoadOptions())
    throws(DocumentError) -> Comp
  {
    try loadRows(path, registry: registry, options: options)[0]
  }

  /// Reads and checks the document at `path`: a comp for each row of its table, at least one; of a document
  /// without a table, the comp alone.
  public static func loadRows(
    _ path: String, registry: Registry, options: LoadOptions = LoadOptions()
  ) throws(DocumentError) -> [Comp] {
    let result = check(path, registry: registry, options: options)
    if !result.rows.isEmpty { return result.rows }
    let alone = Diagnostic(
      file: path, line: 1, column: 1, path: "", message: Messages.groupAlone)
    throw DocumentError(result.diagnostics + (result.group == nil ? [] : [alone]))
  }

  /// Reads and checks the document, or group file, at `path`.
  public static func check(_ path: String, registry: Registry, options: LoadOptions = LoadOptions())
    -> CheckResult
  {
    let (bytes, reason) = SourceFile.read(path, limit: options.limits.bytes)
    guard let bytes else {
      let diagnostic = Diagnostic(
        file: path, line: 1, column: 1, path: "", message: Messages.cannotRead(reason))
      return CheckResult(diagnostics: [diagnostic])
    }
    return check(
      bytes: bytes, name: path, directory: PlainPath.folder(of: path), registry: registry,
      options: options)
  }

  /// Checks a document in memory. `name` is what messages call it; relative paths start from
  /// `directory`.
  public static func check(
    text: String, name: String = "document", directory: String = ".", registry: Registry,
    options: LoadOptions = LoadOptions()
  ) -> CheckResult {
    check(
      bytes: Array(text.utf8), name: name, directory: directory, registry: registry,
      options: options)
  }

  /// Checks a document in memory.
  public static func check(
    bytes: [UInt8], name: String, directory: String, registry: Registry,
    options: LoadOptions = LoadOptions()
  ) -> CheckResult {
    let file = SourceFile(name: name, bytes: bytes, directory: directory)
    return Checker(registry: registry, options: options).check(file)
  }
}
