public import BipackPixels

/// What a written frame was made from. The file carries it, so that a later render knows whether the
/// frame would come out the same, and what has changed if not.
///
/// The hash names everything that decides the file's bytes, contents of input files included. The
/// ingredients are for people: numbers and choices in clear, text and file contents as short hashes,
/// so that a delivered file tells nobody where it was made. The same graph and the same inputs give
/// the same record on every machine.
public struct FrameRecord: Hashable, Sendable {
  /// One thing a frame was made from: `nodes.blur.size` and `5`.
  public struct Ingredient: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public var version: String
  public var hash: StableHash
  public var ingredients: [Ingredient]

  public init(version: String, hash: StableHash, ingredients: [Ingredient]) {
    self.version = version
    self.hash = hash
    self.ingredients = ingredients
  }

  /// What stands in the place of a frame's file.
  public enum Found: Hashable, Sendable {
    case nothing
    /// A file without a record.
    case foreign
    /// A file that is not whole, or that another program has changed.
    case changed
    case record(FrameRecord)
  }
}

// MARK: - As text

extension FrameRecord {
  /// More than this is not listed: files stay small whatever the graph.
  package static let limit = 48 << 10

  /// `bipack VERSION HASH` and a line `name=value` for each ingredient.
  public var text: String {
    let first = "bipack \(version) \(hash)\n"
    var text = first
    for ingredient in ingredients {
      text += Self.line(ingredient.name).replacing("=", with: "?") + "="
      text += Self.line(ingredient.value) + "\n"
      if text.utf8.count > Self.limit { return first }
    }
    return text
  }

  private static func line(_ text: String) -> String {
    text.utf8.contains { $0 < 0x20 } ? String(text.map { $0.isNewline ? " " : $0 }) : text
  }

  public init?(_ text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
    guard let first = lines.popFirst() else { return nil }
    let words = first.split(separator: " ")
    guard words.count == 3, words[0] == "bipack", let hash = StableHash(String(words[2])) else {
      return nil
    }
    self.init(version: String(words[1]), hash: hash, ingredients: [])
    for line in lines {
      guard let equals = line.firstIndex(of: "=") else { return nil }
      ingredients.append(
        Ingredient(String(line[..<equals]), String(line[line.index(after: equals)...])))
    }
  }
}

// MARK: - Differences

extension FrameRecord {
  /// What is different from `old`, one thing a line.
  public func differences(from old: FrameRecord) -> [String] {
    var result: [String] = []
    if version != old.version { result.append("Bipack \(old.version) -> \(version)") }
    let before = Dictionary(old.ingredients.map { ($0.name, $0.value) }) { first, _ in first }
    let after = Dictionary(ingredients.map { ($0.name, $0.value) }) { first, _ in first }
    // A node that came or went says so once.
    func isOf(_ nodes: [String], _ name: String) -> Bool {
      nodes.contains { name == $0 || name.hasPrefix($0 + ".") }
    }
    let added = ingredients.filter { $0.isNode && before[$0.name] == nil }.map(\.name)
    let removed = old.ingredients.filter { $0.isNode && after[$0.name] == nil }.map(\.name)
    for ingredient in ingredients where before[ingredient.name] != ingredient.value {
      let name = ingredient.name
      if isOf(added, name) {
        if added.contains(name) { result.append("\(name) is new") }
      } else {
        result.append(Self.change(name, before[name], ingredient.value))
      }
    }
    for ingredient in old.ingredients where after[ingredient.name] == nil {
      let name = ingredient.name
      if isOf(removed, name) {
        if removed.contains(name) { result.append("\(name) is gone") }
      } else {
        result.append(Self.change(name, ingredient.value, nil))
      }
    }
    if result.isEmpty {
      result.append(
        ingredients.isEmpty || old.ingredients.isEmpty
          ? "something of a graph too large to be listed in a file" : "metadata of an input")
    }
    return result
  }

  private static func change(_ name: String, _ old: String?, _ new: String?) -> String {
    if name.hasSuffix(".file") { return "\(name) has other contents" }
    if let value = new ?? old, value.hasPrefix("#") { return "\(name) changed" }
    return "\(name): \(old ?? "default") -> \(new ?? "default")"
  }
}

extension FrameRecord.Ingredient {
  /// Whether it stands for a node itself: its type, version and connections.
  fileprivate var isNode: Bool { value.hasPrefix("node ") }
}
