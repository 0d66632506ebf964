/// The document's table as it is written: every cell with its place.
struct DocumentTable {
  /// What stands for a column in a row.
  struct Cell {
    var value: JSONValue
    var file: SourceFile
    /// Whether it is a text that a number may be read from: CSV knows nothing else.
    var isText: Bool
  }

  /// The file that holds it: its own, or the document.
  let file: SourceFile
  let isDocument: Bool
  let isText: Bool
  let columns: [String]
  /// Where the columns are named.
  let starts: [Int]
  let rows: [[JSONValue]]

  /// The cells of a row by column; under `row` its number.
  func cells(_ index: Int) -> [String: Cell] {
    var cells = [
      "row": Cell(value: JSONValue(integerLiteral: index + 1), file: file, isText: false)
    ]
    for (column, value) in zip(columns, rows[index]) {
      cells[column] = Cell(value: value, file: file, isText: isText)
    }
    return cells
  }

  /// What stands in a row, for those who are not the checker; `--var` counts.
  func row(_ index: Int, _ cells: [String: Cell]) -> TableRow {
    TableRow(
      number: index + 1, columns: columns,
      cells: columns.map { cells[$0].flatMap { ValueData($0.value) } ?? .string("") },
      file: isDocument ? nil : file.name)
  }
}

extension DocumentTable.Cell {
  /// The cell as a parameter takes it that is no text: a number, true or false, numbers with commas or
  /// blanks between them, JSON; what is none of these is a text.
  var typed: JSONValue {
    guard isText, let whole = value.string else { return value }
    let text = String(whole.trimmingBlanks)
    func at(_ content: JSONValue.Content) -> JSONValue {
      JSONValue(content, start: value.start, end: value.end)
    }
    if let number = Self.number(text[...]) { return at(.number(number, text)) }
    switch text.lowercased() {
    case "true": return at(.bool(true))
    case "false": return at(.bool(false))
    default: break
    }
    if text.hasPrefix("[") || text.hasPrefix("{") {
      let source = SourceText(file: file.name, bytes: Array(text.utf8))
      let (parsed, errors) = JSONParser.parse(source, limits: .untrusted)
      if errors.isEmpty, let parsed { return parsed.placed(value.start) }
    }
    let parts = text.split { $0 == "," || $0 == " " || $0 == "\t" }
    let numbers = parts.compactMap { part in
      Self.number(part).map { at(.number($0, String(part))) }
    }
    return numbers.count == parts.count && parts.count > 1 ? at(.array(numbers)) : value
  }

  /// A decimal number, also with zeros before it.
  private static func number(_ text: Substring) -> Double? {
    let digits = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard digits, let number = Double(text), number.isFinite else { return nil }
    return number
  }
}

extension JSONValue {
  /// The same, every part of it at one place.
  fileprivate func placed(_ start: Int) -> JSONValue {
    switch content {
    case .array(let parts):
      JSONValue(.array(parts.map { $0.placed(start) }), start: start, end: start)
    case .object(let members):
      JSONValue(
        .object(members.map { JSONMember($0.name, start: start, $0.value.placed(start)) }),
        start: start, end: start)
    default: JSONValue(content, start: start, end: start)
    }
  }
}
