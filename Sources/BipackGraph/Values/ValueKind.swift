/// What there is to say of a type of values: how documents write it, what is wrong with a literal, how
/// the schema and the reference call it, how key frames of it join.
///
/// Each kind is made in the file of its type: `.number`, `.choice(words)`, `.path` ...
public struct ValueKind: Sendable {
  package let type: any ValueType

  package init(_ type: some ValueType) { self.type = type }
}

extension ValueKind: Hashable {
  public static func == (a: Self, b: Self) -> Bool { a.type.isEqual(to: b.type) }
  public func hash(into hasher: inout Hasher) { type.hash(into: &hasher) }
}

extension ValueType {
  fileprivate func isEqual(to other: any ValueType) -> Bool { other as? Self == self }
}

extension ValueKind {
  /// `data` as a parameter of this kind and range holds it; nil where it does not fit.
  func fitted(_ data: ValueData, _ range: ParamRange, _ accepts: (ValueData) -> Bool) -> ValueData?
  {
    // The parts of a record were asked one by one.
    guard let fitted = type.fitted(data), type.holdsRecords || accepts(fitted),
      !type.isRanged || fitted.allNumbers.allSatisfy(range.contains)
    else { return nil }
    return fitted
  }

  /// Whether it is made of numbers, or of rows of them.
  var isNumeric: Bool {
    guard let sample = type.filled(with: 0) else { return false }
    if case .array(let rows) = sample, !rows.isEmpty {
      return !sample.allNumbers.isEmpty && !type.holdsObjects
    }
    return !sample.components.isEmpty
  }

  /// Whether what a picture's file says about it may be such a value.
  var takesMetadata: Bool { !type.holdsObjects && self != .file }
}

/// The witness of a kind. All but the first four have defaults for values that are held between keys and
/// have no numbers to be named.
package protocol ValueType: Sendable, Hashable {
  /// In a word or two: `number`, `color`, `path`.
  var name: String { get }
  /// What documents hold, with its article: `a number`. `bounds` is the range in words, or empty.
  func shape(_ bounds: String) -> String
  /// The JSON Schema of its literals. `number` is that of a number inside the parameter's range.
  func schema(_ number: JSONValue) -> [JSONValue]
  /// `data` as a parameter of this kind holds it: rounded, spread over a vector, in its full form. Nil when
  /// it has the wrong shape.
  func fitted(_ data: ValueData) -> ValueData?

  /// The words of the reference; by default the name.
  var title: String { get }
  /// What is wrong with a literal, more exactly than that `fitted` gives nil.
  func problem(_ data: ValueData) -> ValueProblem?
  /// Which numbers of it expressions and links may name.
  var components: ValueComponents { get }
  /// Whether the numbers in it are blended between key frames, and which forms of animation it takes.
  var animation: ValueAnimation { get }
  /// Whether each number must lie in the parameter's range.
  var isRanged: Bool { get }
  /// The value with what measures pixels in it scaled, for a proxy.
  func scaled(_ data: ValueData, by factor: Double) -> ValueData
  /// Some value of this kind made of `number`, for planning with values that are not known yet.
  func filled(with number: Double) -> ValueData?
  /// As a document would write it, at its shortest.
  func written(_ data: ValueData) -> JSONValue
  /// Whether objects stand in its literals.
  var holdsObjects: Bool { get }
  /// Whether an object with these keys is a literal, not key frames, an expression or a link.
  func isLiteral(keys: [String]) -> Bool
}

/// Which numbers of a value can be named.
package enum ValueComponents: Hashable, Sendable {
  case none
  /// It is a number itself.
  case one
  /// So many, some with names.
  case count(Int, names: [String])
  /// Any count of parts, all of one kind.
  case many(of: ValueKind)
}

/// How a value follows time.
package enum ValueAnimation: Hashable, Sendable {
  /// Numbers: key frames that blend, expressions.
  case number
  case numbers
  /// Numbers of any count; no expressions.
  case list
  /// Switches: held keys, expressions.
  case switched
  /// Held keys.
  case held
  /// Key frames that blend where they have the same parts, else held.
  case structured
}

/// What is wrong with a literal.
package struct ValueProblem: Error, Sendable {
  /// A part of it, from outside inwards.
  package enum Step: Hashable, Sendable {
    case index(Int)
    case name(String)
  }
  package var steps: [Step]
  /// What is wrong; nil says what was found in place of what was expected.
  package var message: String?
  package var expected: String?
  /// A word that is unknown, and those that are known.
  package var word: (found: String, known: [String])?

  package init(
    _ steps: [Step] = [], _ message: String? = nil, expected: String? = nil,
    word: (found: String, known: [String])? = nil
  ) {
    self.steps = steps
    self.message = message
    self.expected = expected
    self.word = word
  }
}

extension ValueType {
  package var title: String { name }
  package func problem(_ data: ValueData) -> ValueProblem? { nil }
  package var components: ValueComponents { .none }
  package var animation: ValueAnimation { .held }
  package var isRanged: Bool { false }
  package func scaled(_ data: ValueData, by factor: Double) -> ValueData {
    data.mapNumbers { $0 * factor }
  }
  package func filled(with number: Double) -> ValueData? { nil }
  package func written(_ data: ValueData) -> JSONValue { JSONValue(data: data) }
  package var holdsObjects: Bool { false }
  /// Whether its parts say themselves what measures pixels.
  package var holdsRecords: Bool { self is RecordType || self is RecordsType }
  package func isLiteral(keys: [String]) -> Bool { false }

  /// Whether an expression, which gives one number, can be such a value.
  package var takesExpressions: Bool {
    switch animation {
    case .number, .switched: true
    case .numbers: fitted(.number(0)) != nil
    case .list, .held, .structured: false
    }
  }

  /// The first element that is not what it should be.
  func problem(_ data: ValueData, elements what: String, _ isRight: (ValueData) -> Bool)
    -> ValueProblem?
  {
    guard case .array(let parts) = data, let wrong = parts.firstIndex(where: { !isRight($0) })
    else { return nil }
    return ValueProblem([.index(wrong)], expected: what)
  }
}

extension ValueData {
  package var isNumber: Bool { if case .number = self { true } else { false } }
  package var isString: Bool { if case .string = self { true } else { false } }
  package var isArray: Bool { if case .array = self { true } else { false } }
}
