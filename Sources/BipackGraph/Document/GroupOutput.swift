import BipackPixels

/// Stands for an input of a group that is looked at by itself.
struct GroupInput: PointNode {
  static let abstract = "An input of the group."
  static let category = "Group"

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

/// Stands after a group that has `mask`, `mix` or `disabled`: passes the group's result on, and lets
/// the engine blend it with the group's first input as it does for any node.
struct GroupOutput: PointNode {
  static let abstract = "Applies mask, mix and disabled to the result of a group."
  static let category = "Group"

  @Input("The group's first input.", optional: true) var source
  @Input("The group's result.") var result

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.spec(result) ?? context.main
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in try spec(context).channels { program.set(channel, .input(1, channel)) }
    return program
  }
}
