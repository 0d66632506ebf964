import ArgumentParser
import Bipack

/// `bipack nodes`: the node types, or all about one.
struct NodesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nodes", abstract: "Lists the node types, or says all about one.")

  @Argument(help: "A node type.")
  var name: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Writes the reference as Markdown pages to this folder.", valueName: "folder"))
  var markdown: String?

  func run() throws {
    let registry = BipackTool.registry
    if let markdown {
      for page in NodeReference(registry).pages() {
        try TextFile.write(page.text, to: "\(markdown)/\(page.file)")
      }
      return
    }
    if let name {
      guard let node = registry[name] else { throw Self.unknown(name, registry) }
      Terminal.output.write(json ? Schema.description(node) : Self.describe(node))
    } else if json {
      let list = NodeReference(registry).shelves().flatMap(\.nodes).map(Schema.description)
      let entries = list.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
      Terminal.output.write("[\n" + entries.joined(separator: ",\n") + "\n]\n")
    } else {
      Terminal.output.write(list(registry))
    }
  }

  static func unknown(_ name: String, _ registry: Registry) -> Failure {
    if let foreign = registry.foreignNames.type(name) {
      let meant = foreign.ours.map { "; did you mean '\($0)'?" } ?? ""
      return Failure(.usage, "no node type '\(name)'" + Messages.foreign(foreign) + meant)
    }
    let lower = name.lowercased()
    let near = registry.names.filter {
      let other = $0.lowercased()
      return other.contains(lower) || lower.contains(other) || other.hasPrefix(lower.prefix(3))
    }.prefix(6)
    let hint =
      near.isEmpty ? "'bipack nodes' lists them" : "there are " + near.joined(separator: ", ")
    return Failure(.usage, "no node type '\(name)'; \(hint)")
  }

  private func list(_ registry: Registry) -> String {
    let t = Terminal.output
    let width = registry.names.map(\.count).max() ?? 0
    var text = ""
    for (category, nodes) in NodeReference(registry).shelves() {
      text += (text.isEmpty ? "" : "\n") + t.styled(category, .bold) + "\n"
      for node in nodes {
        let name = node.typeName + String(repeating: " ", count: width - node.typeName.count)
        let room = max(40, (t.isInteractive ? t.width : 110) - width - 4)
        var line = NodeReference.firstSentence(node.abstract)
        if line.count > room { line = line.prefix(room - 3) + "..." }
        text += "  \(name)  \(line)\n"
      }
    }
    return text
  }

  // MARK: One node

  private static func describe(_ node: NodeDeclaration) -> String {
    let t = Terminal.output
    let width = min(100, max(60, t.isInteractive ? t.width : 96))
    var text = t.styled(node.typeName, .bold) + "  " + t.styled(node.category, .dim) + "\n"
    let output = NodeReference.output(node).map { " " + $0 } ?? ""
    text += Text.wrapped(node.abstract + output, width: width, indent: "  ") + "\n"
    func section(_ title: String, _ entries: [(name: String, note: String, help: String)]) {
      guard !entries.isEmpty else { return }
      text += "\n\(title)\n"
      for entry in entries {
        text += "  " + t.styled(entry.name, .cyan) + "  " + t.styled(entry.note, .dim) + "\n"
        text += Text.wrapped(entry.help, width: width, indent: "      ") + "\n"
      }
    }
    section(
      "inputs",
      node.inputs.map { ($0.name, NodeReference.note($0), NodeReference.help($0, of: node)) })
    section(
      "parameters",
      node.params.map { ($0.name, NodeReference.note($0), NodeReference.help($0, of: node)) })
    if node.isMaskable {
      section(
        "on every filter", NodeReference.common.map { ($0.name, $0.note, $0.help) })
    }
    section("values it gives", node.values.map { ($0.name, NodeReference.note($0), $0.help) })
    return text
  }
}
