import BipackGraph
import BipackKernels
import BipackPixels

/// An Expression whose pixels are made of others: each plane it reads is laid out as the pixels see it,
/// then the program runs as it does over a strip.
struct NeighbourExpression: TileOperator {
  private let expression: Expression

  init(_ expression: Expression) { self.expression = expression }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { try expression.spec(context) }

  /// Where the window is the source's own, channels without a formula are shared.
  func computed(_ context: NodeContext) -> [Channel] {
    guard let spec = try? spec(context), let compiled = try? expression.compiled(context) else {
      return []
    }
    if context.spec(expression.source)?.dataWindow != spec.dataWindow { return spec.channels }
    let made = compiled.outputs.joined()
    return spec.channels.filter(made.contains)
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var demands = context.inputs.map { _ in Demand.none }
    guard let compiled = try? expression.compiled(context) else { return demands }
    func need(_ input: Int, _ channel: Channel, _ x: Int, _ y: Int, _ edge: EdgeMode) {
      guard let spec = context.inputs[input], spec.has(channel) else { return }
      let rect = reached(output.rect.translated(x: x, y: y), 0, 0, spec.dataWindow, edge)
      demands[input].rect = demands[input].rect.union(rect)
      demands[input].channels.insert(channel)
    }
    for plane in compiled.planes {
      need(plane.input, plane.channel, plane.x, plane.y, expression.edge.mode)
    }
    // Channels without a formula are the source's.
    let made = compiled.outputs.joined()
    for channel in output.channels where !made.contains(channel) && !demands.isEmpty {
      need(expression.source.slot, channel, 0, 0, .black)
    }
    return demands
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(
      compiled: try expression.compiled(context), edge: expression.edge.mode,
      source: expression.source.slot)
  }

  private struct Kernel: TileKernel {
    let compiled: Expression.Compiled
    let edge: EdgeMode
    let source: Int

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let rect = task.rect
      var planes: [Scratch] = []
      for plane in compiled.planes {
        let scratch = task.scratch(count: rect.area)
        // At the pixel itself nothing is repeated: there is no neighbour to stand in.
        let isNeighbour = plane.x != 0 || plane.y != 0
        task.input(plane.input)?.gather(
          plane.channel, edge: isNeighbour ? edge : .black,
          into: PlaneView(rect.translated(x: plane.x, y: plane.y), of: scratch))
        planes.append(scratch)
      }
      let results = compiled.outputs.map { _ in task.scratch(count: rect.area) }
      withExtendedLifetime((planes, results)) {
        compiled.kernel.render(
          planes.map { UnsafePointer($0.base) }, to: results.map(\.base), rect: rect)
        for (i, channel) in task.channels.enumerated() {
          // Of two formulas for one channel the later counts.
          guard let index = compiled.outputs.lastIndex(where: { $0.contains(channel) }) else {
            task.copy(source, i)
            continue
          }
          task.target(i).copy(results[index].base)
        }
      }
    }
  }
}
