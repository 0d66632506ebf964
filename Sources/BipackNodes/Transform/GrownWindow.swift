import BipackGraph
import BipackPixels

/// A node that gives its picture another data window: the pixels stay where they are, new ones are
/// black.
protocol WindowNode: TileNode {
  /// The data window of the result.
  func window(_ source: ImageSpec) throws(NodeError) -> Rect
}

extension WindowNode {
  public static var isMaskable: Bool { false }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = try window(spec)
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    (try? window(context.main)) == context.main.dataWindow ? 0 : nil
  }

  /// A smaller window shares the picture's pixels.
  public func computed(_ context: NodeContext) -> [Channel] {
    let isInside = (try? window(context.main)).map(context.main.dataWindow.contains) ?? false
    return isInside ? [] : context.main.channels
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: output.rect.intersection(context.main.dataWindow))]
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { CopyKernel() }
}

/// The input where it has pixels, black elsewhere.
private struct CopyKernel: TileKernel {
  func render(_ task: borrowing TileTask) throws(NodeError) {
    for i in task.channels.indices { task.copy(0, i) }
  }
}
