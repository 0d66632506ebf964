/// Parameters that count only beside certain values of another: `size` of a Reformat only where `to`
/// is `box`. Written for nothing they are a mistake of their author, which `check` names.
public struct ParamCondition: Sendable {
  /// What decides.
  package enum Ground: Sendable {
    /// Another parameter's value.
    case param(String, @Sendable (ParamData) -> Bool)
    /// That nothing is connected to an input.
    case unconnected(String)
  }

  /// The parameters and inputs that may count for nothing.
  package var params: [String]
  package var ground: Ground
  /// When they count: `'to' is 'box'`.
  public var words: String
  /// Whether it is an error to write them for nothing, since a picture would silently not be what was
  /// asked for. Otherwise it is a warning.
  package var isError = false

  /// Parameters that count where a choice, a text or a switch has one of some values.
  public static func only(_ params: String..., where other: String, is values: String...) -> Self {
    let list = values.map { "'\($0)'" }.joined(separator: " or ")
    return Self(
      params: params, ground: .param(other) { $0.text.map(values.contains) ?? false },
      words: "'\(other)' is \(list)")
  }

  /// Parameters that count where a switch is on, a number is above 0 or a text is not empty.
  public static func only(_ params: String..., with other: String) -> Self {
    Self(params: params, ground: .param(other) { $0.isGiven }, words: "'\(other)' is given")
  }

  /// Parameters that count where a switch is off, a number is 0 or a text is empty.
  public static func only(_ params: String..., without other: String) -> Self {
    Self(params: params, ground: .param(other) { !$0.isGiven }, words: "'\(other)' is not given")
  }

  /// Parameters that count where another's value is as a function says, in words that complete "used
  /// only where".
  public static func only(
    _ params: String..., where other: String, _ words: String,
    _ holds: @escaping @Sendable (ParamData) -> Bool
  ) -> Self {
    Self(params: params, ground: .param(other, holds), words: words)
  }

  /// Parameters that count where an input is not connected.
  public static func only(_ params: String..., withoutInput input: String) -> Self {
    Self(params: params, ground: .unconnected(input), words: "'\(input)' is not connected")
  }

  /// The same, an error.
  public var asError: Self {
    var copy = self
    copy.isError = true
    return copy
  }
}

extension ParamData {
  /// A choice or a text; `true` and `false` of a switch.
  fileprivate var text: String? {
    switch self {
    case .string(let text): text
    case .bool(let value): value ? "true" : "false"
    case .number, .array: nil
    }
  }

  fileprivate var isGiven: Bool {
    switch self {
    case .string(let text): !text.isEmpty
    case .bool(let value): value
    case .number(let value): value > 0
    case .array(let values): !values.isEmpty
    }
  }
}
