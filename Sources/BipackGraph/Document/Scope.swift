/// One level of names while a document is checked: the document itself, or one instance of a group.
final class Scope {
  let file: SourceFile
  /// What names here are prefixed with in the comp: empty, `grade1.`, `grade1.inner.`.
  let prefix: String
  /// Where the nodes are written: `nodes`, `groups.Soften.nodes`.
  let location: String
  /// The groups that may be named here, and the variables.
  let groups: GroupTable
  let variables: VariableTable
  /// For an instance of a group: the group, the scope it stands in and what it was given.
  let instance: Instance?
  var entries: [String: Entry] = [:]
  /// Exposed parameters by name.
  var exposed: [String: Int] = [:]
  /// Parameters inside (`node.param`) that an exposed one replaces.
  var bound: [String: Int] = [:]
  /// For an instance: nodes that apply its `mask`, `mix` and `disabled`, by output.
  var gates: [String: Int] = [:]
  /// For a value in a file of its own: that file, and those it was named in.
  var openFiles: [String] = []

  enum Entry {
    case node(Int)
    case group(Scope)
    /// An input of the group around.
    case input(GroupDefinition.Input)
    /// Already reported; says nothing more.
    case broken
  }

  struct Instance {
    var group: GroupDefinition
    var scope: Scope
    var object: NodeObject
    var depth: Int
  }

  init(
    file: SourceFile, prefix: String, location: String, groups: GroupTable,
    variables: VariableTable, instance: Instance?
  ) {
    self.file = file
    self.prefix = prefix
    self.location = location
    self.groups = groups
    self.variables = variables
    self.instance = instance
  }
}

/// The groups of one file.
final class GroupTable {
  var definitions: [String: GroupDefinition] = [:]
}

/// The variables of one file.
final class VariableTable {
  struct Variable {
    var value: JSONValue
    var start: Int
    var isUsed = false
  }
  var variables: [String: Variable] = [:]
  /// The document's table, whose columns are variables too.
  var table: DocumentTable?
  /// What stands for the columns in the row that is being compiled.
  var cells: [String: DocumentTable.Cell] = [:]
  /// `--var` for columns.
  var overriddenCells: [String: DocumentTable.Cell] = [:]
  /// There is a table, and what is wrong with it was reported: any name may be a column.
  var hasBrokenTable = false

  /// Variables and columns.
  var names: [String] { Array(variables.keys) + cells.keys }
}

/// A group as written: its members, not yet looked into.
final class GroupDefinition {
  struct Input {
    var name: String
    var isOptional: Bool
  }
  struct Output {
    var name: String
    var reference: JSONValue
  }
  struct Exposed {
    var name: String
    var start: Int
    var help: String
    var range: ParamRange?
    var defaultValue: JSONValue?
    /// `node.param` names and where they are written.
    var bindings: [(text: String, start: Int)]
  }

  let name: String
  let file: SourceFile
  /// `groups.Soften`, or empty for a group file.
  let location: String
  let groups: GroupTable
  let variables: VariableTable
  let nodes: [JSONMember]
  let inputs: [Input]
  let outputs: [Output]
  /// Values of nodes inside that links outside may take: `"values": { "mean": "stats.mean" }`.
  let values: [Output]
  let exposed: [Exposed]
  var isUsed = false

  init(
    name: String, file: SourceFile, location: String, groups: GroupTable,
    variables: VariableTable, nodes: [JSONMember], inputs: [Input], outputs: [Output],
    values: [Output], exposed: [Exposed]
  ) {
    self.name = name
    self.file = file
    self.location = location
    self.groups = groups
    self.variables = variables
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.values = values
    self.exposed = exposed
  }

  /// What cycles call it.
  var identity: String { location.isEmpty ? file.name : name }
}

/// A node as written, overrides applied: each key's value and where it came from.
struct NodeObject {
  struct Field {
    var value: JSONValue
    var start: Int
    var file: SourceFile
  }
  let name: String
  let file: SourceFile
  /// Where the node's name stands.
  let start: Int
  /// `nodes.blur`.
  let location: String
  /// `group.blur`.
  let path: String
  var fields: [(name: String, field: Field)] = []

  subscript(name: String) -> Field? { fields.first { $0.name == name }?.field }
}

/// A node of the comp in the making.
final class Draft {
  let object: NodeObject
  let scope: Scope
  let declaration: NodeDeclaration
  /// For a gate: the output it carries.
  let gateOutput: String?
  var inputs: [Int?] = []
  var lists: [Int] = []
  var mask: Int?
  var params: [ParamSource?]
  var mix = ParamSource.data(.number(1))
  /// Any of them disables it: its own, and for a sink those of the groups around.
  var disabled: [ParamSource] = []
  var links: [DataLink] = []
  /// Whether cells of the table go into its parameters; nil before they are compiled.
  var takesCells: Bool?
  /// The node it became, in the row before.
  var node: CompNode?
  var maskChannel = "A"
  var invertMask = false
  var isCachePoint = false

  init(_ object: NodeObject, _ scope: Scope, _ declaration: NodeDeclaration, gate: String? = nil) {
    self.object = object
    self.scope = scope
    self.declaration = declaration
    gateOutput = gate
    params = Array(repeating: nil, count: declaration.params.count)
  }
}
