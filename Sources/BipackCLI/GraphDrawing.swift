import Bipack

/// A comp as boxes and lines.
struct GraphDrawing {
  private struct Line {
    var from: Int
    var to: Int
    var label: String
    var isMask: Bool
  }

  private let comp: Comp
  private var lines: [Line] = []

  init(_ comp: Comp) {
    self.comp = comp
    for (id, node) in comp.nodes.enumerated() {
      let names = Self.slotNames(node)
      let isLabelled = node.inputs.count > 1 || node.mask != nil
      for (slot, input) in node.inputs.enumerated() {
        guard let input else { continue }
        let label = isLabelled && slot < names.count ? names[slot] : ""
        lines.append(Line(from: input, to: id, label: label, isMask: false))
      }
      if let mask = node.mask {
        lines.append(Line(from: mask, to: id, label: "mask", isMask: true))
      }
      for link in node.links {
        lines.append(Line(from: link.node, to: id, label: link.name, isMask: true))
      }
    }
  }

  /// The name of each slot; entries of a list are numbered.
  private static func slotNames(_ node: CompNode) -> [String] {
    let declared = node.declaration.inputs
    let singles = declared.count { $0.list == nil }
    var names: [String] = []
    for input in declared {
      if input.list == nil {
        names.append(input.name)
      } else {
        let count = node.inputs.count - singles
        names += (0..<max(0, count)).map { count == 1 ? input.name : "\(input.name)[\($0)]" }
      }
    }
    return names
  }

  // MARK: SVG

  private static let fills = [
    "File": "#dbe7f3", "Draw": "#e5e0f2", "Merge": "#d9eed7", "Channel": "#f3e6d4",
    "Color": "#fbefc4", "Filter": "#f9ddd3", "Transform": "#d5ecee", "Time": "#ece7df",
    "Data": "#f2d9ea",
  ]

  /// A standalone SVG: nodes in layers, inputs above, masks and links dashed.
  func svg() -> String {
    let (height, rowGap, margin) = (40.0, 44.0, 20.0)
    // A node is as wide as its name, and as the names of the inputs that arrive on its top.
    var labels = [Double](repeating: 0, count: comp.nodes.count)
    for line in lines { labels[line.to] += Self.room(line) }
    let widths = comp.nodes.indices.map { id in
      let node = comp.nodes[id]
      let name = Double(max(node.path.count, node.declaration.typeName.count)) * 7.4 + 24
      return max(name, labels[id] + 12)
    }
    let layout = LayeredLayout(
      widths: widths, edges: lines.map { LayeredLayout.Edge(from: $0.from, to: $0.to) })
    func y(_ layer: Int) -> Double { margin + Double(layer) * (height + rowGap) }
    func n(_ value: Double) -> String { Text.fixed(value, 1) }

    let edges = comp.nodes.indices.map { layout.x[$0] + widths[$0] / 2 }
    let right = (edges + layout.routes.joined()).max() ?? 0
    let size = (right + 2 * margin, y(max(0, layout.layerCount - 1)) + height + margin)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(n(size.0))" height="\(n(size.1))" \
      viewBox="0 0 \(n(size.0)) \(n(size.1))" font-family="system-ui, sans-serif">
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
      orient="auto"><path d="M0 0 8 4 0 8z" fill="#667"/></marker></defs>
      <rect width="100%" height="100%" fill="#ffffff"/>

      """
    // Lines arrive side by side on the top of a node, in the order they come from.
    var arrivals: [Int: [Int]] = [:]
    for (index, line) in lines.enumerated() { arrivals[line.to, default: []].append(index) }
    var entry = [Double](repeating: 0, count: lines.count)
    for (node, indices) in arrivals {
      let sorted = indices.sorted {
        let p = layout.routes[$0].dropLast().last ?? 0
        let q = layout.routes[$1].dropLast().last ?? 0
        return (p, $0) < (q, $1)
      }
      var at = -labels[node] / 2
      for index in sorted {
        let room = Self.room(lines[index])
        entry[index] = at + room / 2
        at += room
      }
    }
    for (index, line) in lines.enumerated() {
      let route = layout.routes[index]
      let first = layout.layer[line.from]
      var (px, py) = (margin + route[0], y(first) + height)
      var path = "M\(n(px)) \(n(py))"
      for step in 1..<route.count {
        let isLast = step == route.count - 1
        let qx = margin + route[step] + (isLast ? entry[index] : 0)
        let qy = y(first + step)
        let bend = (qy - py) / 2
        path += "C\(n(px)) \(n(py + bend)) \(n(qx)) \(n(qy - bend)) \(n(qx)) \(n(qy))"
        (px, py) = (qx, qy)
        if !isLast {
          py = qy + height
          path += "L\(n(px)) \(n(py))"
        }
      }
      let dash = line.isMask ? " stroke-dasharray=\"5 4\"" : ""
      text += "<path d=\"\(path)\" fill=\"none\" stroke=\"#889\" stroke-width=\"1.4\"\(dash) "
      text += "marker-end=\"url(#tip)\"/>\n"
      if !line.label.isEmpty {
        text += "<text x=\"\(n(px + 5))\" y=\"\(n(py - 4))\" font-size=\"9.5\" fill=\"#667\">"
        text += Self.escaped(line.label) + "</text>\n"
      }
    }
    for (id, node) in comp.nodes.enumerated() {
      let (cx, top) = (margin + layout.x[id], y(layout.layer[id]))
      let fill = Self.fills[node.declaration.category] ?? "#eeeeee"
      text += "<g><rect x=\"\(n(cx - widths[id] / 2))\" y=\"\(n(top))\" width=\"\(n(widths[id]))\" "
      text += "height=\"\(n(height))\" rx=\"6\" fill=\"\(fill)\" stroke=\"#556\"/>"
      text += "<text x=\"\(n(cx))\" y=\"\(n(top + 17))\" font-size=\"12.5\" font-weight=\"600\" "
      text += "text-anchor=\"middle\" fill=\"#223\">\(Self.escaped(node.path))</text>"
      text += "<text x=\"\(n(cx))\" y=\"\(n(top + 32))\" font-size=\"10.5\" text-anchor=\"middle\" "
      text += "fill=\"#445\">\(Self.escaped(node.declaration.typeName))</text></g>\n"
    }
    return text + "</svg>\n"
  }

  /// The width an arriving line takes, its label included.
  private static func room(_ line: Line) -> Double {
    max(20, 2 * Double(line.label.count) * 5.2 + 6)
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  // MARK: dot

  /// The graph in the dot language.
  func dot() -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var text = "digraph bipack {\n"
    text += "  node [shape=box, style=\"rounded,filled\", fontname=\"sans\"];\n"
    for node in comp.nodes {
      let label = quoted(node.path + "\n" + node.declaration.typeName).replacing("\n", with: "\\n")
      let fill = Self.fills[node.declaration.category] ?? "#eeeeee"
      text += "  \(quoted(node.path)) [label=\(label), fillcolor=\"\(fill)\"];\n"
    }
    for line in lines {
      let (from, to) = (comp.nodes[line.from].path, comp.nodes[line.to].path)
      var attributes: [String] = []
      if !line.label.isEmpty { attributes.append("label=\(quoted(line.label))") }
      if line.isMask { attributes.append("style=dashed") }
      text += "  \(quoted(from)) -> \(quoted(to))"
      text += attributes.isEmpty ? ";\n" : " [\(attributes.joined(separator: ", "))];\n"
    }
    return text + "}\n"
  }
}
