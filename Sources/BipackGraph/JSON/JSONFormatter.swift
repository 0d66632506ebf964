/// Writes JSON the one way Bipack's documents are written.
///
/// Two spaces for each level; a node has a line for each parameter; arrays, and objects inside
/// parameters, stay on one line where that fits in 100 columns. The order of keys, the spelling of
/// numbers and all notes are kept. Formatting twice changes nothing.
public enum JSONFormatter {
  /// The text of a document, formatted. Throws what is wrong with its JSON; the document's meaning
  /// is not looked at.
  public static func format(_ text: String, name: String = "document", limits: Limits = .trusted)
    throws(DocumentError) -> String
  {
    let source = SourceText(file: name, bytes: Array(text.utf8))
    let (value, diagnostics) = JSONParser.parse(source, limits: limits)
    guard let value, diagnostics.isEmpty else { throw DocumentError(diagnostics) }
    return write(value)
  }

  /// A value as text, with a line break at the end.
  package static func write(_ value: JSONValue) -> String {
    var writer = Writer()
    writer.write(value, indent: 0, prefix: 0, mayInline: false)
    return writer.text + "\n"
  }

  private struct Writer {
    var text = ""
    private static let width = 100

    /// `prefix` columns are taken on this line already; one more is kept for a comma.
    mutating func write(_ value: JSONValue, indent: Int, prefix: Int, mayInline: Bool) {
      switch value.content {
      case .array(let values):
        if let line = Self.line(value, room: Self.width - prefix - 1) {
          text += line
        } else {
          block("[", "]", values, indent) { writer, value in
            writer.write(value, indent: indent + 2, prefix: indent + 2, mayInline: true)
          }
        }
      case .object(let members):
        if mayInline || members.isEmpty,
          let line = Self.line(value, room: Self.width - prefix - 1)
        {
          text += line
          return
        }
        // What belongs to a node, a group's parameter or the format may stay on its line.
        let isNode = value["type"] != nil
        block("{", "}", members, indent) { writer, member in
          let key = Self.quoted(member.name) + ": "
          writer.text += key
          let isSmall = isNode || mayInline || ["format", "inputs", "params"].contains(member.name)
          writer.write(
            member.value, indent: indent + 2, prefix: indent + 2 + key.unicodeScalars.count,
            mayInline: isSmall && !(member.name == "inputs" || member.name == "params")
              || value.isEntryTable)
        }
      default: text += Self.scalar(value)
      }
    }

    private mutating func block<Element>(
      _ open: String, _ close: String, _ elements: [Element], _ indent: Int,
      _ body: (inout Writer, Element) -> Void
    ) {
      text += open
      for (i, element) in elements.enumerated() {
        text += (i == 0 ? "\n" : ",\n") + String(repeating: " ", count: indent + 2)
        body(&self, element)
      }
      text += "\n" + String(repeating: " ", count: indent) + close
    }

    /// The value on one line, if it is that short.
    private static func line(_ value: JSONValue, room: Int) -> String? {
      var parts = ""
      return append(value, to: &parts, room) ? parts : nil
    }

    private static func append(_ value: JSONValue, to text: inout String, _ room: Int) -> Bool {
      switch value.content {
      case .array(let values):
        text += "["
        for (i, value) in values.enumerated() {
          if i > 0 { text += ", " }
          guard append(value, to: &text, room) else { return false }
        }
        text += "]"
      case .object(let members):
        text += members.isEmpty ? "{" : "{ "
        for (i, member) in members.enumerated() {
          if i > 0 { text += ", " }
          text += quoted(member.name) + ": "
          guard append(member.value, to: &text, room) else { return false }
        }
        text += members.isEmpty ? "}" : " }"
      default: text += scalar(value)
      }
      // Bytes are a quick lower bound's complement: only near the limit are scalars counted.
      return text.utf8.count <= room || text.unicodeScalars.count <= room
    }

    private static func scalar(_ value: JSONValue) -> String {
      switch value.content {
      case .null: "null"
      case .bool(let value): value ? "true" : "false"
      case .number(_, let text): text
      case .string(let text): quoted(text)
      case .array, .object: ""
      }
    }

    static func quoted(_ text: String) -> String {
      var result = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7f:
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
      return result + "\""
    }
  }
}

extension JSONValue {
  /// A table whose entries are small objects: the inputs or exposed parameters of a group.
  fileprivate var isEntryTable: Bool {
    guard let members = object, !members.isEmpty else { return false }
    return members.allSatisfy { member in
      member.value.object != nil && member.value["type"] == nil && member.value["nodes"] == nil
        && (member.value["bind"] != nil || member.value["default"] != nil
          || member.value["help"] != nil)
    }
  }
}
