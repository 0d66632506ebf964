import Testing

@testable import BipackGraph

@Suite("CSV") struct CSVTests {
  private func parse(_ bytes: [UInt8], _ separator: Character = ",")
    -> (rows: [[String]], messages: [String])
  {
    let source = SourceText(file: "names.csv", bytes: bytes)
    let (rows, diagnostics) = CSVParser.parse(
      source, separator: separator.asciiValue ?? 44, limits: .trusted)
    return (rows.map { $0.map(\.text) }, diagnostics.map(\.description))
  }

  private func parse(_ text: String) -> (rows: [[String]], messages: [String]) {
    parse(Array(text.utf8))
  }

  /// What is read back of a cell that was written by the rules of RFC 4180.
  private static let cells = [
    "Kim", "김민지", "Kim, Minji", "the \"best\" boy", "two\nlines", "", " blanks ", "\"", ",", "\n",
    "a\"\"b", "é, ü, \"漢字\"\nلا", "=1+1", "#", "'",
  ]

  private static func quoted(_ cell: String) -> String {
    cell.contains { ",\"\n".contains($0) } ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
  }

  @Test(arguments: ["\n", "\r\n"], ["", "\u{feff}"])
  func everyCellComesBack(_ lineEnd: String, _ mark: String) {
    let rows = [["name", "role"]] + Self.cells.map { [$0, "role of " + $0] }
    let lines = rows.map { $0.map(Self.quoted).joined(separator: ",") }
    // In a cell the line's end is a line feed, however the file has it.
    let text = mark + lines.joined(separator: "\n").replacing("\n", with: lineEnd)
    for ending in ["", lineEnd, lineEnd + lineEnd + ",\(lineEnd)"] {
      let (found, messages) = parse(text + ending)
      #expect(found == rows)
      #expect(messages.isEmpty, "\(messages)")
    }
  }

  @Test func linesWithoutCellsArePassedOver() {
    #expect(parse("a,b\n\n1,2\n,\n\n3,4").rows == [["a", "b"], ["1", "2"], ["3", "4"]])
    #expect(parse("").rows.isEmpty)
  }

  @Test(arguments: [
    (
      "a,b\n1,\"two\n3,4\n",
      ["names.csv:2:3: error: table: the cell has no closing quote"]
    ),
    (
      "a,b\n1\n2,3\n4,5,6\n김,7,8\n",
      [
        "names.csv:2:1: error: table: the row has 1 cell, the header 2",
        "names.csv:4:5: error: table: the row has 3 cells, the header 2; a cell with a separator in it is quoted",
        "names.csv:5:5: error: table: the row has 3 cells, the header 2; a cell with a separator in it is quoted",
      ]
    ),
    (
      "a,b\nthe \"best,1\n\"x\"y,2\n",
      [
        "names.csv:2:5: error: table: a quote inside a cell that does not begin with one; quote the whole cell and write its quotes twice: \"the \"\"best\"\" boy\"",
        "names.csv:3:4: error: table: after a cell's closing quote comes the separator or the end of the line; quotes inside a cell are written twice",
      ]
    ),
    (
      "a\rb\n",
      [
        "names.csv:1:2: error: table: a carriage return without a line feed; save the file with line feeds, or both"
      ]
    ),
    ("a,b\n1,\0\n", ["names.csv:2:3: error: table: the control character U+0000 in a cell"]),
  ])
  func saysExactlyThis(_ text: String, _ messages: [String]) {
    #expect(parse(text).messages == messages)
  }

  @Test func otherEncodingsAreErrors() {
    #expect(
      parse([0xff, 0xfe, 0x61, 0]).messages
        == [
          "names.csv:1:1: error: the file is UTF-16; save it as UTF-8".replacing(
            "error: ", with: "error: table: ")
        ])
    #expect(
      parse(Array("a,b\n1,".utf8) + [0xb1, 0xe8] + Array("\n".utf8)).messages
        == [
          "names.csv:2:3: error: table: the cell is not valid UTF-8; save the file as UTF-8 (Excel calls it \"CSV UTF-8\")"
        ])
  }

  @Test func otherSeparators() {
    #expect(parse(Array("a;b\n1,5;\"x;y\"".utf8), ";").rows == [["a", "b"], ["1,5", "x;y"]])
    #expect(parse(Array("a\tb\n1\t2".utf8), "\t").rows == [["a", "b"], ["1", "2"]])
  }

  /// Whatever the bytes, reading ends, and what is wrong is said with a place.
  @Test func brokenBytesDoNoHarm() {
    var state: UInt64 = 7
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let whole = Array("name,\"role\"\r\n\"김, \"\"x\"\"\ny\",2\n3,4\n".utf8)
    let odd: [UInt8] = [0, 0x0a, 0x0d, 0x22, 0x2c, 0x41, 0x80, 0xef, 0xff]
    for _ in 0..<5000 {
      var bytes = whole
      for _ in 0...next(4) {
        switch next(3) {
        case 0: bytes[next(bytes.count)] = odd[next(odd.count)]
        case 1: bytes.insert(odd[next(odd.count)], at: next(bytes.count))
        default: bytes.removeLast(next(bytes.count / 2) + 1)
        }
      }
      let (rows, messages) = parse(bytes)
      #expect(messages.allSatisfy { $0.hasPrefix("names.csv:") })
      #expect(rows.allSatisfy { $0.count == rows[0].count })
    }
  }
}
