/// Parameters that count only beside certain values of another: `size` of a Reformat only where `to`
/// is `box`. Written for nothing they are a mistake of their author, which `check` names.
public struct ParamCondition: Sendable {
  /// What decides.
  package indirect enum Ground: Sendable {
    /// Another parameter's value.
    case param(String, @Sendable (ValueData) -> Bool)
    /// Whether something is connected to an input.
    case input(String, isConnected: Bool)
    /// One of several is enough.
    case any([Ground])

    /// Whether it is so; nil where what it asks for is not known.
    package func holds(
      _ value: (String) -> ValueData?, _ isConnected: (String) -> Bool?
    ) -> Bool? {
      switch self {
      case .param(let name, let holds): return value(name).map(holds)
      case .input(let name, let wanted): return isConnected(name).map { $0 == wanted }
      case .any(let grounds):
        let answers = grounds.map { $0.holds(value, isConnected) }
        return answers.contains(true) ? true : answers.contains(nil) ? nil : false
      }
    }

    /// The parameters and inputs it asks about.
    var names: (params: [String], inputs: [String]) {
      switch self {
      case .param(let name, _): ([name], [])
      case .input(let name, _): ([], [name])
      case .any(let grounds): (grounds.flatMap(\.names.params), grounds.flatMap(\.names.inputs))
      }
    }
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
    let (ground, words) = choice(other, values)
    return Self(params: params, ground: ground, words: words)
  }

  /// Parameters that count where one of two choices has one of some values.
  public static func only(
    _ params: String..., where one: String, or other: String, is values: String...
  ) -> Self {
    let (first, second) = (choice(one, values), choice(other, values))
    return Self(
      params: params, ground: .any([first.ground, second.ground]),
      words: "'\(one)' or \(second.words)")
  }

  private static func choice(_ name: String, _ values: [String]) -> (ground: Ground, words: String)
  {
    let list = values.map { "'\($0)'" }.joined(separator: " or ")
    return (.param(name) { $0.text.map(values.contains) ?? false }, "'\(name)' is \(list)")
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
    _ holds: @escaping @Sendable (ValueData) -> Bool
  ) -> Self {
    Self(params: params, ground: .param(other, holds), words: words)
  }

  /// The same of several others: one of them is enough.
  public static func only(
    _ params: String..., whereAny others: [(name: String, holds: @Sendable (ValueData) -> Bool)],
    _ words: String
  ) -> Self {
    Self(params: params, ground: .any(others.map { .param($0.name, $0.holds) }), words: words)
  }

  /// Parameters that count where an input is not connected.
  public static func only(_ params: String..., withoutInput input: String) -> Self {
    Self(
      params: params, ground: .input(input, isConnected: false),
      words: "'\(input)' is not connected")
  }

  /// Parameters that count where an input is connected.
  public static func only(_ params: String..., withInput input: String) -> Self {
    Self(
      params: params, ground: .input(input, isConnected: true), words: "'\(input)' is connected")
  }

  /// The same, an error.
  public var asError: Self {
    var copy = self
    copy.isError = true
    return copy
  }
}

extension ValueData {
  /// A choice or a text; `true` and `false` of a switch.
  fileprivate var text: String? {
    switch self {
    case .string(let text): text
    case .bool(let value): value ? "true" : "false"
    case .number, .array, .object: nil
    }
  }

  fileprivate var isGiven: Bool {
    switch self {
    case .string(let text): !text.isEmpty
    case .bool(let value): value
    case .number(let value): value > 0
    case .array(let values): !values.isEmpty
    case .object(let members): !members.isEmpty
    }
  }
}
