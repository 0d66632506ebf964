import Bipack

/// Something held ready, to be run again and again.
struct Case: Sendable {
  /// Runs it once. The picture it made, if it is one, stays alive until the next run begins.
  let run: @Sendable () async throws -> Image?

  /// One node on images in memory, the path an embedding program takes.
  static func node(_ node: some Node, _ inputs: [Image?], _ renderer: Renderer) -> Case {
    Case { try await renderer.run(node, inputs: inputs) }
  }

  /// The same over a part only, for nodes whose result is larger than the frame.
  static func node(_ node: some Node, _ inputs: [Image?], region: Rect, _ renderer: Renderer)
    -> Case
  {
    Case { try await renderer.run(node, inputs: inputs, region: region) }
  }
}

/// What cases are made from.
struct Bench {
  /// Where the pictures and files are.
  let data: String
  /// Where files are written to.
  let output: String
  let renderer: Renderer

  init(data: String, output: String, threads: Int) {
    self.data = data
    self.output = output
    renderer = Renderer(RenderOptions(threads: threads, isCaching: false))
  }

  func picture(_ name: Pictures.Name) throws -> Image {
    try Pictures.image(name, folder: data, pool: renderer.pool)
  }

  /// The case of a name, or of the path of a node's example graph.
  func named(_ name: String) throws -> Case {
    if name == "copy" { return copy() }
    if name.hasSuffix(".json") { return try nodeCase(name) }
    guard let made = try peerCase(name) else { throw Complaint("there is no case '\(name)'") }
    return made
  }
}
