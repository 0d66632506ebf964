import BipackPixels
import Testing

@testable import BipackGraph

private let softenGroup = """
  "groups": {
    "Glow": {
      "inputs": {"source": "The picture.", "matte": {"help": "Where.", "optional": true}},
      "params": {
        "size": {"bind": "blur.size", "help": "Radius.", "range": [0, 50]},
        "strength": {"default": 0.25, "help": "How much."},
        "twice": {"bind": ["blur.passes", "again.passes"], "default": 3}
      },
      "nodes": {
        "blur": {"type": "Soften", "source": "source", "size": 8},
        "again": {"type": "Soften", "source": "blur", "size": {"expr": "blur.size.x / 2"}},
        "lift": {"type": "Grade", "source": "again", "gain": {"expr": "1 + strength"}},
        "join": {"type": "Over", "a": "lift", "b": "source", "matte": "matte"}
      },
      "outputs": {"picture": "join", "halo": "lift"}
    },
    "Double": {
      "inputs": {"source": "The picture."},
      "params": {"amount": {"bind": "second.size", "default": [1, 2]}},
      "nodes": {
        "first": {"type": "Glow", "source": "source"},
        "second": {"type": "Glow", "source": "first"}
      },
      "output": "second"
    }
  },
  """

@Suite struct GroupTests {
  @Test func flattensAndExposes() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "one": {"type": "Glow", "source": "plate"},
      "two": {"type": "Glow", "source": "one.halo", "size": 5, "strength": {"keys": [[1, 1], [3, 3]]},
              "twice": 7, "matte": "plate"},
      "three": {"type": "Double", "source": "two", "amount": {"expr": "two.strength * 10"}},
      "out": {"type": "Out", "source": "three"}
      """, softenGroup)
    #expect(
      comp.nodes.map(\.path) == [
        "plate", "one.blur", "one.again", "one.lift", "one.join", "two.blur", "two.again",
        "two.lift", "two.join", "three.first.blur", "three.first.again", "three.first.lift",
        "three.first.join", "three.second.blur", "three.second.again", "three.second.lift",
        "three.second.join", "out",
      ])
    #expect(comp.nodes[1].inputs == [0])
    #expect(comp.nodes[4].inputs == [3, 0, nil])
    #expect(comp.nodes[5].inputs == [3])
    #expect(comp.nodes[8].inputs == [7, 3, 0])
    #expect(comp.nodes[17].inputs == [16])
    #expect(comp.id(of: "one") == 4)
    #expect(comp.id(of: "one.halo") == 3)
    #expect(comp.id(of: "three") == 16)
    #expect(try comp.node("one.blur", as: Soften.self).size == 8)
    #expect(try comp.node("one.again", as: Soften.self).size == 4)
    #expect(try comp.node("one.blur", as: Soften.self).passes == 3)
    #expect(try comp.node("two.blur", as: Soften.self).size == 5)
    #expect(try comp.node("two.blur", as: Soften.self).passes == 7)
    #expect(try comp.node("one.lift", as: Grade.self).gain == 1.25)
    #expect(try comp.node("two.lift", 2, as: Grade.self).gain == 3)
    #expect(try comp.node("three.second.blur", 2, as: Soften.self).size == 20)
    #expect(try comp.node("three.first.blur", 2, as: Soften.self).size == 8)
  }

  @Test func maskMixAndDisabledActOnTheWhole() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"}, "matte": {"type": "Plate"},
      "one": {"type": "Glow", "source": "plate", "mask": "matte",
              "mix": {"keys": [[1, 0], [11, 1]]}, "disabled": {"keys": [[1, false], [20, true]]}},
      "out": {"type": "Out", "source": "one"}, "halo": {"type": "Out", "source": "one.halo"}
      """, softenGroup)
    let gate = try #require(comp.id(of: "one"))
    #expect(comp.nodes[gate].type is GroupOutput.Type)
    #expect(comp.nodes[gate].path == "one")
    #expect(comp.nodes[gate].inputs == [0, 5])
    #expect(comp.nodes[gate].mask == 1)
    #expect(try comp.resolved("one", 6).mix == 0.5)
    #expect(try comp.resolved("one", 20).isDisabled)
    let halo = try #require(comp.id(of: "one.halo"))
    #expect(comp.nodes[halo].inputs == [0, 4])
    #expect(comp.nodes[try #require(comp.id(of: "out"))].inputs == [gate])
    #expect(comp.nodes[try #require(comp.id(of: "halo"))].inputs == [halo])
  }

  @Test func aDisabledGroupDisablesItsSinks() throws {
    let groups = """
      "groups": {
        "Save": {"inputs": {"source": "In."}, "nodes": {"o": {"type": "Out", "source": "source"}},
                 "output": "o"},
        "Twice": {"inputs": {"source": "In."},
          "nodes": {"s": {"type": "Save", "source": "source", "disabled": {"keys": [[1, false], [9, true]]}},
                    "p": {"type": "Out", "source": "source"}}, "output": "s"}
      },
      """
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "a": {"type": "Save", "source": "plate", "disabled": true},
      "b": {"type": "Twice", "source": "plate"},
      "c": {"type": "Twice", "source": "plate", "disabled": {"keys": [[1, false], [5, true]]}}
      """, groups)
    for (path, off) in [
      ("a.o", [true, true, true]), ("b.s.o", [false, false, true]), ("b.p", [false, false, false]),
      ("c.s.o", [false, true, true]), ("c.p", [false, true, true]),
    ] {
      #expect(try [1, 5, 9].map { try comp.resolved(path, $0).isDisabled } == off, "\(path)")
    }
  }

  @Test func overridesReachInside() throws {
    let comp = try comp(
      "\"plate\": {\"type\": \"Plate\"}, \"one\": {\"type\": \"Glow\", \"source\": \"plate\"}",
      softenGroup,
      LoadOptions(overrides: [("one.size", "9"), ("one.again.filter", "box")]))
    #expect(try comp.node("one.blur", as: Soften.self).size == 9)
    #expect(try comp.node("one.again", as: Soften.self).filter == .box)
  }

  @Test func bindingsReachThroughGroups() throws {
    let groups = """
      "groups": {
        "Inner": {
          "inputs": {"source": "In."},
          "params": {"size": {"bind": "b.size"}, "passes": {"bind": "b.passes"}},
          "nodes": {"b": {"type": "Soften", "source": "source", "size": 8}}, "output": "b"
        },
        "Outer": {
          "inputs": {"source": "In."},
          "params": {"amount": {"bind": "one.size"}, "count": {"bind": ["two.passes"]},
                     "much": {"bind": "g.mix"}},
          "nodes": {
            "one": {"type": "Inner", "source": "source"},
            "two": {"type": "Inner", "source": "one", "passes": 4},
            "g": {"type": "Grade", "source": "two", "gain": {"expr": "amount.x / 4 + count"}}
          },
          "output": "g"
        }
      },
      """
    let comp = try comp(
      """
      "p": {"type": "Plate"},
      "usual": {"type": "Outer", "source": "p"},
      "set": {"type": "Outer", "source": "p", "amount": [4, 2], "count": {"expr": "1.6"},
              "much": {"keys": [[1, 0], [11, 1]]}}
      """, groups,
      LoadOptions(overrides: [("usual.two.size", "3"), ("usual.g.gain", "0.5")]))
    #expect(try comp.node("usual.one.b", as: Soften.self).size == 8)
    #expect(try comp.node("usual.two.b", as: Soften.self).passes == 4)
    #expect(try comp.node("usual.two.b", as: Soften.self).size == 3)
    #expect(try comp.node("usual.g", as: Grade.self).gain == 0.5)
    #expect(try comp.resolved("usual.g").mix == 1)
    #expect(try comp.node("set.one.b", as: Soften.self).size == Vec2(4, 2))
    #expect(try comp.node("set.two.b", as: Soften.self).passes == 2)
    #expect(try comp.node("set.g", as: Grade.self).gain == 3)
    #expect(try comp.resolved("set.g", 6).mix == 0.5)
  }

  // MARK: Groups in files

  /// Writes files into a new directory, checks `main.json` there and removes everything.
  private func check(files: [String: String]) throws -> CheckResult {
    let scratch = try ScratchFiles(files)
    let directory = scratch.path
    let result = Comp.check("\(directory)/main.json", registry: registry)
    return CheckResult(
      rows: result.rows,
      diagnostics: result.diagnostics.map {
        var diagnostic = $0
        diagnostic.file = $0.file.replacing(directory + "/", with: "")
        diagnostic.message = $0.message.replacing(directory + "/", with: "")
        return diagnostic
      })
  }

  @Test func groupInAFile() throws {
    let result = try check(files: [
      "main.json": document(
        """
        "p": {"type": "Plate"},
        "a": {"type": "soften.json", "source": "p"},
        "b": {"type": "soften.json", "source": "a", "amount": 3}
        """, "\"variables\": {\"name\": \"main\"}, \"note\": \"${name}\","),
      "soften.json": """
      {"bipack": 1, "note": "A group.", "help": "Softens twice.", "variables": {"name": "file"},
       "inputs": {"source": "In."}, "params": {"amount": {"bind": ["x.size", "y.size"], "default": 1}},
       "groups": {"Own": {"inputs": {"source": "In."}, "params": {"size": {"bind": "s.size"}},
         "nodes": {"s": {"type": "Soften", "source": "source"}}, "output": "s"}},
       "nodes": {"x": {"type": "Own", "source": "source"}, "y": {"type": "Soften", "source": "x"},
         "t": {"type": "Lookup", "source": "y", "text": "${name}",
               "tags": ["${name}*", "b"]},
         "u": {"type": "Lookup", "source": "t", "tags": "one"}},
       "output": "u"}
      """,
    ])
    #expect(result.errors.map(\.description) == [])
    let comp = try #require(result.comp)
    #expect(
      comp.nodes.map(\.path)
        == ["p", "a.x.s", "a.y", "a.t", "a.u", "b.x.s", "b.y", "b.t", "b.u"])
    #expect(try comp.node("b.x.s", as: Soften.self).size == 3)
    #expect(try comp.node("b.y", as: Soften.self).size == 3)
    #expect(try comp.node("a.t", as: Lookup.self).text == "file")
    #expect(try comp.node("a.t", as: Lookup.self).tags == ["file*", "b"])
    #expect(try comp.node("a.u", as: Lookup.self).tags == ["one"])
  }

  @Test func errorsInGroupFilesNameTheFile() throws {
    let result = try check(files: [
      "main.json": document(
        "\"a\": {\"type\": \"one.json\"},\n\"b\": {\"type\": \"one.json\"},\n"
          + "\"c\": {\"type\": \"gone.json\"}, \"d\": {\"type\": \"torn.json\"}"),
      "one.json": """
      {"bipack": 1, "nodes": {"t": {"type": "two.json"}, "p": {"type": "Plate", "level": 99}},
       "output": "t"}
      """,
      "two.json":
        "{\"bipack\": 1, \"nodes\": {\"o\": {\"type\": \"one.json\"}}, \"output\": \"o\"}",
      "torn.json": "{\"bipack\": 1,",
    ])
    #expect(
      result.diagnostics.map(\.description) == [
        "main.json:4:15: error: nodes.c.type: cannot read the group 'gone.json': No such file or directory",
        "one.json:1:84: error: nodes.p.level: 99 is outside the range: 0 to 10",
        "two.json:1:39: error: nodes.o.type: the group contains itself: "
          + "one.json -> two.json -> one.json",
        "torn.json:1:14: error: the file ends before the closing '}'",
      ])
  }

  /// A document may name any file of the machine as a group.
  @Test func filesElsewhereAreOpenedAndQuotedOnlyIfTheyAreGroups() throws {
    let group = """
      {"bipack": 1, "nodes": {"p": {"type": "Plate"}}, "output": "p"}
      """
    let main = document(
      #""a": {"type": "/etc/passwd"}, "b": {"type": "other/secret.json"}, "#
        + #""c": {"type": "other/keys.json"}, "d": {"type": "other/good.json"}"#)
    let elsewhere = try ScratchFiles(
      ["secret.json": "root:x:0:0", "keys.json": #"{"token": "abc"}"#])
    try elsewhere.write(group, "good.json")
    let home = try ScratchFiles(["main.json": main.replacing("other", with: elsewhere.path)])
    home.link("near.json", to: elsewhere.path + "/secret.json")
    let result = Comp.check(home.path + "/main.json", registry: registry)
    let words = result.errors.map(\.message)
    #expect(words.count == 3, "\(words)")
    #expect(words.allSatisfy { !$0.contains("root") && !$0.contains("token") })
    #expect(words[0].contains("only files whose names end in .json are opened"))
    #expect(words[1].contains("is no group") && words[2].contains("is no group"))
    // A link out of the folder leads elsewhere too.
    try home.write(document(#""a": {"type": "near.json"}"#), "linked.json")
    let linked = Comp.check(home.path + "/linked.json", registry: registry)
    #expect(linked.errors.count == 1 && linked.errors[0].message.contains("is no group"))
  }

  @Test func strangersReadNoFiles() {
    var options = LoadOptions()
    options.readsGroupFiles = false
    let result = GraphTests.check(document("\"a\": {\"type\": \"/etc/group.json\"}"), options)
    #expect(
      result.errors.map(\.text) == [
        "nodes.a.type: cannot read the group '/etc/group.json': "
          + "group files are not allowed for this document"
      ])
  }

  @Test func groupWithoutInputCannotBeDisabled() {
    let result = GraphTests.check(
      document(
        "\"a\": {\"type\": \"G\", \"disabled\": true}",
        "\"groups\": {\"G\": {\"nodes\": {\"p\": {\"type\": \"Plate\"}}, \"output\": \"p\"}},"))
    #expect(
      result.errors.map(\.text) == [
        "nodes.a: 'G' has no input to pass on, so it cannot be disabled"
      ])
  }

  /// Scopes and groups refer to each other; nothing of them may outlive the check.
  @Test func aDocumentIsForgotten() {
    weak var forgotten: SourceFile?
    do {
      let text = document(
        "\"a\": {\"type\": \"Outer\"}",
        """
        "groups": {
          "Inner": {"nodes": {"p": {"type": "Plate"}}, "output": "p"},
          "Outer": {"nodes": {"i": {"type": "Inner"}}, "output": "i"},
          "Unused": {"nodes": {"i": {"type": "Inner"}}, "output": "i"}},
        """)
      let file = SourceFile(name: "g.json", bytes: Array(text.utf8), directory: ".")
      forgotten = file
      let result = Checker(registry: registry, options: LoadOptions()).check(file)
      #expect(result.comp != nil)
    }
    #expect(forgotten == nil)
  }
}
