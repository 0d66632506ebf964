import BipackGraph
import BipackKernels
import BipackPixels

/// A picture with one stroke on it, no larger than the stroke: the first input outside, and, as far as the brush covers
/// a pixel, the second, or a colour where there is none.
struct BrushPart: TileOperator {
  struct Brush: Sendable, Hashable {
    var spline: Spline

    var shape: SplineShape {
      var shape = SplineShape([SplineShape.Moment(spline)], isClosed: false)
      shape.falloff = .smooth
      return shape
    }
  }

  let brush: Brush
  let opacity: Double
  let color: ColorValue
  let channels: [Channel]
  let area: Rect

  var cost: NodeCost { .heavy }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = area
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    output.cut(to: context.inputs)
  }

  func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    2 * rect.area + Coverage.scratch(rect)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(
      silhouette: brush.shape.silhouette, opacity: Float(opacity), color: color,
      channels: Set(channels), hasDonor: context.inputs.count > 1)
  }

  private struct Kernel: TileKernel {
    let silhouette: Silhouette
    let opacity: Float
    let color: ColorValue
    let channels: Set<Channel>
    let hasDonor: Bool

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let rect = task.rect
      let scratch = task.scratch(count: rect.area)
      let mask = PlaneView(rect, of: scratch)
      silhouette.render(into: mask)
      for i in task.channels.indices {
        task.copy(0, i)
        guard channels.contains(task.channels[i]) else { continue }
        let target = task.target(i)
        if hasDonor {
          let donor = task.window(1, task.channels[i], rect)
          for y in rect.y0..<rect.y1 {
            BrushMix.apply(
              mask.row(y), opacity, donor.pointer + (y - rect.y0) * donor.stride,
              onto: target.row(y), count: rect.width)
          }
        } else {
          let value = Float(color[task.channels[i].slot ?? 0])
          for y in rect.y0..<rect.y1 {
            BrushMix.apply(
              mask.row(y), opacity, value, onto: target.row(y), count: rect.width)
          }
        }
      }
    }
  }
}
