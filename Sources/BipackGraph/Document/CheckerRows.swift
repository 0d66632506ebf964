/// Making a comp for each row of the table.
///
/// The graph is read and connected once. Of the parameters, those that took no cell in the first row are
/// as they were; the others are compiled again with the cells of each further row. So every cell is
/// checked against what its parameter needs before anything is rendered, and a comp shares with the one
/// before all nodes that no cell goes into.
extension Checker {
  /// The comps of all rows; without a table, the one there is. Reports what is wrong in any row.
  func compileRows(_ variables: VariableTable) -> [Comp] {
    var comps = [assemble(row: currentRow(variables))].compactMap { $0 }
    for index in rows.dropFirst() {
      select(row: index, variables)
      compileParams()
      if let comp = assemble(row: currentRow(variables), like: comps.first) { comps.append(comp) }
    }
    return comps
  }

  /// Parameters, and all that follows from them.
  func compileParams() {
    for draft in shared where draft.cells?.isEmpty != true {
      cellsRead = []
      compile(draft)
      draft.cells = cellsRead
    }
    for draft in drafts where draft.takesCells ?? true {
      draft.takesCells = false
      compile(draft)
      cellsRead = []
      checkConditions(draft)
      if draft.takesCells == true { draft.node = nil }
    }
    cellsRead = []
    followReferences()
    findCycles()
  }

  private func currentRow(_ variables: VariableTable) -> TableRow? {
    guard let row, let table = variables.table else { return nil }
    return table.row(row, variables.cells)
  }

  // MARK: What is said of rows

  /// A column, and what stood under it.
  struct CellRead {
    var column: String
    var value: JSONValue
  }

  /// What is being compiled takes a cell.
  func note(_ read: CellRead) {
    if !cellsRead.contains(where: { $0.column == read.column }) { cellsRead.append(read) }
  }

  /// A row and the cells that went into what is being compiled.
  struct RowNote: Hashable {
    var row: Int
    var cells: [String]
  }

  var rowNote: RowNote? {
    guard let row, !cellsRead.isEmpty else { return nil }
    return RowNote(
      row: row + 1, cells: cellsRead.map { Messages.cell($0.column, $0.value.kindName) })
  }

  /// A diagnostic with the rows it is about: where the same is wrong in every row, it is no row's fault.
  func complete(_ diagnostic: Diagnostic) -> Diagnostic {
    guard let notes = rowNotes[diagnostic], notes.count < rows.count || rows.count == 1 else {
      return diagnostic
    }
    var diagnostic = diagnostic
    diagnostic.message += Messages.inRows(notes.map(\.row), notes[0].cells)
    return diagnostic
  }
}
