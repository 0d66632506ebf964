extension Double: ParamValue {
  public static var kind: ParamKind { .number }
  public init?(_ data: ParamData) {
    guard case .number(let value) = data else { return nil }
    self = value
  }
  public var data: ParamData { .number(self) }
}

extension Int: ParamValue {
  public static var kind: ParamKind { .integer }
  public init?(_ data: ParamData) {
    guard case .number(let value) = data, let whole = Int(exactly: value) else { return nil }
    self = whole
  }
  public var data: ParamData { .number(Double(self)) }
}

extension Bool: ParamValue {
  public static var kind: ParamKind { .bool }
  public init?(_ data: ParamData) {
    guard case .bool(let value) = data else { return nil }
    self = value
  }
  public var data: ParamData { .bool(self) }
}

extension String: ParamValue {
  public static var kind: ParamKind { .string }
  public init?(_ data: ParamData) {
    guard case .string(let value) = data else { return nil }
    self = value
  }
  public var data: ParamData { .string(self) }
}

/// One of a few words: `enum Operation: String, ParamChoice { case over, under }`. The words are the
/// raw values.
public protocol ParamChoice: ParamValue, CaseIterable, RawRepresentable where RawValue == String {}

extension ParamChoice {
  public static var kind: ParamKind { .choice(allCases.map(\.rawValue)) }
  public init?(_ data: ParamData) {
    guard case .string(let word) = data else { return nil }
    self.init(rawValue: word)
  }
  public var data: ParamData { .string(rawValue) }
}

/// A file name as written in the document.
public struct FilePath: ParamValue, Hashable, ExpressibleByStringLiteral {
  public var text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }

  /// The name with `%V` replaced by a view, `%v` by its first letter.
  package func text(ofView view: String) -> String {
    text.replacing("%V", with: view).replacing("%v", with: String(view.prefix(1)))
  }

  public static var kind: ParamKind { .path }
  public init?(_ data: ParamData) {
    guard case .string(let value) = data else { return nil }
    text = value
  }
  public var data: ParamData { .string(text) }
}
