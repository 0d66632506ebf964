/// A row of a document's table: the comp that has it was made for this row.
public struct TableRow: Hashable, Sendable {
  /// From 1.
  public let number: Int
  public let columns: [String]
  /// What stands under each column. Cells of a CSV file are texts.
  public let cells: [ValueData]
  /// The file the table is in; nil where it stands in the document itself.
  public let file: String?

  package init(number: Int, columns: [String], cells: [ValueData], file: String? = nil) {
    self.number = number
    self.columns = columns
    self.cells = cells
    self.file = file
  }

  /// What stands under a column.
  public subscript(column: String) -> ValueData? {
    columns.firstIndex(of: column).map { cells[$0] }
  }

  /// A path with the row's number and cells in it, as `${row}` and `${column}` say; throws where a cell
  /// cannot be in the name of a file.
  package func path(_ text: String) throws(NodeError) -> String {
    var path = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "${"),
      let close = rest[open.upperBound...].firstIndex(of: "}")
    {
      let name = String(rest[open.upperBound..<close])
      path += rest[..<open.lowerBound]
      path += try part(name) ?? String(rest[open.lowerBound...close])
      rest = rest[rest.index(after: close)...]
    }
    return path + rest
  }

  /// What stands for a name in a path; nil where it is no column's.
  private func part(_ name: String) throws(NodeError) -> String? {
    if name == "row" { return String(number) }
    guard let cell = self[name] else { return nil }
    let text = cell.written
    guard let problem = text.map(Self.nameProblem) ?? Messages.listInText else { return text }
    throw NodeError(
      .invalid,
      "row \(number), '\(name)': " + (text == nil ? problem : Messages.cellInFileName(problem)))
  }

  /// Why a cell cannot be part of the name of a file that is written.
  static func nameProblem(_ text: String) -> String? {
    if text.isEmpty { return "nothing" }
    if text == "." || text == ".." { return "'\(text)'" }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      return "a line break or another control character"
    }
    // Folders, and what stands for frames and views.
    return ["/", "#", "@@", "%d", "%0", "%V", "%v"].first(where: text.contains).map { "'\($0)'" }
  }
}

extension ValueData {
  /// A cell in a text; nil for lists.
  fileprivate var written: String? {
    switch self {
    case .string(let text): text
    case .number(let number): Wording.number(number)
    case .bool(let value): String(value)
    case .array, .object: nil
    }
  }
}
