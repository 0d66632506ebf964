/// What another program calls a node type, a parameter or an input, and what it is called here.
///
/// Error messages look here before they guess at spelling, and the page "Coming from other programs" of
/// the reference prints the table. Names are compared without case and punctuation: `box_width` and
/// `BoxWidth` are one.
public struct ForeignName: Sendable {
  /// A program whose words people bring along.
  public enum Program: String, CaseIterable, Sendable {
    case nuke = "Nuke"
    case natron = "Natron"
    case blender = "Blender"
    case oiiotool
  }

  /// What its name comes to.
  public enum Meaning: Hashable, Sendable {
    /// The name here.
    case called(String)
    /// There is no such thing; a sentence says what to do instead, or that there is nothing.
    case absent(String)
  }

  public let name: String
  public let programs: [Program]
  /// The node type (ours) whose parameter or input is meant. Nil where `isType`, and for names that
  /// mean the same on every node that has the target.
  public let node: String?
  /// Whether it names a node type.
  public let isType: Bool
  public let meaning: Meaning

  private init(
    _ name: String, _ programs: [Program], node: String?, isType: Bool, _ meaning: Meaning
  ) {
    self.name = name
    self.programs = programs
    self.node = node
    self.isType = isType
    self.meaning = meaning
  }

  /// A node type that is called otherwise here.
  public static func type(_ name: String, _ programs: Program..., is ours: String) -> Self {
    Self(name, programs, node: nil, isType: true, .called(ours))
  }

  /// A node type that does not exist here.
  public static func type(_ name: String, _ programs: Program..., no why: String) -> Self {
    Self(name, programs, node: nil, isType: true, .absent(why))
  }

  /// A parameter or an input: of one node type, or of each that has the target.
  public static func param(
    _ name: String, _ programs: Program..., of node: String? = nil, is ours: String
  ) -> Self {
    Self(name, programs, node: node, isType: false, .called(ours))
  }

  /// Without case and punctuation.
  public static func folded(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The name here, if there is one.
  public var ours: String? {
    if case .called(let name) = meaning { name } else { nil }
  }

  /// "Nuke's and Natron's".
  public var owners: String { programs.map { $0.rawValue + "'s" }.joined(separator: " and ") }
}

extension [ForeignName] {
  /// What `name` is as a node type.
  public func type(_ name: String) -> ForeignName? {
    let wanted = ForeignName.folded(name)
    return first { $0.isType && ForeignName.folded($0.name) == wanted }
  }

  /// What `name` is on a node of type `node` whose parameters and inputs are `known`. Rows of that node
  /// come first.
  public func param(_ name: String, of node: String, known: [String]) -> ForeignName? {
    let wanted = ForeignName.folded(name)
    let rows = filter { row in
      guard !row.isType, ForeignName.folded(row.name) == wanted else { return false }
      guard case .called(let ours) = row.meaning else { return false }
      return known.contains(ours)
    }
    return rows.first { $0.node == node } ?? rows.first { $0.node == nil }
  }
}
