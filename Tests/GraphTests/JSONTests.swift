import Testing

@testable import BipackGraph

/// RFC 8259, from both sides.
@Suite struct JSONTests {
  private func parse(_ bytes: [UInt8]) -> (value: JSONValue?, diagnostics: [Diagnostic]) {
    JSONParser.parse(SourceText(file: "x", bytes: bytes), limits: .trusted)
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "12", "-1.5", "1e5", "1E+5", "1.25e-3", "0e0", "0.0",
    "123456789012345678901234567890", "1e-400", "\"\"", "\"a\"", "\"\\u0041\\n\\/\\\\\\\"\"",
    "\"\\ud83d\\ude00\"", "\"\u{7f}\"", "\"\u{2028}\"", "[]", "[ ]", "[1]", "[1,2]", "[[],[[]]]",
    "{}", "{ }", "{\"\":0}", "{\"a\":{\"b\":[1,{}]}}", " \t\r\n1 \t\r\n", "[null,true,\"x\",1]",
    "{\"a\":1,\"A\":2}", "\"\\u0000\"", "[1\n,\n2]",
  ])
  func accepts(_ text: String) throws {
    let (value, diagnostics) = parse(Array(text.utf8))
    #expect(value != nil && diagnostics.isEmpty, "\(text): \(diagnostics)")
    // What was read is written as it was meant.
    let again = parse(Array(JSONFormatter.write(try #require(value)).utf8))
    #expect(again.diagnostics.isEmpty)
    #expect(flat(again.value) == flat(value))
  }

  /// A value as one text, to compare.
  private func flat(_ value: JSONValue?) -> String {
    switch value?.content {
    case nil: "-"
    case .null?: "null"
    case .bool(let value)?: "\(value)"
    case .number(_, let text)?: text
    case .string(let text)?: "s\(text.unicodeScalars.map(\.value))"
    case .array(let values)?: "[" + values.map(flat).joined(separator: ",") + "]"
    case .object(let members)?:
      "{"
        + members.map { "\($0.name.unicodeScalars.map(\.value)):\(flat($0.value))" }
        .joined(separator: ",") + "}"
    }
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "TRUE", "truefalse", "01", "-01", "+1", "-", "--1", "1.", ".1", "1.e1",
    "1e", "1e+", "1e1.5", "0x1", "1_000", "1a", "Infinity", "-Infinity", "NaN", "1e999", "-1e999",
    "\"", "\"a", "'a'", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
    "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"a\tb\"", "\"a\nb\"", "\"\u{1}\"", "[", "]", "[1", "[1,",
    "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1:2]", "[1}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1",
    "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"a\":2}", "{\"a\":1]", "{[]:1}", "1 2", "[] []", "{}{}", "// x\n1", "/* x */ 1",
    "1 #",
    "\u{feff}1", "/", "\u{a0}1", "[1]x", "*", "<html>",
  ])
  func refuses(_ text: String) {
    #expect(!parse(Array(text.utf8)).diagnostics.isEmpty, "\(text)")
  }

  @Test func refusesWhatIsNotUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
    ] {
      #expect(!parse(bytes).diagnostics.isEmpty)
    }
    #expect(!parse([0xff, 0xfe, 0x31, 0x00]).diagnostics.isEmpty)
  }

  @Test func columnsCountScalars() {
    let result = parse(Array("{\n  \"é👍\": 1, \"b\": tru}".utf8))
    #expect(
      result.diagnostics.map(\.description) == [
        "x:2:17: error: b: 'tru' is not a JSON value; a text is in double quotes"
      ])
  }

  @Test func positionsInOneLongLineAreExact() {
    let text =
      String(repeating: "aé€😀\"", count: 300) + "\nzweite ü Zeile"
      + String(repeating: "ß", count: 400)
    let source = SourceText(file: "long", bytes: Array(text.utf8))
    var (offset, line, column) = (0, 1, 1)
    for scalar in text.unicodeScalars {
      #expect(source.position(offset) == (line, column))
      offset += String(scalar).utf8.count
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    #expect(source.position(offset) == (line, column))
  }

  @Test func everyMistakeIsReported() {
    let result = parse(Array("{'a': 01, b: [1,, 2,], \"c\": NaN, \"c\": .5,}".utf8))
    #expect(result.value != nil)
    #expect(
      result.diagnostics.map { "\($0.column) \($0.path)" } == [
        "2 ", "7 a", "11 ", "17 b", "20 b", "29 c", "34 c", "39 c", "41 ",
      ])
  }

  @Test func suggestsTheNearestWord() {
    let words = ["gain", "gamma", "lift", "multiply", "offset"]
    #expect(Spelling.nearest("gian", words) == "gain")
    #expect(Spelling.nearest("Gain", words) == "gain")
    #expect(Spelling.nearest("mult", words) == "multiply")
    #expect(Spelling.nearest("saturation", words) == nil)
    #expect(Spelling.nearest("x", words) == nil)
    #expect(Spelling.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
    #expect(Spelling.distance(Array("ab".utf8), Array("ba".utf8)) == 1)
  }
}
