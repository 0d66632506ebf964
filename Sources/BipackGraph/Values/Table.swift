/// Rows with named columns: names for titles, colours for shots, an edit's events. In the document an
/// array of objects, `[{ "name": "Ada", "role": "Director" }, ...]`, or `{ "columns": ["name", "role"],
/// "rows": [["Ada", "Director"], ...] }`. Cells are numbers, texts, true, false and lists of numbers.
public struct Table: Value, Hashable {
  public let columns: [String]
  /// As many cells each as there are columns.
  public let rows: [[ValueData]]

  /// Nil when a row has another count of cells, a cell is none of those, or two columns share a name.
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
    case .array(let parts): !parts.isEmpty && parts.allSatisfy(\.isNumber)
    case .object: false
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
        if case .array(let cells) = entry { cells } else { [.object([])] }
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
    let cell: JSONValue = [
      "type": ["number", "string", "boolean", "array"], "items": ["type": "number"],
    ]
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

  private static let cellShape = "a number, a text, true, false or a list of numbers"

  func problem(_ data: ValueData) -> ValueProblem? {
    if Table(data) != nil { return nil }
    switch data {
    case .array(let rows): return problem(ofObjects: rows)
    case .object:
      guard case .array(let columns)? = data["columns"], case .array(let rows)? = data["rows"]
      else { return nil }
      return problem(ofLists: rows, columns.count)
    default: return nil
    }
  }

  private func problem(ofLists rows: [ValueData], _ count: Int) -> ValueProblem? {
    for (i, row) in rows.enumerated() {
      guard case .array(let cells) = row else {
        return ValueProblem([.name("rows"), .index(i)], expected: "a row [cell, ...]")
      }
      if let cell = cells.firstIndex(where: { !Table.isCell($0) }) {
        return ValueProblem([.name("rows"), .index(i), .index(cell)], expected: Self.cellShape)
      }
      if cells.count != count {
        return ValueProblem([.name("rows"), .index(i)], Messages.raggedRow(cells.count, count))
      }
    }
    return nil
  }

  private func problem(ofObjects rows: [ValueData]) -> ValueProblem? {
    let columns: [String]
    if case .object(let first)? = rows.first { columns = first.map(\.name) } else { columns = [] }
    for (i, row) in rows.enumerated() {
      guard case .object(let members) = row else {
        return ValueProblem([.index(i)], expected: "a row { \"column\": cell, ... }")
      }
      if let cell = members.first(where: { !Table.isCell($0.value) }) {
        return ValueProblem([.index(i), .name(cell.name)], expected: Self.cellShape)
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
