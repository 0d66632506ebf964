/// The document's table: `"table": "names.csv"`. A comp is made for each of its rows, in which the columns are
/// variables.
extension Checker {
  /// Reads the table and takes its first row.
  func readTable(_ value: JSONValue, _ document: SourceFile, _ variables: VariableTable) {
    let scope = Scope(
      file: document, prefix: "", location: "", groups: newTable(), variables: variables,
      instance: nil)
    roots.append(scope)
    let place = Place(file: document, scope: scope, path: "table")
    guard let table = table(value, place), checkColumns(table, variables, place, value),
      let rows = rows(of: table)
    else {
      variables.hasBrokenTable = true
      return
    }
    variables.table = table
    self.rows = rows
    select(row: rows[0], variables)
  }

  /// Puts the cells of a row in the place of the columns.
  func select(row index: Int, _ variables: VariableTable) {
    guard let table = variables.table else { return }
    row = index
    variables.cells = table.cells(index).merging(variables.overriddenCells) { $1 }
  }

  /// `--var` for a column, in every row the same.
  func override(_ column: String, _ file: SourceFile, _ text: String, _ variables: VariableTable) {
    variables.overriddenCells[column] = DocumentTable.Cell(
      value: JSONValue(.string(text), end: text.utf8.count), file: file, isText: true)
    if let row { select(row: row, variables) }
  }

  // MARK: Reading

  private func table(_ value: JSONValue, _ place: Place) -> DocumentTable? {
    if value.string != nil { return file(value, nil, [:], place) }
    guard let file = value["file"] else { return rows(value, place, isDocument: true) }
    guard
      let members = members(
        value, place.file, place.path, known: ["file", "separator", "value"],
        what: Messages.tableShape)
    else { return nil }
    return self.file(file, members["value"], members, place)
  }

  private func file(
    _ value: JSONValue, _ name: JSONMember?, _ members: [String: JSONMember], _ place: Place
  ) -> DocumentTable? {
    guard let written = value.string else {
      report(
        place.file, value.start, place.path, Messages.wrongType(value), expected: "a file name")
      return nil
    }
    guard let text = interpolated(written, value, place) else { return nil }
    let path = PlainPath.join(settings.directory, text)
    func refuse(_ reason: String) -> DocumentTable? {
      report(place.file, value.start, place.path, Messages.cannotReadTable(path, reason))
      return nil
    }
    if let word = PlainPath.shellWord(in: text) { return refuse(Messages.shellWord(word)) }
    guard options.readsGroupFiles else { return refuse(Messages.groupFilesNotAllowed) }
    // A link in the folder does not make a table of just any file.
    guard [path, SourceFile.target(of: path) ?? path].allSatisfy(Self.isTableName) else {
      return refuse(Messages.tableFileName)
    }
    let (bytes, reason) = SourceFile.read(path, limit: limits.bytes, regularOnly: true)
    guard let bytes else { return refuse(reason) }
    let file = SourceFile(name: path, bytes: bytes, directory: PlainPath.folder(of: path))
    guard path.hasSuffix(".json") else {
      if let name { report(place.file, name.start, place.path, Messages.tableOfJSON(name.name)) }
      return csv(file, separator: separator(members["separator"], path, place))
    }
    if let separator = members["separator"] {
      report(place.file, separator.start, place.path, Messages.tableOfCSV("separator"))
    }
    // What lies elsewhere may be any JSON: it is not quoted.
    let before = diagnostics.count
    let inner = Place(file: file, scope: place.scope, path: place.path)
    let table = parse(file).flatMap { entry(of: $0, in: file, name, value, place) }
      .flatMap { rows($0, inner, isDocument: false) }
    if table == nil, SourceFile.lies(path, in: settings.directory) != true {
      diagnostics.removeSubrange(before...)
      return refuse(Messages.noTableInFile)
    }
    return table
  }

  private static func isTableName(_ path: String) -> Bool {
    [".csv", ".tsv", ".json"].contains { path.hasSuffix($0) }
  }

  private func separator(_ member: JSONMember?, _ path: String, _ place: Place) -> UInt8 {
    guard let member else { return UInt8(ascii: path.hasSuffix(".tsv") ? "\t" : ",") }
    let known = [",", ";", "\t", "|"]
    if let text = member.value.string, known.contains(text), let byte = text.utf8.first {
      return byte
    }
    report(
      place.file, member.value.start, Self.join(place.path, "separator"),
      Messages.wrongType(member.value), expected: Messages.separators)
    return UInt8(ascii: ",")
  }

  private func csv(_ file: SourceFile, separator: UInt8) -> DocumentTable? {
    note(order: file.name)
    var (rows, errors) = CSVParser.parse(file.text, separator: separator, limits: limits)
    for error in errors { add(error) }
    guard var header = rows.first else {
      if errors.isEmpty { report(file, 0, "table", Messages.emptyFile) }
      return nil
    }
    if header.count == 1, separator != UInt8(ascii: ";"), header[0].text.contains(";") {
      report(file, header[0].start, "table", Messages.oneColumn(header[0].text))
      return nil
    }
    // Columns without a name and without cells are what spreadsheets leave.
    while let last = header.last, last.text.trimmingBlanks.isEmpty,
      rows.dropFirst().allSatisfy({ $0[header.count - 1].text.isEmpty })
    {
      header.removeLast()
      for index in rows.indices { rows[index].removeLast() }
    }
    return DocumentTable(
      file: file, isDocument: false, isText: true,
      columns: header.map { String($0.text.trimmingBlanks) }, starts: header.map(\.start),
      rows: rows.dropFirst().map { row in
        row.map { JSONValue(.string($0.text), start: $0.start, end: $0.start) }
      })
  }

  /// Rows as JSON: objects with the same keys, or lists under `columns`.
  private func rows(_ value: JSONValue, _ place: Place, isDocument: Bool) -> DocumentTable? {
    guard let data = ValueData(value) else {
      report(place.file, value.start, place.path, Messages.nullCell)
      return nil
    }
    let shape = Shape(kind: .table)
    if let problem = shape.kind.type.problem(data) {
      report(problem, in: value, shape, place)
      return nil
    }
    guard let table = Table(data) else {
      report(
        place.file, value.start, place.path, Messages.wrongType(value),
        expected: Messages.tableShape)
      return nil
    }
    if table.rows.count > limits.rows {
      report(place.file, value.start, place.path, Messages.tooManyRows(limits.rows))
      return nil
    }
    let written = value["rows"]?.array ?? value.array ?? []
    let rows = written.map { row in row.array ?? table.columns.compactMap { row[$0] } }
    let names = value["columns"]?.array?.map(\.start) ?? written.first?.object?.map(\.start) ?? []
    return DocumentTable(
      file: place.file, isDocument: isDocument, isText: false, columns: table.columns,
      starts: names, rows: rows.map { $0.map(\.unescaped) })
  }

  // MARK: Columns and rows

  /// Whether the columns can be told apart, from each other and from variables.
  private func checkColumns(
    _ table: DocumentTable, _ variables: VariableTable, _ place: Place, _ value: JSONValue
  ) -> Bool {
    var known: Set<String> = []
    var isWhole = true
    func fail(_ start: Int, _ message: String) {
      report(table.file, start, "table", message)
      isWhole = false
    }
    let reserved = ["row", "proxy"] + (settings.views.isEmpty ? [] : ["view"])
    for (column, start) in zip(table.columns, table.starts) {
      if column.isEmpty {
        fail(start, Messages.unnamedColumn)
      } else if !known.insert(column).inserted {
        fail(start, Messages.columnTwice(column))
      } else if reserved.contains(column) {
        fail(start, Messages.reservedColumn(column))
      } else if let variable = variables.variables[column] {
        report(
          place.file, variable.start, "variables." + column, Messages.variableAndColumn(column))
      }
    }
    if let variable = variables.variables["row"] {
      report(place.file, variable.start, "variables.row", Messages.variableRow)
    }
    if table.rows.isEmpty, isWhole {
      fail(table.isDocument ? value.start : 0, Messages.tableWithoutRows)
    }
    return isWhole
  }

  /// The rows that are asked for, by their places; nil where there is none.
  private func rows(of table: DocumentTable) -> [Int]? {
    guard let list = options.rows else { return Array(table.rows.indices) }
    var rows: [Int] = []
    var seen: Set<Int> = []
    func take(_ places: some Sequence<Int>) {
      for place in places where seen.insert(place).inserted { rows.append(place) }
    }
    let count = table.rows.count
    let before = diagnostics.count
    for item in list.items {
      switch item {
      case .range(let first, let last):
        if max(first, last ?? first) > count {
          report(rows: list, Messages.noRow(first > count ? first : last ?? first, count))
        } else {
          take((first - 1)..<(last ?? count))
        }
      case .cell(let column, let text):
        guard let place = table.columns.firstIndex(of: column) else {
          report(
            rows: list, Messages.unknownColumn(column), nearest(column, table.columns),
            expected: Messages.oneOf(table.columns))
          continue
        }
        let found = table.rows.indices.filter { Self.text(of: table.rows[$0][place]) == text }
        if found.isEmpty { report(rows: list, Messages.noRow(with: text, under: column)) }
        take(found)
      }
    }
    return diagnostics.count == before ? rows : nil
  }

  /// `--rows` where there is no table.
  func refuseRows() {
    if let list = options.rows { report(rows: list, Messages.rowsWithoutTable) }
  }

  private func report(
    rows list: RowList, _ message: String, _ suggestion: String? = nil, expected: String? = nil
  ) {
    let text = "--rows \(list.description)"
    report(
      SourceFile(name: text, bytes: [], directory: settings.directory), 0, "", message,
      expected: suggestion == nil ? expected : nil, suggestion: suggestion)
  }

  // MARK: Cells

  /// What stands in a cell, as texts have it; nil for lists.
  static func text(of value: JSONValue) -> String? {
    switch value.content {
    case .string(let text), .number(_, let text): text
    case .bool(let value): String(value)
    case .null, .array, .object: nil
    }
  }

  /// The cell of a column in the row that is being compiled; noted as taken.
  func cell(_ name: String, _ variables: VariableTable) -> DocumentTable.Cell? {
    guard let cell = variables.cells[name] else { return nil }
    note(CellRead(column: name, value: cell.value))
    return cell
  }

  /// The column that a link names: `table.color`.
  func column(_ link: String, _ variables: VariableTable) -> String? {
    guard link.hasPrefix("table."), variables.table != nil || variables.hasBrokenTable else {
      return nil
    }
    return String(link.dropFirst("table.".count))
  }

  /// `{ "from": "table.color" }`: a cell as the whole value of a parameter.
  func cell(
    _ column: String, _ shape: Shape, _ time: LinkTime, _ place: Place
  ) throws(LinkProblem) -> ParamSource {
    let variables = place.scope.variables
    if variables.hasBrokenTable { throw LinkProblem() }
    if time != .now { throw LinkProblem(message: Messages.cellAtFrame) }
    guard let cell = cell(column, variables) else {
      throw LinkProblem(
        message: Messages.unknownColumn(column),
        expected: Messages.oneOf(variables.cells.keys.sorted()),
        suggestion: nearest(column, variables.cells.keys))
    }
    var inner = place
    inner.file = cell.file
    let text = cell.value.string.map(ValueData.string)
    let isText = text.flatMap(shape.kind.type.fitted) != nil
    // Nothing in a cell stands for something else.
    guard let data = plain((isText ? cell.value : cell.typed).escaped, shape, inner) else {
      throw LinkProblem()
    }
    return .data(data)
  }
}

extension JSONValue {
  /// Texts as they are read, `$${` for `${`.
  fileprivate var unescaped: JSONValue {
    mapTexts { $0.replacing("$${", with: "${") }
  }

  /// Texts written so that nothing in them is taken for a variable.
  fileprivate var escaped: JSONValue {
    mapTexts { $0.replacing("${", with: "$${") }
  }

  private func mapTexts(_ change: (String) -> String) -> JSONValue {
    var copy = self
    switch content {
    case .string(let text): copy.content = .string(change(text))
    case .array(let parts): copy.content = .array(parts.map { $0.mapTexts(change) })
    case .object(let members):
      copy.content = .object(
        members.map { JSONMember($0.name, start: $0.start, $0.value.mapTexts(change)) })
    case .null, .bool, .number: break
    }
    return copy
  }
}
