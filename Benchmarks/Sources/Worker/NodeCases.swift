import Bipack
import Glibc

/// One node of the catalogue with the parameters of its example graph, on UHD pictures.
extension Bench {
  /// The node of the graph at `path` that the file is named after: `Graphs/nodes/key-mix.json` is
  /// about its `KeyMix`.
  func nodeCase(_ path: String) throws -> Case {
    let comp = try Comp.load(path, registry: .standard)
    let stem = path.split(separator: "/").last?.split(separator: ".").first ?? ""
    let wanted = stem.replacing("-", with: "")
    guard
      let id = comp.nodes.firstIndex(where: { $0.declaration.typeName.lowercased() == wanted })
    else { throw Complaint("\(path) has no node called after it") }
    let entry = comp.nodes[id]
    if entry.type is any DataNode.Type { return try dataCase(entry.declaration) }
    if entry.mask != nil { return try maskedCase(entry.declaration) }
    // Relative paths are the document's.
    chdir(comp.settings.directory)
    let resolved = try comp.resolve(id, frame: Double(comp.frames.lowerBound)) {
      _, _ throws(NodeError) in
      throw NodeError("its parameters need another node")
    }
    let pictures = try [picture(.plate), picture(.element)]
    let inputs = entry.inputs.enumerated().map { slot, source in
      source.map { _ in pictures[slot % 2] }
    }
    let format = pictures[0].format
    return Case { [renderer, node = resolved.node] in
      try await renderer.run(node, inputs: inputs, format: format, region: format.window)
    }
  }

  /// A node that measures: something asks for its first value, and for one pixel of itself.
  private func dataCase(_ declaration: NodeDeclaration) throws -> Case {
    let value = declaration.values.first?.name ?? ""
    return try graphCase(
      """
      "data": { "type": "\(declaration.typeName)", "source": "plate" },
      "node": { "type": "Multiply", "source": "plate", "value": { "from": "data.\(value)" } }
      """, region: Rect(x: 0, y: 0, width: 1, height: 1))
  }

  /// A node that does nothing without a mask; its other parameters are the defaults.
  private func maskedCase(_ declaration: NodeDeclaration) throws -> Case {
    let names = ["plate", "element"]
    let inputs = declaration.inputs.enumerated().map { slot, input in
      "\"\(input.name)\": \"\(names[slot % 2])\","
    }
    return try graphCase(
      """
      "node": {
        "type": "\(declaration.typeName)", \(inputs.joined(separator: " ")) "mask": "element"
      }
      """, region: nil)
  }

  /// `node` of a graph that has the pictures in memory as its sources.
  private func graphCase(_ nodes: String, region: Rect?) throws -> Case {
    try Held.hold(Pictures.Name.allCases.map { ($0, try picture($0)) })
    let document = """
      {
        "bipack": 1,
        "format": { "width": \(Pictures.width), "height": \(Pictures.height) },
        "nodes": {
          "plate": { "type": "Held" },
          "element": { "type": "Held", "picture": "element" },
          \(nodes)
        }
      }
      """
    var registry = Registry.standard
    registry.add(Held.self)
    let result = Comp.check(
      text: document, name: "the benchmark's graph", directory: "/", registry: registry)
    guard let comp = result.comp else {
      throw Complaint(result.diagnostics.map { "\($0)" }.joined(separator: "; "))
    }
    return Case { [renderer] in
      Held.change()
      return try await renderer.image(comp, "node", frame: 1, region: region)
    }
  }
}
