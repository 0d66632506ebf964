import Bipack

/// What a node measures over frames, as key frames that parameters take.
///
///     { "node": "stats", "values": { "luminance": { "keys": [[1001, 0.18], [1002, 0.19]] } } }
struct ValuesFile {
  private let node: String
  private let names: [String]
  private var keys: [String: [JSONOut]] = [:]

  init(_ node: String, _ type: any DataNode.Type) {
    self.node = node
    names = type.values.map(\.name)
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
