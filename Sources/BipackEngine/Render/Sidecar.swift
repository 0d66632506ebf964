import BipackGraph
import BipackPixels
import Glibc

/// The file beside a document in which the values of a shot node are kept.
///
///     { "node": "stats", "type": "FrameStats", "frames": [1001, 1100],
///       "mark": "...", "hash": "...", "sum": "...",
///       "values": { "mean": { "keys": [[1001, [0.2, 0.2, 0.1, 1]], ...] } } }
///
/// It counts while its pictures are the same: by names, sizes and times of files (`mark`), which a look at the
/// folder tells, or by what is in them (`hash`). Values may be changed by hand: what fits its pictures is
/// taken as it is, and what does not and was changed (`sum`) is never written over.
struct Sidecar {
  let path: String
  let node: CompNode
  let frames: ClosedRange<Int>

  struct Contents {
    var mark: String?
    var contentHash: String?
    var values: [String: ValueData]
    /// Whether the values are not those that were written.
    var isEdited: Bool
  }

  /// What the file holds; nil where there is none.
  func read() throws(NodeError) -> Contents? {
    if access(path, F_OK) != 0 { return nil }
    let (text, reason) = SourceText.read(path, limit: Self.limit)
    guard let text else { throw NodeError(.input, "\(path): \(reason)") }
    let (root, errors) = JSONParser.parse(text, limits: .trusted)
    guard let root, errors.isEmpty else {
      throw NodeError(.input, errors.first.map { "\($0)" } ?? "\(path): no JSON")
    }
    guard let members = root["values"]?.object, root["type"]?.string == node.declaration.typeName
    else {
      throw NodeError(
        .input,
        "\(path) is no sidecar of a \(node.declaration.typeName); name another file, or move it away"
      )
    }
    var values: [String: ValueData] = [:]
    for member in members where member.name != "note" {
      guard let value = ValueData(member.value) else {
        let (line, column) = text.position(member.value.start)
        throw NodeError(
          .input, "\(path):\(line):\(column): values.\(member.name) holds null, which is no value")
      }
      values[member.name] = value
    }
    return Contents(
      mark: root["mark"]?.string, contentHash: root["hash"]?.string, values: values,
      isEdited: root["sum"]?.string != Self.sum(values))
  }

  func write(_ values: [String: ValueData], mark: StableHash?, contentHash: StableHash?)
    throws(NodeError)
  {
    // Changed by hand since it was looked at.
    if let old = try read(), old.isEdited { throw NodeError("\(path) was changed by hand") }
    var root: JSONValue = [
      "node": JSONValue(node.path), "type": JSONValue(node.declaration.typeName),
      "frames": [
        JSONValue(number: Double(frames.lowerBound)), JSONValue(number: Double(frames.upperBound)),
      ],
    ]
    if let mark { root.append("mark", JSONValue(mark.description)) }
    if let contentHash { root.append("hash", JSONValue(contentHash.description)) }
    root.append("sum", JSONValue(Self.sum(values)))
    let ordered = node.declaration.values.compactMap { port in
      values[port.name].map { (port.name, JSONValue(data: $0)) }
    }
    root.append("values", JSONValue(members: ordered))
    try TextFile.write(JSONFormatter.write(root), to: path)
  }

  /// Notes that the pictures have other times, and leaves all else as it is.
  func renew(mark: StableHash?) throws(NodeError) {
    let (text, _) = SourceText.read(path, limit: Self.limit)
    guard let mark, let text,
      let root = JSONParser.parse(text, limits: .trusted).0, root["mark"] != nil
    else { return }
    let renewed = root.replacing("mark", with: JSONValue(mark.description))
    try TextFile.write(JSONFormatter.write(renewed), to: path)
  }

  private static let limit = 1 << 30

  private static func sum(_ values: [String: ValueData]) -> String {
    var hasher = StableHasher()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      hasher.combine(name)
      value.hash(into: &hasher)
    }
    return hasher.finalize().description
  }
}
