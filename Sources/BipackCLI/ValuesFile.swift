import Bipack

/// What a node measures over frames, as key frames that parameters take.
///
///     { "node": "stats", "values": { "luminance": { "keys": [[1001, 0.18], [1002, 0.19]] } } }
///
/// What a shot node measures once for all frames stands without key frames.
struct ValuesFile {
  /// Which values, under which names, and which part of them.
  struct Choice {
    var node: Int
    /// The name in the file of the node, or of the group that gives the value.
    var path: String
    var values: [(name: String, port: ValuePort, component: Int?)]

    /// All values of a node, or one.
    init(_ id: Int, of comp: Comp, only name: String? = nil) {
      node = id
      path = comp.nodes[id].path
      values = comp.nodes[id].declaration.values.filter { name == nil || $0.name == name }
        .map { ($0.name, $0, nil) }
    }

    /// What a group gives.
    init?(exported name: String, of comp: Comp) {
      guard let value = comp.exports[name], let dot = name.lastIndex(of: "."),
        let port = comp.nodes[value.link.node].declaration.values.first(where: {
          $0.name == value.link.name
        })
      else { return nil }
      node = value.link.node
      path = String(name[..<dot])
      values = [(String(name[name.index(after: dot)...]), port, value.component)]
    }
  }

  private let choice: Choice
  private let isShot: Bool
  private var keys: [String: [JSONOut]] = [:]
  private var steady: [String: JSONOut] = [:]

  private init(_ choice: Choice, of comp: Comp) {
    self.choice = choice
    isShot = comp.nodes[choice.node].declaration.isShot
  }

  /// What the node of a job measures at its frames.
  static func measured(_ job: RenderJob, _ renderer: Renderer, _ choice: Choice? = nil)
    async throws -> ValuesFile?
  {
    guard let id = job.outputs?.first else { return nil }
    var file = ValuesFile(choice ?? Choice(id, of: job.comp), of: job.comp)
    try await renderer.values(
      job.comp, node: id, frames: job.frames.map(Double.init), view: job.views?.first ?? 0,
      proxy: job.proxy
    ) { try file.add($1, frame: Int($0)) }
    return file
  }

  private mutating func add(_ values: MeasuredValues, frame: Int) throws {
    for (name, port, component) in choice.values {
      guard let value = values.value(port.name, at: Double(frame)) else { continue }
      let written = try component.map { try Self.part($0, of: value, name) } ?? JSONOut(value)
      if isShot, !port.isOverFrames {
        steady[name] = written
      } else {
        keys[name, default: []].append(.array([.int(frame), written]))
      }
    }
  }

  /// A number of a vector, or a part of a list, which may be shorter.
  private static func part(_ place: Int, of value: ValueData, _ name: String) throws -> JSONOut {
    let parts = value.elements
    guard place < parts.count else {
      throw Failure(
        .failed, "'\(name)' is number \(place) of a list, which has \(parts.count) (from 0)")
    }
    return JSONOut(parts[place])
  }

  var text: String {
    let values = choice.values.map { value in
      (value.name, steady[value.name] ?? .object([("keys", .array(keys[value.name] ?? []))]))
    }
    let file = JSONOut.object([("node", .string(choice.path)), ("values", .object(values))])
    return file.pretty() + "\n"
  }
}

extension JSONOut {
  /// A value as documents write it: nothing in its texts is taken for a variable.
  init(_ value: ValueData) {
    self =
      switch value {
      case .number(let number): .double(number)
      case .bool(let isOn): .bool(isOn)
      case .string(let text): .string(text.replacing("${", with: "$${"))
      case .array(let values): .array(values.map(JSONOut.init))
      case .object(let members): .object(members.map { ($0.name, JSONOut($0.value)) })
      }
  }
}
