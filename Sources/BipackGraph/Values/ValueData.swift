import BipackPixels

/// Plain data that values are made from and written as.
public enum ValueData: Hashable, Sendable {
  case number(Double)
  case bool(Bool)
  case string(String)
  case array([ValueData])
  case object([ValueMember])

  /// Numbers in a row.
  public static func vector(_ numbers: [Double]) -> ValueData {
    .array(numbers.map(ValueData.number))
  }
}

/// A name and what stands behind it.
public struct ValueMember: Hashable, Sendable {
  public var name: String
  public var value: ValueData

  public init(_ name: String, _ value: ValueData) {
    self.name = name
    self.value = value
  }
}

extension ValueData {
  /// Whether no number in it is NaN or infinite.
  package var isFinite: Bool { allNumbers.allSatisfy(\.isFinite) }

  /// What JSON says, as documents write values; nil where a null stands in it.
  package init?(_ json: JSONValue) {
    switch json.content {
    case .null: return nil
    case .bool(let value): self = .bool(value)
    case .number(let value, _): self = .number(value)
    case .string(let text): self = .string(text.replacing("$${", with: "${"))
    case .array(let values):
      let parts = values.compactMap { ValueData($0) }
      guard parts.count == values.count else { return nil }
      self = .array(parts)
    case .object(let members):
      let parts = members.compactMap { member in
        ValueData(member.value).map { ValueMember(member.name, $0) }
      }
      guard parts.count == members.count else { return nil }
      self = .object(parts)
    }
  }

  /// The elements when it is an array of numbers.
  public var numbers: [Double]? {
    guard case .array(let elements) = self else { return nil }
    var result: [Double] = []
    for element in elements {
      guard case .number(let value) = element else { return nil }
      result.append(value)
    }
    return result
  }

  /// The number, or the numbers of an array of them; empty for anything else.
  public var components: [Double] {
    if case .number(let value) = self { return [value] }
    return numbers ?? []
  }

  /// What an array holds; a number holds itself.
  public var elements: [ValueData] {
    switch self {
    case .array(let elements): elements
    case .number: [self]
    case .bool, .string, .object: []
    }
  }

  /// What an object has under a name.
  public subscript(name: String) -> ValueData? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// Every number in it, however deep, in order.
  var allNumbers: [Double] {
    var result: [Double] = []
    collectNumbers(&result)
    return result
  }

  private func collectNumbers(_ result: inout [Double]) {
    switch self {
    case .number(let value): result.append(value)
    case .array(let values): for value in values { value.collectNumbers(&result) }
    case .object(let members): for member in members { member.value.collectNumbers(&result) }
    case .bool, .string: break
    }
  }

  /// The same with every number, however deep, replaced.
  func mapNumbers(_ change: (Double) -> Double) -> ValueData {
    switch self {
    case .number(let value): .number(change(value))
    case .array(let values): .array(values.map { $0.mapNumbers(change) })
    case .object(let members):
      .object(members.map { ValueMember($0.name, $0.value.mapNumbers(change)) })
    case .bool, .string: self
    }
  }
}

extension ValueData {
  /// Feeds kind and value, so that `1` and `"1"` and `[1]` differ.
  package func hash(into hasher: inout StableHasher) {
    switch self {
    case .number(let value):
      hasher.combine(1)
      hasher.combine(value)
    case .bool(let value):
      hasher.combine(2)
      hasher.combine(value)
    case .string(let value):
      hasher.combine(3)
      hasher.combine(value)
    case .array(let values):
      hasher.combine(4)
      hasher.combine(values.count)
      for value in values { value.hash(into: &hasher) }
    case .object(let members):
      hasher.combine(5)
      hasher.combine(members.count)
      for member in members {
        hasher.combine(member.name)
        member.value.hash(into: &hasher)
      }
    }
  }
}
