import BipackGraph
import BipackKernels
import BipackPixels

/// Minimum or maximum along both axes, with radii that are positive where the picture grows brighter
/// (maximum) and negative where it shrinks (minimum). Shared by Dilate, Erode and EdgeDetect.
struct ExtremesPart: FilterOperator {
  /// Radii; of one sign.
  let x: Int
  let y: Int
  let channels: FilteredChannels
  let window: Rect?

  private var isMaximum: Bool { x > 0 || y > 0 }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    if let window { spec.dataWindow = window }
    return spec
  }

  var shape: TileShape {
    if max(abs(x), abs(y)) <= SeparablePart.tileReach { return .run }
    if y == 0 { return .rows }
    if x == 0 { return .columns }
    return .run
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let source = context.main.dataWindow
    return [output.with(rect: reached(output.rect, abs(x), abs(y), source, .clamp))]
  }

  func computed(_ context: NodeContext) -> [Channel] {
    channels.computed(context.main, dataWindow: window ?? context.main.dataWindow)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(
      extremes: Extremes(maximum: isMaximum, radiusX: abs(x), radiusY: abs(y)),
      filtered: channels.filtered(context.main))
  }

  private struct Kernel: TileKernel {
    let extremes: Extremes
    let filtered: Set<Channel>

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        if filtered.contains(task.channels[i]), let source = task.input(0) {
          extremes.apply(
            source, task.channels[i], edge: .clamp, rect: task.rect, into: task.targets(i),
            pool: task.pool)
        } else {
          task.copy(0, i)
        }
      }
    }
  }

  /// Adds what dilates by `x` and `y` (negative erodes) to a graph: erosion first where the axes
  /// differ, and long radii one axis after the other.
  static func expand(
    _ graph: inout Expansion, _ source: Expansion.Ref, x: Int, y: Int, _ channels: ChannelSet,
    window: Rect?
  ) -> Expansion.Ref {
    let chosen = FilteredChannels(set: channels)
    if (x < 0) == (y < 0) || x == 0 || y == 0, max(abs(x), abs(y)) <= SeparablePart.tileReach {
      return graph.add(ExtremesPart(x: x, y: y, channels: chosen, window: window), [source])
    }
    var current = source
    for isMaximum in [false, true] {
      for axis in [(x: x, y: 0), (x: 0, y: y)] where (axis.x + axis.y > 0) == isMaximum {
        if axis.x + axis.y == 0 { continue }
        current = graph.add(
          ExtremesPart(x: axis.x, y: axis.y, channels: chosen, window: window), [current])
      }
    }
    return current
  }

  /// Whole pixels of a size: fractions are dropped, towards 0.
  static func whole(_ size: Double) -> Int { Int(min(max(size, -1e6), 1e6)) }
}
