/// A JSON value to print: members keep their order, numbers print exactly.
enum JSONOut {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONOut])
  case object([(String, JSONOut)])

  /// On one line. Numbers JSON cannot write become null.
  var line: String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .double(let value):
      guard value.isFinite else { return "null" }
      return Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let text): return Self.quoted(text)
    case .array(let values): return "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      return "{" + members.map { Self.quoted($0) + ": " + $1.line }.joined(separator: ", ") + "}"
    }
  }

  /// With one member or element a line where they do not fit on one.
  func pretty(indent: String = "", width: Int = 96) -> String {
    let flat = line
    if indent.count + flat.count <= width { return flat }
    let inner = indent + "  "
    switch self {
    case .array(let values):
      let lines = values.map { inner + $0.pretty(indent: inner, width: width) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
    case .object(let members):
      let lines = members.map {
        inner + Self.quoted($0) + ": " + $1.pretty(indent: inner, width: width)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    default: return flat
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension JSONOut: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .int(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
}
