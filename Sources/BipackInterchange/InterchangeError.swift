import BipackGraph

/// Why a file of another program cannot be read, for a person: where, what was found, what was expected,
/// what to try.
package struct InterchangeError: Error, Hashable {
  /// From 1; 0 for the whole file.
  package var line: Int
  package var column: Int
  package var message: String
  package var expected: String?
  package var advice: String?

  package init(
    line: Int = 0, column: Int = 1, _ message: String, expected: String? = nil,
    advice: String? = nil
  ) {
    self.line = line
    self.column = column
    self.message = message
    self.expected = expected
    self.advice = advice
  }

  init(_ word: TextWord, _ message: String, expected: String? = nil, advice: String? = nil) {
    self.init(
      line: word.line, column: word.column, message, expected: expected, advice: advice)
  }

  /// What was found in place of what was expected.
  init(_ word: TextWord, expected: String) {
    self.init(word, "found '\(word.text.prefix(40))'", expected: expected)
  }

  package func diagnostic(_ file: String) -> Diagnostic {
    Diagnostic(
      file: file, line: max(line, 1), column: max(column, 1), path: "",
      message: message + (advice.map { ": " + $0 } ?? ""), expected: expected)
  }
}

/// Something a file holds that was left out or read otherwise than written.
package struct InterchangeNote: Hashable, Sendable {
  package var line: Int
  package var message: String

  package init(_ line: Int, _ message: String) {
    self.line = line
    self.message = message
  }

  package func diagnostic(_ file: String) -> Diagnostic {
    Diagnostic(
      severity: .warning, file: file, line: max(line, 1), column: 1, path: "", message: message)
  }
}
