extension ValueKind {
  /// One of these words.
  public static func choice(_ words: [String]) -> ValueKind { ValueKind(ChoiceType(words: words)) }

  /// The words of a choice; nil for other kinds.
  package var words: [String]? { (type as? ChoiceType)?.words }
}

private struct ChoiceType: ValueType {
  let words: [String]

  let name = "choice"
  var title: String { "one of " + words.joined(separator: ", ") }

  func shape(_ bounds: String) -> String { Messages.oneOf(words) }
  func schema(_ number: JSONValue) -> [JSONValue] { [["enum": JSONValue(words: words)]] }
  func fitted(_ data: ValueData) -> ValueData? { data.isString ? data : nil }

  func problem(_ data: ValueData) -> ValueProblem? {
    guard case .string(let word) = data, !words.contains(word) else { return nil }
    return ValueProblem(
      [], Messages.unknownChoice(word), expected: Messages.oneOf(words), word: (word, words))
  }
}
