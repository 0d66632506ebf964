import Bipack

/// What a node measures over frames, as key frames that parameters take.
///
///     { "node": "stats", "values": { "luminance": { "keys": [[1001, 0.18], [1002, 0.19]] } } }
struct ValuesFile {
  private let node: String
  private let names: [String]
  private var keys: [String: [JSONOut]] = [:]

  /// All values of a node, or one.
  init(_ node: CompNode, only name: String? = nil) {
    self.node = node.path
    names = node.declaration.values.map(\.name).filter { name == nil || $0 == name }
  }

  /// What the node of a job measures at its frames.
  static func measured(_ job: RenderJob, only name: String? = nil, _ renderer: Renderer)
    async throws
    -> ValuesFile?
  {
    guard let id = job.outputs?.first else { return nil }
    var file = ValuesFile(job.comp.nodes[id], only: name)
    for frame in job.frames {
      let values = try await renderer.values(
        job.comp, node: id, frame: Double(frame), view: job.views?.first ?? 0, proxy: job.proxy)
      file.add(values, frame: frame)
    }
    return file
  }

  mutating func add(_ values: [String: DataValue], frame: Int) {
    for (name, value) in values {
      let written: JSONOut =
        switch value {
        case .number(let number): .double(number)
        case .vector(let numbers): .array(numbers.map(JSONOut.double))
        }
      keys[name, default: []].append(.array([.int(frame), written]))
    }
  }

  var text: String {
    let values = names.map { ($0, JSONOut.object([("keys", .array(keys[$0] ?? []))])) }
    return JSONOut.object([("node", .string(node)), ("values", .object(values))]).pretty() + "\n"
  }
}
