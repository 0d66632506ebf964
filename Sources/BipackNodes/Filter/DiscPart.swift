import BipackGraph
import BipackKernels
import BipackPixels

/// Minimum or maximum over a disc, up to `Disc.largest` in one pass.
struct DiscPart: FilterOperator {
  /// Pixels the picture grows; negative shrinks.
  let radius: Double
  let channels: FilteredChannels
  let window: Rect?

  private func disc(_ context: NodeContext) -> Disc {
    Disc(
      maximum: radius > 0, radius: radius.magnitude,
      pixelAspect: Self.aspect(context.main.format))
  }

  /// What a pixel's shape may be taken for: absurd ones would make endless discs.
  private static func aspect(_ format: Format) -> Double {
    format.pixelAspect > 0.1 && format.pixelAspect < 10 ? format.pixelAspect : 1
  }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    if let window { spec.dataWindow = window }
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let disc = disc(context)
    let source = context.main.dataWindow
    return [output.with(rect: reached(output.rect, disc.reachX, disc.reachY, source, .clamp))]
  }

  func computed(_ context: NodeContext) -> [Channel] {
    channels.computed(context.main, dataWindow: window ?? context.main.dataWindow)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(disc: disc(context), filtered: channels.filtered(context.main))
  }

  private struct Kernel: TileKernel {
    let disc: Disc
    let filtered: Set<Channel>

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        guard filtered.contains(task.channels[i]) else {
          task.copy(0, i)
          continue
        }
        let source = task.window(
          0, task.channels[i], task.rect.expanded(x: disc.reachX, y: disc.reachY), edge: .clamp)
        disc.apply(source, into: task.target(i), pool: task.pool)
      }
    }
  }

  /// How much a picture that grows by `size` pixels needs around it.
  static func grown(_ spec: ImageSpec, by size: Double) -> Rect {
    let pixels = max(0, Int(size.rounded(.up)))
    let across = max(0, Int((size / aspect(spec.format)).rounded(.up)))
    return cropped(spec.dataWindow.expanded(x: across, y: pixels), spec, true)
  }

  /// Adds what grows a picture by `size` pixels (negative shrinks) to a graph. The data window grows
  /// with it, but not over a border of the format the picture kept to.
  static func expand(
    _ graph: inout Expansion, _ source: Expansion.Ref, _ spec: ImageSpec, size: Double,
    _ channels: ChannelSet
  ) -> Expansion.Ref {
    var (current, done) = (source, 0.0)
    while done < size.magnitude {
      let step = min(Disc.largest, size.magnitude - done)
      done += step
      current = graph.add(
        DiscPart(
          radius: size < 0 ? -step : step, channels: FilteredChannels(set: channels),
          window: grown(spec, by: size < 0 ? 0 : done)), [current])
    }
    return current
  }
}
