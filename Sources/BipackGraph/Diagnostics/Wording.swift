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

  /// What a parameter takes, with its article: `a number from 0 to 1`.
  package static func shape(_ kind: ParamKind, _ range: ParamRange) -> String {
    let bounds = range == .any ? "" : " (\(self.range(range)))"
    return switch kind {
    case .number: "a number" + bounds
    case .integer: "a whole number" + bounds
    case .bool: "true or false"
    case .string: "a text"
    case .path: "a file name"
    case .choice(let words): Messages.oneOf(words)
    case .numbers(4, true, _): "a number or an array of 3 or 4 numbers" + bounds
    case .numbers(let count, let scalar, _):
      (scalar ? "a number or " : "") + "an array of \(count) numbers" + bounds
    case .list: "an array of numbers" + bounds
    case .texts: "an array of texts"
    case .channels: "channels, as \"rgb\" or \"depth.Z\""
    case .curve: "points [[x, y], ...]"
    }
  }

  /// One word for a kind of parameter.
  package static func kind(_ kind: ParamKind) -> String {
    switch kind {
    case .number: "number"
    case .integer: "integer"
    case .bool: "bool"
    case .string: "text"
    case .path: "file"
    case .choice: "choice"
    case .numbers(4, true, _): "color"
    case .numbers(2, _, _): "point"
    case .numbers(let count, _, _): "\(count) numbers"
    case .list: "numbers"
    case .texts: "texts"
    case .channels: "channels"
    case .curve: "curve"
    }
  }
}
