/// How values, ranges and lists are spelt in messages, the schema and the reference.
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
}
