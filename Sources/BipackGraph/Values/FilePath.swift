/// A file name as written in the document.
public struct FilePath: Value, Hashable, ExpressibleByStringLiteral {
  public var text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }

  /// The name with `%V` replaced by a view, `%v` by its first letter.
  package func text(ofView view: String) -> String {
    text.replacing("%V", with: view).replacing("%v", with: String(view.prefix(1)))
  }

  public static var kind: ValueKind { .file }
  public init?(_ data: ValueData) {
    guard case .string(let value) = data else { return nil }
    text = value
  }
  public var data: ValueData { .string(text) }
}

extension ValueKind {
  /// A file name, relative to the document.
  public static let file = ValueKind(FileNameType())
}

private struct FileNameType: ValueType {
  let name = "file"

  func shape(_ bounds: String) -> String { "a file name" }
  func schema(_ number: JSONValue) -> [JSONValue] { [["type": "string"]] }
  func fitted(_ data: ValueData) -> ValueData? { data.isString ? data : nil }
}
