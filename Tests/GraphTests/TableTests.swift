import BipackPixels
import Testing

@testable import BipackGraph

/// A document with a table.
private func document(_ nodes: String, table: String, _ more: String = "") -> String {
  document(nodes, "\"table\": \(table), \(more)")
}

private let plate = #""p": {"type": "Plate"}"#

@Suite("The table") struct TableTests {
  // MARK: Help

  private func messages(_ result: CheckResult, in folder: String = "") -> [String] {
    result.diagnostics.map { $0.description.replacing(folder + "/", with: "") }
  }

  /// The comps of a document with literal rows.
  private func comps(
    _ nodes: String, table: String, _ more: String = "", _ options: LoadOptions = LoadOptions()
  ) throws -> [Comp] {
    let result = check(document(nodes, table: table, more), options)
    if result.rows.isEmpty { throw DocumentError(result.diagnostics) }
    return result.rows
  }

  private func checked(
    _ text: String, files: [String: String], _ options: LoadOptions = LoadOptions()
  ) throws -> (rows: [Comp], messages: [String]) {
    let scratch = try ScratchFiles(files.merging(["main.json": text]) { $1 })
    let result = Comp.check(scratch.path + "/main.json", registry: registry, options: options)
    return (result.rows, messages(result, in: scratch.path))
  }

  private func options(rows: String) throws -> LoadOptions {
    var options = LoadOptions()
    options.rows = try RowList(rows)
    return options
  }

  // MARK: Forms

  private static let names = """
    name,gain,filter,passes,on,size
    "Kim, Minji",1.5,box,2,true,"3, 4"
    "O""Neil
    Pat",0.5,gaussian,003,FALSE,"[5, 6]"
    김민지, 2 ,triangle,1,true,7

    """

  private static let nodes = """
    \(plate),
    "s": {"type": "Soften", "source": "p", "size": {"from": "table.size"}, "filter": "${filter}",
          "passes": {"from": "table.passes"}},
    "g": {"type": "Grade", "source": "s", "gain": {"expr": "gain * 2"}, "reverse": {"from": "table.on"}},
    "e": {"type": "Everything", "source": "g", "text": "${row}: ${name}", "texts": ["${name}", "x"],
          "number": {"expr": "row + (on ? 10 : 20)"}},
    "o": {"type": "Out", "source": "e", "path": "out/${row}_${filter}.exr"}
    """

  private func expectNames(_ comps: [Comp], _ sourceOf: Comment = "") throws {
    #expect(comps.map(\.row?.number) == [1, 2, 3])
    #expect(
      comps.compactMap { $0.row?["name"] }
        == [.string("Kim, Minji"), .string("O\"Neil\nPat"), .string("김민지")])
    let soft = try comps.map { try $0.node("s", as: Soften.self) }
    #expect(soft.map(\.size) == [Vec2(3, 4), Vec2(5, 6), Vec2(7, 7)])
    #expect(soft.map(\.filter) == [.box, .gaussian, .triangle])
    #expect(soft.map(\.passes) == [2, 3, 1])
    let grades = try comps.map { try $0.node("g", as: Grade.self) }
    #expect(grades.map(\.gain) == [3, 1, 4])
    #expect(grades.map(\.reverse) == [true, false, true])
    let all = try comps.map { try $0.node("e", as: Everything.self) }
    #expect(all.map(\.text) == ["1: Kim, Minji", "2: O\"Neil\nPat", "3: 김민지"])
    #expect(all.map(\.texts.values[0]) == ["Kim, Minji", "O\"Neil\nPat", "김민지"])
    #expect(all.map(\.number) == [11, 22, 13])
    #expect(
      try comps.map { try $0.node("o", as: Out.self).path.text }
        == ["out/1_box.exr", "out/2_gaussian.exr", "out/3_triangle.exr"])
  }

  @Test func columnsAreVariables() throws {
    let (comps, messages) = try checked(
      document(Self.nodes, table: "\"names.csv\""), files: ["names.csv": Self.names])
    #expect(messages == [])
    try expectNames(comps)
    #expect(comps.allSatisfy { $0.row?.file?.hasSuffix("names.csv") == true })
  }

  private static let rows = #"""
    [{"name": "Kim, Minji", "gain": 1.5, "filter": "box", "passes": 2, "on": true, "size": [3, 4]},
     {"gain": 0.5, "name": "O\"Neil\nPat", "filter": "gaussian", "passes": 3, "on": false, "size": [5, 6]},
     {"name": "김민지", "gain": 2, "filter": "triangle", "passes": 1, "on": true, "size": 7}]
    """#

  @Test func rowsStandInTheDocument() throws {
    try expectNames(try comps(Self.nodes, table: Self.rows))
    let lists = #"""
      {"columns": ["name", "gain", "filter", "passes", "on", "size"], "rows": [
        ["Kim, Minji", 1.5, "box", 2, true, [3, 4]], ["O\"Neil\nPat", 0.5, "gaussian", 3, false, [5, 6]],
        ["김민지", 2, "triangle", 1, true, 7]]}
      """#
    try expectNames(try comps(Self.nodes, table: lists))
  }

  @Test func rowsStandInAJSONFile() throws {
    let files = [
      "names.json": Self.rows,
      "both.json": "{\"values\": {\"names\": \(Self.rows), \"other\": [{\"a\": 1}]}}",
    ]
    for table in [
      "\"names.json\"", "{\"file\": \"names.json\"}",
      "{\"file\": \"both.json\", \"value\": \"names\"}",
    ] {
      let (comps, messages) = try checked(document(Self.nodes, table: table), files: files)
      #expect(messages == [])
      try expectNames(comps)
    }
  }

  @Test func separatorsAndNamesOfFiles() throws {
    let other = Self.names.replacing("\"3, 4\"", with: "3 4").replacing("\"[5, 6]\"", with: "5 6")
      .replacing("\"Kim, Minji\"", with: "Kim; Minji").replacing(",", with: "\t")
    let nodes = Self.nodes.replacing("${name}", with: "${gain}")
    let (comps, messages) = try checked(
      document(nodes, table: #""${list}.tsv""#, #""variables": {"list": "none"},"#),
      files: ["names.tsv": other], LoadOptions(variables: [("list", "names")]))
    #expect(messages == [])
    #expect(
      try comps.map { try $0.node("s", as: Soften.self).size } == [
        Vec2(3, 4), Vec2(5, 6), Vec2(7, 7),
      ])
    let (semi, _) = try checked(
      document(
        #"\#(plate), "e": {"type": "Everything", "source": "p", "text": "${a}"}"#,
        table: #"{"file": "a.csv", "separator": ";"}"#),
      files: ["a.csv": "a;b\n1,5;2\n"])
    #expect(try semi.map { try $0.node("e", as: Everything.self).text } == ["1,5"])
  }

  /// Nothing in a cell stands for anything else.
  @Test func cellsAreTakenAsTheyAre() throws {
    let (comps, messages) = try checked(
      document(
        #"""
        \#(plate), "e": {"type": "Everything", "source": "p", "text": "${No.} ${First Name}"},
        "f": {"type": "Everything", "source": "p", "text": {"from": "table.No."}}
        """#, table: "\"a.csv\""),
      files: ["a.csv": "No., First Name ,\n${x},007,\n$${,\"{ \"\"expr\"\": \"\"1\"\" }\",\n"])
    #expect(messages == [])
    #expect(
      try comps.map { try $0.node("e", as: Everything.self).text }
        == ["${x} 007", "$${ { \"expr\": \"1\" }"])
    #expect(try comps.map { try $0.node("f", as: Everything.self).text } == ["${x}", "$${"])
  }

  @Test func groupsTakeCells() throws {
    let groups = #"""
      "groups": {"Title": {
        "inputs": {"source": "It."}, "params": {"size": {"bind": "s.size"}, "amount": {"default": 1}},
        "nodes": {"s": {"type": "Soften", "source": "source"},
                  "g": {"type": "Grade", "source": "s", "gain": {"expr": "amount + size.x + extra"}}},
        "output": "g"}},
      """#
    let comps = try comps(
      #"""
      \#(plate), "t": {"type": "Title", "source": "p", "size": {"from": "table.size"},
        "amount": {"expr": "row / 10"}, "mix": {"from": "table.extra"}}
      """#,
      table: #"[{"size": [1, 2], "extra": 0.5}, {"size": [2, 3], "extra": 0.25}]"#, groups)
    #expect(
      try comps.map { try $0.node("t.s", as: Soften.self).size } == [Vec2(1, 2), Vec2(2, 3)])
    #expect(try comps.map { try $0.node("t.g", as: Grade.self).gain } == [1.6, 2.45])
    #expect(try comps.map { try $0.resolved("t").mix } == [0.5, 0.25])
  }

  // MARK: What rows share

  @Test func onlyWhatTakesCellsIsMadeAnew() throws {
    let comps = try comps(
      #"""
      \#(plate), "still": {"type": "Grade", "source": "p", "gain": 2},
      "keyed": {"type": "Grade", "source": "p", "gain": {"keys": [[1, 0], [2, 1]]}},
      "g": {"type": "Grade", "source": "still", "gain": {"from": "table.gain"}}
      """#, table: #"[{"gain": 1}, {"gain": 2}, {"gain": 1}]"#)
    for (a, b) in zip(comps, comps.dropFirst()) {
      for name in ["p", "still", "keyed"] {
        let (one, two) = (try #require(a.id(of: name)), try #require(b.id(of: name)))
        #expect(a.nodes[one] === b.nodes[two], "\(name)")
      }
      #expect(a.nodes[3] !== b.nodes[3])
      #expect(try a.resolved("g").hash != b.resolved("g").hash)
    }
    #expect(try comps[0].resolved("g").hash == comps[2].resolved("g").hash)
  }

  @Test func tenThousandRowsAreCheckedInASecondOrTwo() throws {
    let rows = (1...10_000).map { #"{"gain": \#($0 % 4), "name": "n\#($0)"}"# }
    var nodes = plate + (0..<60).map { #", "n\#($0)": {"type": "Grade", "source": "p"}"# }.joined()
    nodes += #", "g": {"type": "Grade", "source": "p", "gain": {"from": "table.gain"}}"#
    let clock = ContinuousClock.now
    let comps = try comps(nodes, table: "[\(rows.joined(separator: ","))]")
    #expect(comps.count == 10_000)
    #expect(try comps[9_998].node("g", as: Grade.self).gain == 3)
    #expect(ContinuousClock.now - clock < .seconds(20))
  }

  // MARK: Rows

  @Test(arguments: [
    ("3", [3]), ("1-2", [1, 2]), ("2-", [2, 3]), ("3,1", [3, 1]), ("1, 1-2", [1, 2]),
    ("name=b", [2]), ("name=a, b", [3]), ("n=7", [1, 3]),
  ])
  func rowsAreNamed(_ list: String, _ numbers: [Int]) throws {
    let comps = try comps(
      plate, table: #"[{"name": "a", "n": 7}, {"name": "b", "n": 8}, {"name": "a, b", "n": 7}]"#,
      "", options(rows: list))
    #expect(comps.map(\.row?.number) == numbers)
  }

  @Test(arguments: ["", "0", "a", "2-1", "1,,2", "-1", "=a", "1-2-3", "99999999999"])
  func noRowsAreNamed(_ list: String) {
    #expect(throws: RowListError.self) { try RowList(list) }
  }

  @Test(arguments: [
    ("4", "--rows 4:1:1: error: there is no row 4: the table has 2"),
    ("1-3", "--rows 1-3:1:1: error: there is no row 3: the table has 2"),
    ("nam=a", "--rows nam=a:1:1: error: the table has no column 'nam'; did you mean 'name'?"),
    ("name=c", #"--rows name=c:1:1: error: no row has "c" under 'name'"#),
  ])
  func rowsThatAreNotThere(_ list: String, _ message: String) throws {
    let text = document(plate, table: #"[{"name": "a"}, {"name": "b"}]"#)
    #expect(try messages(check(text, options(rows: list))) == [message])
  }

  @Test func rowsNeedATable() throws {
    #expect(
      try messages(check(document(plate), options(rows: "1")))
        == ["--rows 1:1:1: error: the document has no table to take rows of"])
  }

  /// A mistake in another row does not keep a row from being made.
  @Test func onlyRowsThatAreAskedForAreChecked() throws {
    let nodes = #"\#(plate), "g": {"type": "Grade", "source": "p", "gain": {"from": "table.gain"}}"#
    let table = #"[{"gain": 1}, {"gain": 9}]"#
    #expect(check(document(nodes, table: table)).rows.isEmpty)
    #expect(try comps(nodes, table: table, "", options(rows: "1")).count == 1)
  }

  @Test func aVariableReplacesAColumn() throws {
    let nodes = #"""
      \#(plate), "g": {"type": "Grade", "source": "p", "gain": {"from": "table.gain"}},
      "e": {"type": "Everything", "source": "p", "text": "${name}"}
      """#
    let table = #"[{"gain": 1, "name": "a"}, {"gain": 2, "name": "b"}]"#
    let comps = try comps(
      nodes, table: table, "", LoadOptions(variables: [("gain", "3"), ("name", "김, 7")]))
    #expect(try comps.map { try $0.node("g", as: Grade.self).gain } == [3, 3])
    #expect(try comps.map { try $0.node("e", as: Everything.self).text } == ["김, 7", "김, 7"])
    #expect(comps[1].row?["name"] == .string("김, 7"))
    #expect(
      messages(
        check(document(nodes, table: table), LoadOptions(variables: [("gain", "x")])))
        == [
          #"--var gain=x:1:1: error: nodes.g.gain: found "x"; expected a number or an array of 3 or 4 numbers"#
        ])
    let set = try self.comps(
      nodes, table: table, "", LoadOptions(overrides: [("g.gain", "4")]))
    #expect(try set.map { try $0.node("g", as: Grade.self).gain } == [4, 4])
  }

  // MARK: Mistakes

  /// Documents, their tables and every word said about them.
  @Test(arguments: [
    (
      "a cell of the wrong type, through a link, an expression and a text",
      #"""
      \#(plate), "s": {"type": "Soften", "source": "p", "size": {"from": "table.size"}, "filter": "${filter}"},
      "g": {"type": "Grade", "source": "s", "gain": {"expr": "gain * 2"}}
      """#,
      "name,size,filter,gain\nKim,big,box,1\n김민지,2,bx,1\nPark,\"1, 2, 3\",box,\nLee,2000,box,3\n",
      [
        #"main.json:2:116: error: nodes.s.filter: "bx" is not among the choices (row 2: 'filter' is "bx"); expected one of box, gaussian, triangle; did you mean 'box'?"#,
        #"main.json:3:56: error: nodes.g.gain: 6 is outside the range: 0 to 4 (row 4: 'gain' is "3")"#,
        #"names.csv:2:5: error: nodes.s.size: found "big" (row 1: 'size' is "big"); expected a number or an array of 2 numbers"#,
        #"names.csv:4:6: error: nodes.s.size: found 3 numbers (row 3: 'size' is "1, 2, 3"); expected a number or an array of 2 numbers"#,
        #"names.csv:4:20: error: nodes.g.gain.expr: found "" (row 3: 'gain' is ""); expected a number, true or false"#,
        #"names.csv:5:5: error: nodes.s.size: 2000 is outside the range: 0 to 1000 (row 4: 'size' is "2000")"#,
      ]
    ),
    (
      "what is wrong in every row is no row's fault",
      #"\#(plate), "g": {"type": "Grade", "source": "p", "gain": {"expr": "gain +"}}"#,
      "gain\n1\n2\n",
      [
        #"main.json:2:97: error: nodes.g.gain.expr: found 'the end' in the expression where a number, a name or '(' should be"#
      ]
    ),
    (
      "columns that are not there",
      #"""
      \#(plate), "e": {"type": "Everything", "source": "p", "text": "${nam}", "number": {"expr": "siz"},
        "matrix": {"from": "table.sizes"}}
      """#,
      "name,size\na,1\n",
      [
        "main.json:2:86: error: nodes.e.text: no variable is called 'nam'; did you mean 'name'?",
        "main.json:2:116: error: nodes.e.number.expr: 'siz' is no variable, no parameter and nothing built in; did you mean 'sin'?",
        "main.json:3:22: error: nodes.e.matrix.from: the table has no column 'sizes'; expected one of name, row, size; did you mean 'size'?",
      ]
    ),
    (
      "the wrong form for the place",
      #"""
      \#(plate), "e": {"type": "Everything", "source": "p", "text": "${table.name}",
        "number": {"expr": "table.size"}, "matrix": {"from": "table.size", "at": 1}}
      """#,
      "name,size\na,1\n",
      [
        "main.json:2:86: error: nodes.e.text: in a text a column is a variable: ${name}",
        "main.json:3:23: error: nodes.e.number.expr: in an expression a column is a variable: size",
        "main.json:3:56: error: nodes.e.matrix.from: a cell is the same at every frame: it takes no 'at' and no 'offset'",
      ]
    ),
    (
      "names that mean two things",
      #"""
      \#(plate), "table": {"type": "Grade", "source": "p", "gain": {"expr": "first"}},
      "e": {"type": "Everything", "source": "p", "text": "${first}"}
      """#,
      "first,last\nAda,Lovelace\n",
      [
        "main.json:2:35: error: nodes.table: in a document with a table, 'table' is the table: choose another name for the node",
        "main.json:2:95: error: nodes.table.gain.expr: 'first' means something in expressions, and is a column of the table; give the column another name, or take it whole with { \"from\": \"table.first\" }",
      ]
    ),
    (
      "columns that cannot be told apart",
      #"\#(plate), "e": {"type": "Everything", "source": "p", "text": "${name}"}"#,
      "name,name,row,,proxy\n1,2,3,4,5\n",
      [
        "names.csv:1:6: error: table: the column 'name' is there already",
        "names.csv:1:11: error: table: a column cannot be called 'row': ${row} already means something",
        "names.csv:1:15: error: table: a column without a name has cells in it; the first row names the columns",
        "names.csv:1:16: error: table: a column cannot be called 'proxy': ${proxy} already means something",
      ]
    ),
    (
      "cells in names of files that are written",
      #"\#(plate), "o": {"type": "Out", "source": "p", "path": "out/${name}.exr"}"#,
      "name\nAC/DC\nKim #2\n\"two\nlines\"\n..\n\"Kim, Minji\"\n100%\n",
      [
        "names.csv:2:1: error: nodes.o.path: the cell holds '/', which cannot be in the name of a file that is written; use ${row}, or a column for file names (row 1: 'name' is \"AC/DC\")",
        "names.csv:3:1: error: nodes.o.path: the cell holds '#', which cannot be in the name of a file that is written; use ${row}, or a column for file names (row 2: 'name' is \"Kim #2\")",
        "names.csv:4:1: error: nodes.o.path: the cell holds a line break or another control character, which cannot be in the name of a file that is written; use ${row}, or a column for file names (row 3: 'name' is \"two\nlines\")",
        "names.csv:6:1: error: nodes.o.path: the cell holds '..', which cannot be in the name of a file that is written; use ${row}, or a column for file names (row 4: 'name' is \"..\")",
      ]
    ),
    (
      "a broken table causes no further errors",
      #"\#(plate), "e": {"type": "Everything", "source": "p", "text": "${name}", "number": {"expr": "size"}, "matrix": {"from": "table.m"}}"#,
      "name;size\na;1\n",
      [
        "names.csv:1:1: error: table: 'name;size' is one column; if ; is what separates them, write \"table\": { \"file\": ..., \"separator\": \";\" }"
      ]
    ),
    (
      "no rows", plate, "name,size\n",
      ["names.csv:1:1: error: table: the table has no rows"]
    ),
    (
      "an empty file", plate, "\n",
      ["names.csv:1:1: error: table: the file is empty"]
    ),
  ])
  func saysExactlyThis(_ title: String, _ nodes: String, _ csv: String, _ expected: [String]) throws
  {
    let (rows, messages) = try checked(
      document(nodes, table: "\"names.csv\""), files: ["names.csv": csv])
    #expect(messages == expected, "\(title)")
    #expect(rows.isEmpty)
  }

  @Test(arguments: [
    (
      "7",
      "found 7; expected a file, \"names.csv\" or { \"file\": \"names.csv\" }, or rows [{ \"column\": cell, ... }, ...]"
    ),
    (#"[{"a": 1}, {"b": 1}]"#, "[1]: the row has no 'a'; expected the columns of the first row: a"),
    (
      #"[{"a": 1}, {"a": {}}]"#,
      "[1].a: found an object; expected a number, a text, true, false or a list of numbers"
    ),
    (#"[{"a": null}]"#, #"null in a table; leave a text empty, "", where there is nothing to say"#),
    (#"{"columns": ["a"], "rows": [[1], [1, 2]]}"#, ".rows[1]: the row has 2 cells, the header 1"),
    (#""none.csv""#, "cannot read the table 'none.csv': No such file or directory"),
    (
      #""names.txt""#,
      "cannot read the table 'names.txt': a table is a file called .csv, .tsv or .json"
    ),
    (#"{"file": "names.csv", "value": "a"}"#, "'value' is for tables in JSON files"),
    (
      #"{"file": "names.csv", "separator": "x"}"#,
      #".separator: found "x"; expected ",", ";", "|" or a tab, "\t""#
    ),
  ])
  func badTables(_ table: String, _ message: String) throws {
    let (_, messages) = try checked(document(plate, table: table), files: ["names.csv": "a\n1\n"])
    #expect(messages.count == 1)
    let text = messages.first?.split(separator: ": error: table").last.map(String.init) ?? ""
    #expect((text.hasPrefix(": ") ? String(text.dropFirst(2)) : text) == message)
  }

  @Test func variablesAndColumnsAreTwoThings() throws {
    let more = #""variables": {"name": "x", "row": 1},"#
    let result = check(
      document(
        #"\#(plate), "e": {"type": "Everything", "source": "p", "text": "${name}"}"#,
        table: #"[{"name": "a"}]"#, more))
    #expect(
      result.errors.map(\.text) == [
        "variables.name: 'name' is a column of the table too; give one of them another name",
        "variables.row: 'row' is the number of the table's row; choose another name",
      ])
  }

  /// Of thousands of mistakes the first hundred are listed.
  @Test func manyMistakesAreCounted() throws {
    let rows = (1...500).map { "n\($0)\n" }.joined()
    let (_, messages) = try checked(
      document(
        #"\#(plate), "g": {"type": "Grade", "source": "p", "gain": {"from": "table.a"}}"#,
        table: "\"names.csv\""), files: ["names.csv": "a\n" + rows])
    #expect(messages.count == 101)
    #expect(messages.last?.hasSuffix("table: 400 more mistakes in other rows") == true)
  }

  /// A table is a file called so, also behind a link: a document from elsewhere shows no other file.
  @Test func aLinkMakesNoTable() throws {
    let scratch = try ScratchFiles(["main.json": document(plate, table: "\"evil.csv\"")])
    scratch.link("evil.csv", to: "/etc/passwd")
    let result = Comp.check(scratch.path + "/main.json", registry: registry)
    #expect(result.errors.map(\.message).first?.hasSuffix("called .csv, .tsv or .json") == true)
    var closed = LoadOptions()
    closed.readsGroupFiles = false
    try scratch.write("a\n1\n", "good.csv")
    try scratch.write(document(plate, table: "\"good.csv\""), "main.json")
    #expect(Comp.check(scratch.path + "/main.json", registry: registry).errors.isEmpty)
    #expect(
      Comp.check(scratch.path + "/main.json", registry: registry, options: closed).errors.count == 1
    )
  }

  @Test func otherJSONFilesAreNotShown() throws {
    let elsewhere = try ScratchFiles(["secret.json": #"{"password": "xyzzy"}"#])
    let scratch = try ScratchFiles([
      "main.json": document(plate, table: "\"\(elsewhere.path)/secret.json\"")
    ])
    let result = Comp.check(scratch.path + "/main.json", registry: registry)
    #expect(result.errors.count == 1 && result.errors[0].message.contains("holds no table"))
    #expect(!result.errors.contains { $0.description.contains("xyzzy") })
  }

  @Test func tablesHaveALimit() throws {
    var options = LoadOptions()
    options.limits.rows = 2
    let text = document(plate, table: #"[{"a": 1}, {"a": 2}, {"a": 3}]"#)
    #expect(
      messages(check(text, options)).first?.hasSuffix("the table has more than 2 rows")
        == true)
    let (_, csv) = try checked(
      document(plate, table: "\"a.csv\""), files: ["a.csv": "a\n1\n2\n3\n"], options)
    #expect(csv == ["a.csv:4:1: error: table: the table has more than 2 rows"])
  }
}
