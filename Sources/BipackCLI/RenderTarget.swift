import Bipack

/// What `--to` names: a file for the picture of one node, a JSON file for what it measures, or `-` for
/// a pipe.
struct RenderTarget {
  let path: String

  var isPipe: Bool { path == "-" }
  static func takesValues(_ path: String) -> Bool { path.hasSuffix(".json") }

  init(_ path: String) throws {
    self.path = path
    if let word = PlainPath.shellWord(in: path) {
      throw Failure(.usage, "--to \(path): " + Messages.shellWord(word))
    }
  }

  /// The node that is meant: the only writer, if none is named.
  private func node(_ name: String?, in comp: Comp) throws -> Int {
    if let name { return try comp.find(name) }
    if comp.sinks.count == 1 { return comp.sinks[0] }
    throw Failure(.usage, "--to writes one node: name it with -o")
  }

  /// A node that measures.
  func meter(_ name: String?, in comp: Comp) throws -> Int {
    let id = try node(name, in: comp)
    guard comp.nodes[id].declaration.isData else {
      throw Failure(
        .usage,
        "\(path) would take values, but '\(comp.nodes[id].path)' makes pictures; name an image file"
      )
    }
    return id
  }

  /// The comp with a writer behind the node, as the document could have it, and that writer's id.
  func writer(of name: String?, in comp: Comp) throws -> (comp: Comp, id: Int) {
    let node = try node(name, in: comp)
    // Messages call it by the node it writes, and its path starts where the command does.
    let name = name ?? comp.nodes[node].path
    if comp.nodes[node].declaration.payload == .deep { try checkDeep(comp.nodes[node].path) }
    if isPipe { return comp.adding(name: name, behind: node) { _ in RawFrames() } }
    let path = try comp.row?.path(path) ?? path
    func file(_ view: String?) -> FilePath {
      var file = FilePath(path)
      if let view { file.text = file.text(ofView: view).replacing("${view}", with: view) }
      return file
    }
    return comp.adding(name: name, behind: node) { view in
      if comp.nodes[node].declaration.payload == .deep {
        return DeepWrite().with { $0.path = file(view) }
      }
      return Write().with { $0.path = file(view) }
    }
  }

  /// Only an EXR holds a deep picture.
  private func checkDeep(_ node: String) throws {
    guard isPipe || !path.lowercased().hasSuffix(".exr") else { return }
    throw Failure(
      .usage,
      "'\(node)' gives a deep picture, which \(isPipe ? "a pipe" : path) cannot take; name an .exr file, or a node "
        + "behind a DeepToImage, which flattens it")
  }
}
