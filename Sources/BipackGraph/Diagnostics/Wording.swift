/// How values, ranges and shapes are spelt in messages, the schema and the reference.
package enum Wording {
  /// A number without a needless fraction: `2`, `0.5`, `1e+20`.
  package static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return String(value)
  }

  package static func range(_ range: ParamRange) -> String {
    switch range {
    case .any: "any number"
    case .closed(let bounds): "\(number(bounds.lowerBound)) to \(number(bounds.upperBound))"
    case .from(let lower): "\(number(lower)) or more"
    case .above(let lower): "more than \(number(lower))"
    }
  }

  /// What a parameter takes, with its article: `a number (0 to 1)`.
  package static func shape(_ kind: ValueKind, _ range: ParamRange) -> String {
    kind.type.shape(range == .any ? "" : " (\(self.range(range)))")
  }

  /// A noun with its article.
  package static func article(_ noun: String) -> String {
    ("aeiou".contains(noun.prefix(1)) ? "an " : "a ") + noun
  }

  /// A picture does not say what a parameter wants of it.
  package static func noMetadata(_ node: String, _ key: String, _ keys: [String]) -> String {
    "the picture of '\(node)' has no metadata '\(key)'"
      + (Spelling.nearest(key, keys).map { "; did you mean '\($0)'?" }
        ?? (keys.isEmpty
          ? "; it has none"
          : "; it has " + keys.prefix(24).joined(separator: ", ")
            + (keys.count > 24 ? ", ..." : "")))
  }
}
