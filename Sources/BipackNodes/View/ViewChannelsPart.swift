import BipackGraph
import BipackIO
import BipackPixels

/// The pictures of several views as one, its channels named as EXR names them: `R`, `right.R`,
/// `motion.left.u`, `motion.right.u`. Has an input for each view, the main one first.
struct ViewChannelsPart: PointOperator {
  let views: [String]

  private func merged(_ channel: Channel, _ view: Int) -> Channel {
    EXRNames.merged(channel, view: views[view], isHero: view == 0)
  }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = []
    spec.dataWindow = .empty
    for (view, input) in context.inputs.enumerated() {
      guard let input else { continue }
      spec.add(input.channels.map { merged($0, view) })
      spec.dataWindow = spec.dataWindow.union(input.dataWindow)
    }
    spec.metadata["multiView"] = .strings(views)
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    context.inputs.enumerated().map { view, input in
      guard let input else { return .none }
      let wanted = input.channels.filter { output.channels.contains(merged($0, view)) }
      return wanted.isEmpty ? .none : Demand(rect: output.rect, channels: Set(wanted))
    }
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for (view, input) in context.inputs.enumerated() {
      for channel in input?.channels ?? [] {
        program.set(merged(channel, view), .input(view, channel))
      }
    }
    return program
  }
}
