/// One thing wrong with a document, for a person: where, what, what was expected, what was perhaps
/// meant. Prints as `file:line:column: error: nodes.key.gain: message`.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable {
    case error
    case warning
  }

  public var severity: Severity
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars: what a person counts.
  public var column: Int
  /// The keys that lead there: `nodes.key.gain`, `nodes.key.gain.keys[2]`; empty for the whole file.
  public var path: String
  public var message: String
  public var expected: String?
  public var suggestion: String?

  public init(
    severity: Severity = .error, file: String, line: Int, column: Int, path: String,
    message: String, expected: String? = nil, suggestion: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.expected = expected
    self.suggestion = suggestion
  }

  /// Message, expectation and suggestion in one sentence, without the place.
  public var text: String {
    var text = path.isEmpty ? message : "\(path): \(message)"
    if let expected { text += "; expected \(expected)" }
    if let suggestion { text += "; did you mean '\(suggestion)'?" }
    return text
  }

  public var description: String { "\(file):\(line):\(column): \(severity.rawValue): \(text)" }
}

/// Every error of a document, in order.
public struct DocumentError: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
