/// Rows with named columns: names for titles, colours for shots, an edit's events. In the document an
/// array of objects, `[{ "name": "Ada", "role": "Director" }, ...]`, or `{ "columns": ["name", "role"],
/// "rows": [["Ada", "Director"], ...] }`. Cells are numbers, texts, true and false.
public struct Table: Value, Hashable {
  public let columns: [String]
  /// As many cells each as there are columns.
  public let rows: [[ValueData]]

  /// Nil when a row has another count of cells, a cell is no number, text, true or false, or two columns
  /// share a name.
  public init?(columns: [String], rows: [[ValueData]]) {
    guard Set(columns).count == columns.count,
      rows.allSatisfy({ $0.count == columns.count && $0.allSatisfy(Self.isCell) })
    else { return nil }
    self.columns = columns
    self.rows = rows
  }

  private init() { (columns, rows) = ([], []) }
  public static let empty = Table()

  /// The cell of a row under a column; nil where there is none.
  public subscript(row: Int, column: String) -> ValueData? {
    guard rows.indices.contains(row), let place = columns.firstIndex(of: column) else { return nil }
    return rows[row][place]
  }

  fileprivate static func isCell(_ data: ValueData) -> Bool {
    switch data {
    case .number, .string, .bool: true
    case .array, .object: false
    }
  }

  public static var kind: ValueKind { .table }
  public init?(_ data: ValueData) {
    switch data {
    case .array(let objects):
      var columns: [String] = []
      if case .object(let first)? = objects.first { columns = first.map(\.name) }
      let rows = objects.map { row -> [ValueData] in
        guard case .object(let members) = row, members.count == columns.count else { return [] }
        return columns.compactMap { row[$0] }
      }
      self.init(columns: columns, rows: objects.isEmpty ? [] : rows)
    case .object:
      guard case .array(let names)? = data["columns"], case .array(let entries)? = data["rows"]
      else { return nil }
      let rows = entries.map { entry -> [ValueData] in
        if case .array(let cells) = entry { cells } else { [.array([])] }
      }
      self.init(columns: names.compactMap(String.init), rows: rows)
      guard columns.count == names.count else { return nil }
    default: return nil
    }
  }

  public var data: ValueData {
    .object([
      ValueMember("columns", .array(columns.map(ValueData.string))),
      ValueMember("rows", .array(rows.map(ValueData.array))),
    ])
  }
}

extension ValueKind {
  /// Rows with named columns.
  public static let table = ValueKind(TableType())
}

private struct TableType: ValueType {
  let name = "table"

  func shape(_ bounds: String) -> String {
    "rows [{ \"column\": cell, ... }, ...] with the same columns"
  }

  func schema(_ number: JSONValue) -> [JSONValue] {
    let cell: JSONValue = ["type": ["number", "string", "boolean"]]
    return [
      ["type": "array", "items": ["type": "object", "additionalProperties": cell]],
      [
        "type": "object", "required": ["columns", "rows"],
        "properties": [
          "columns": ["type": "array", "items": ["type": "string"], "uniqueItems": true],
          "rows": ["type": "array", "items": ["type": "array", "items": cell]],
        ],
        "additionalProperties": false,
      ],
    ]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    guard case .array(let rows) = data, Table(data) == nil else { return nil }
    let columns: [String]
    if case .object(let first)? = rows.first { columns = first.map(\.name) } else { columns = [] }
    for (i, row) in rows.enumerated() {
      guard case .object(let members) = row else {
        return ValueProblem([.index(i)], expected: "a row { \"column\": cell, ... }")
      }
      if let cell = members.first(where: { !Table.isCell($0.value) }) {
        return ValueProblem(
          [.index(i), .name(cell.name)], expected: "a number, a text, true or false")
      }
      if Set(members.map(\.name)) != Set(columns) {
        return ValueProblem(
          [.index(i)], Messages.unevenColumns(members.map(\.name), columns),
          expected: Messages.columns(columns))
      }
    }
    return nil
  }

  func fitted(_ data: ValueData) -> ValueData? { Table(data)?.data }
  func filled(with number: Double) -> ValueData? { Table.empty.data }
  func scaled(_ data: ValueData, by factor: Double) -> ValueData { data }
  let holdsObjects = true

  func isLiteral(keys: [String]) -> Bool { keys.contains("rows") }
}
