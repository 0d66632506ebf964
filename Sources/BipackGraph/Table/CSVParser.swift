/// Reads CSV as RFC 4180 has it, keeping positions: cells between separators, in quotes where they hold
/// separators, quotes (written twice) or line breaks; every row has as many cells as the first.
///
/// Lines end with a line feed, with a carriage return before it or not; in cells both read as a line feed.
/// Empty lines, and rows that are nothing but separators, as spreadsheets leave them, are passed over. A byte order
/// mark is read past. Everything wrong is reported in one run.
struct CSVParser {
  struct Cell {
    var text: String
    /// Where it begins, at its quote if it has one.
    var start: Int
  }

  private let source: SourceText
  private let separator: UInt8
  private let limits: Limits
  private var position = 0
  private var diagnostics: [Diagnostic] = []

  private static let mostErrors = 50
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// The rows, the first being the header, and everything wrong with the file. Rows with another count of
  /// cells than the header are left out.
  static func parse(_ source: SourceText, separator: UInt8, limits: Limits)
    -> (rows: [[Cell]], diagnostics: [Diagnostic])
  {
    var parser = CSVParser(source, separator, limits)
    let rows = parser.rows()
    return (rows, parser.diagnostics)
  }

  private init(_ source: SourceText, _ separator: UInt8, _ limits: Limits) {
    self.source = source
    self.separator = separator
    self.limits = limits
  }

  private var bytes: [UInt8] { source.bytes }
  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func report(_ offset: Int, _ message: String) {
    let (line, column) = source.position(offset)
    diagnostics.append(
      Diagnostic(file: source.file, line: line, column: column, path: "table", message: message))
  }

  private mutating func rows() -> [[Cell]] {
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      report(0, Messages.utf16)
      return []
    }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    var rows: [[Cell]] = []
    while byte != nil, diagnostics.count < Self.mostErrors {
      guard let row = row() else { return rows }
      if row.allSatisfy(\.text.isEmpty) { continue }
      if let header = rows.first, header.count != row.count {
        if row.count > header.count {
          report(row[header.count].start, Messages.cellsTooMany(row.count, header.count))
        } else {
          report(row[0].start, Messages.raggedRow(row.count, header.count))
        }
        continue
      }
      rows.append(row)
      if rows.count > limits.rows + 1 {
        report(row[0].start, Messages.tooManyRows(limits.rows))
        return rows
      }
    }
    return rows
  }

  /// A row and its line's end; nil where reading cannot go on.
  private mutating func row() -> [Cell]? {
    var row: [Cell] = []
    while true {
      let start = position
      guard let bytes = byte == Self.quote ? quoted() : plain() else { return nil }
      row.append(Cell(text: text(bytes, start), start: start))
      if byte == separator {
        position += 1
        continue
      }
      if byte == Self.carriageReturn { position += 1 }
      if byte == Self.lineFeed { position += 1 }
      return row
    }
  }

  private var atEnd: Bool {
    byte == nil || byte == separator || byte == Self.lineFeed || isLineEnd
  }

  /// Whether a carriage return and a line feed are next.
  private var isLineEnd: Bool {
    byte == Self.carriageReturn && position + 1 < bytes.count
      && bytes[position + 1] == Self.lineFeed
  }

  private mutating func plain() -> [UInt8] {
    let start = position
    while !atEnd {
      if byte == Self.quote { report(position, Messages.quoteInCell) }
      if byte == Self.carriageReturn { report(position, Messages.loneCarriageReturn) }
      position += 1
    }
    return Array(bytes[start..<position])
  }

  private mutating func quoted() -> [UInt8]? {
    let start = position
    var cell: [UInt8] = []
    position += 1
    while let next = byte {
      if next == Self.quote {
        position += 1
        guard byte == Self.quote else {
          if !atEnd {
            report(position, Messages.afterClosingQuote)
            _ = plain()
          }
          return cell
        }
      } else if isLineEnd {
        position += 1
      }
      cell.append(bytes[position])
      position += 1
    }
    report(start, Messages.unclosedCell)
    return nil
  }

  private mutating func text(_ cell: [UInt8], _ start: Int) -> String {
    if cell.count > limits.text { report(start, Messages.textTooLong(cell.count, limits.text)) }
    if let control = cell.first(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }) {
      report(start, Messages.controlInCell(UInt32(control)))
    }
    if let text = String(validating: cell, as: UTF8.self) { return text }
    report(start, Messages.invalidCell)
    return ""
  }
}
