import BipackPixels

/// What the declarations of node types say, in words: for `bipack nodes` and for Docs/nodes.
package struct NodeReference {
  package let registry: Registry

  package init(_ registry: Registry) { self.registry = registry }

  // MARK: Shelves

  /// The order of the shelves; others follow by name.
  private static let order = [
    "File", "Draw", "Merge", "Deep", "Channel", "Color", "Filter", "Transform", "Time", "Data",
  ]

  /// Node types by category, each shelf by name.
  package func shelves() -> [(category: String, nodes: [NodeDeclaration])] {
    func rank(_ category: String) -> (Int, String) {
      (Self.order.firstIndex(of: category) ?? Self.order.count, category)
    }
    return Dictionary(grouping: registry.declarations, by: \.category)
      .sorted { rank($0.key) < rank($1.key) }
      .map { ($0.key, $0.value.sorted { $0.typeName < $1.typeName }) }
  }

  // MARK: Words

  /// Up to the first full stop that ends a sentence.
  package static func firstSentence(_ text: String) -> String {
    let characters = Array(text)
    for i in characters.indices where characters[i] == "." {
      if i + 1 == characters.count
        || characters[i + 1] == " " && i + 2 < characters.count
          && (characters[i + 2].isUppercase || characters[i + 2] == "`")
      {
        return String(characters[...i])
      }
    }
    return text
  }

  package static func note(_ input: InputDeclaration) -> String {
    guard let list = input.list else {
      return (input.isMatte ? "matte, " : input.kind == .deep ? "deep, " : "")
        + (input.isOptional ? "optional" : "required")
    }
    return "list of \(list.lowerBound) to \(list.upperBound)"
  }

  /// What a node gives, where that is no picture.
  package static func output(_ node: NodeDeclaration) -> String? {
    node.payload == .deep ? "Gives a deep picture." : nil
  }

  package static func note(_ value: ValuePort) -> String {
    value.kind.type.title + (value.isOverFrames ? ", over frames" : "")
  }

  /// What a parameter is for, and beside what it counts.
  package static func help(_ param: ParamDeclaration, of node: NodeDeclaration) -> String {
    help(param.help, param.name, node)
  }

  package static func help(_ input: InputDeclaration, of node: NodeDeclaration) -> String {
    help(input.help, input.name, node)
  }

  private static func help(_ text: String, _ name: String, _ node: NodeDeclaration) -> String {
    let conditions = node.conditions.filter { $0.params.contains(name) }.map(\.words)
    return conditions.isEmpty
      ? text : text + " Used only where " + conditions.joined(separator: " and ") + "."
  }

  /// `number from 0, in pixels, default 1`.
  package static func note(_ param: ParamDeclaration) -> String {
    var text = param.kind.type.title
    switch param.range {
    case .any: break
    case .closed(let range):
      text += " from \(number(range.lowerBound)) to \(number(range.upperBound))"
    case .from(let low): text += " from \(number(low))"
    case .above(let low): text += " above \(number(low))"
    }
    if param.unit != .none { text += ", in \(param.unit.rawValue)" }
    return text + ", default \(spelled(param.defaultValue))"
  }

  /// A default as the document would write it; equal components as one number.
  package static func spelled(_ data: ValueData) -> String {
    switch data {
    case .number(let value): return number(value)
    case .bool(let value): return value ? "true" : "false"
    case .string(let text): return "\"\(text)\""
    case .array(let values):
      if values.count > 1, Set(values).count == 1, let first = values.first {
        return spelled(first)
      }
      return "[" + values.map(spelled).joined(separator: ", ") + "]"
    case .object(let members):
      return "{ " + members.map { "\"\($0.name)\": \(spelled($0.value))" }.joined(separator: ", ")
        + " }"
    }
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  /// What every filter node also takes.
  package static let common: [(name: String, note: String, help: String)] = [
    (
      "mask", "input, optional",
      "Where the node works: its result where the mask is 1, its first input where it is 0."
    ),
    ("maskChannel", "channel, default \"A\"", "The channel of the mask image to use."),
    ("invertMask", "true or false, default false", "Works where the mask is 0 instead."),
    (
      "mix", "number from 0 to 1, default 1",
      "How much of the result is used; the rest is the first input."
    ),
  ]

  // MARK: Pages

  package struct Page {
    package var file: String
    package var text: String
  }

  /// The Markdown reference: an index and a page for each category.
  package func pages() -> [Page] {
    let shelves = shelves()
    var index = """
      # Nodes

      Generated from the nodes' own declarations by `bipack nodes --markdown Docs/nodes`; a test \
      checks that it is current. `bipack nodes NAME` prints the same for one node.

      A colour is one number for all of red, green, blue and alpha, or `[r, g, b]`, or \
      `[r, g, b, a]`. Any number can be key frames, an expression or a link \
      ([the format](../format.md)). Names from other programs: [coming from](coming-from.md). Nodes \
      marked * also take the parameters at the end of this page.

      """
    for shelf in shelves {
      index += "\n## [\(shelf.category)](\(Self.file(shelf.category)))\n\n| node | |\n|---|---|\n"
      for node in shelf.nodes {
        let link = "\(Self.file(shelf.category))#\(node.typeName.lowercased())"
        let star = node.isMaskable ? "*" : ""
        let text = Self.cell(Self.firstSentence(node.abstract))
        index += "| [`\(node.typeName)`](\(link))\(star) | \(text) |\n"
      }
    }
    index += "\n## On every node marked *\n\n| parameter | | |\n|---|---|---|\n"
    for entry in Self.common {
      index += "| `\(entry.name)` | \(Self.cell(entry.note)) | \(Self.cell(entry.help)) |\n"
    }
    index += """

      Every node may carry `"disabled": true` (it passes its first input on), `"note"` (text for \
      people) and `"cache": true` (its image is kept between frames while memory allows).

      """
    var pages = [Page(file: "README.md", text: index)]
    for shelf in shelves {
      var text = "# \(shelf.category) nodes\n\n[All nodes](README.md)\n"
      for node in shelf.nodes { text += "\n" + section(node) }
      pages.append(Page(file: Self.file(shelf.category), text: text))
    }
    pages.append(Page(file: "coming-from.md", text: comingFrom()))
    return pages
  }

  /// The table of other programs' names.
  private func comingFrom() -> String {
    var text = """
      # Coming from other programs

      What Nuke, Natron, Blender and oiiotool call it, and what it is called here. Error messages use \
      the same table. A name that differs only in case and underscores (`black_clamp` for \
      `blackClamp`, `first_frame` for `firstFrame`) is not listed, nor one that is the same.

      Generated from `Sources/BipackNodes/ForeignNames.swift` by `bipack nodes --markdown Docs/nodes`.

      """
    for program in ForeignName.Program.allCases {
      let rows = registry.foreignNames.filter { $0.programs.contains(program) }
      guard !rows.isEmpty else { continue }
      text += "\n## Coming from \(program.rawValue)\n\n| there | here |\n|---|---|\n"
      for row in rows {
        let there = row.node.map { "`\(row.name)` of a `\($0)`" } ?? "`\(row.name)`"
        let here =
          switch row.meaning {
          case .called(let name): "`\(name)`"
          case .absent(let why): "none: " + why
          }
        text += "| \(Self.cell(there)) | \(Self.cell(here)) |\n"
      }
    }
    return text
  }

  private func section(_ node: NodeDeclaration) -> String {
    let output = Self.output(node).map { " " + $0 } ?? ""
    var text = "## \(node.typeName)\n\n\(node.abstract)\(output)\n"
    func table(_ title: String, _ rows: [(name: String, note: String, help: String)]) {
      guard !rows.isEmpty else { return }
      text += "\n| \(title) | | |\n|---|---|---|\n"
      for row in rows {
        text += "| `\(row.name)` | \(Self.cell(row.note)) | \(Self.cell(row.help)) |\n"
      }
    }
    table("input", node.inputs.map { ($0.name, Self.note($0), Self.help($0, of: node)) })
    table("parameter", node.params.map { ($0.name, Self.note($0), Self.help($0, of: node)) })
    table("value", node.values.map { ($0.name, Self.note($0), $0.help) })
    return text
  }

  private static func file(_ category: String) -> String {
    String(category.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }) + ".md"
  }

  /// Text inside a table: no bars, no line ends.
  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ")
  }
}
