public import BipackGraph
import BipackKernels
import BipackPixels

/// How steep a picture is at each pixel.
public struct EdgeDetect: CompositeNode {
  public static let abstract = """
    Finds edges: the length of the picture's gradient. The picture may be blurred first; a straight \
    edge of height 1 then gives a line of about 1 (Natron's scaling). Colours are combined by the \
    greatest slope of the colour as a whole (`tensor`, Di Zenzo 1986; channels add up, so a grey edge \
    counts 1.7 times), of any channel (`max`), by their root mean square (`rms`), or stay separate.
    """
  public static let category = "Filter"

  /// How the slope is measured.
  public enum Filter: String, ParamChoice {
    /// (next - previous) / 2.
    case simple
    /// 1 2 1 across, divided by 8.
    case sobel
    /// 1 1 1 across, divided by 6.
    case prewitt
    /// 2 - sqrt 2, 2 sqrt 2 - 2, 2 - sqrt 2 across, divided by 4.
    case rotationInvariant
    /// Centred differences after a blur of that shape.
    case gaussian, box, triangle, quadratic
  }

  /// How the slopes of several channels make one.
  public enum MultiChannel: String, ParamChoice {
    case separate, rms, max, tensor
  }

  @Input("The picture to look at.")
  public var source

  @Param("Channels to look at; all of them receive the result.")
  public var channels: ChannelSet = .rgb

  @Param("How the slope is measured.")
  public var filter = Filter.gaussian

  @Param("How the slopes of several channels make one.")
  public var multiChannel = MultiChannel.tensor

  @Param(
    0...largestFilterSize, unit: .pixels, "Diameter of the blur before; larger finds coarser edges."
  )
  public var blurSize: Vec2 = 0

  @Param(
    -4096...4096, unit: .pixels, "Pixels to thin the edges by afterwards; negative widens them.")
  public var erodeSize = 0.0

  public init() {}

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let form: BlurFilter =
      switch filter {
      case .box: .box
      case .triangle: .triangle
      case .quadratic: .quadratic
      default: .gaussian
      }
    let shape = BlurShape(form, blurSize, .clamp, pixelAspect: context.main.format.pixelAspect)
    var current = Expansion.Ref.input(0)
    if !shape.isIdentity {
      current = shape.expand(
        &graph, current, context.main, channels, window: context.main.dataWindow)
    }
    var part = GradientPart()
    part.gradient = gradient
    part.gainX = Self.gain(form, shape.width)
    part.gainY = Self.gain(form, shape.height)
    part.combine = multiChannel
    part.channels = channels
    current = graph.add(part, [current])
    let radius = ExtremesPart.whole(erodeSize)
    if radius != 0 {
      current = ExtremesPart.expand(
        &graph, current, x: -radius, y: -radius, channels, window: context.main.dataWindow)
    }
    return current
  }

  private var gradient: Gradient {
    switch filter {
    case .sobel: Gradient(side: 0.125, middle: 0.25)
    case .prewitt: Gradient(side: 1.0 / 6, middle: 1.0 / 6)
    case .rotationInvariant:
      Gradient(
        side: Float(0.25 * (2 - 2.0.squareRoot())), middle: Float(0.5 * (2.0.squareRoot() - 1)))
    default: Gradient(side: 0, middle: 0.5)
    }
  }

  /// What makes the slope of a blurred step edge 1 again.
  static func gain(_ filter: BlurFilter, _ size: Double) -> Double {
    switch filter {
    case .gaussian: size / 2.4 >= 0.1 ? 2 * Double.pi * (size / 2.4) / 2.4 : 1
    case .box: size > 1 ? size : 1
    case .triangle: size > 1 ? 2 * size * size / (2 * size + 1) : 1
    case .quadratic: size > 1 ? 12 * size * size * size / (9 * size * size - 4) : 1
    }
  }

  /// The length of the gradient.
  struct GradientPart: FilterOperator {
    var gradient = Gradient(side: 0, middle: 0.5)
    var gainX = 1.0
    var gainY = 1.0
    var combine = MultiChannel.separate
    var channels = ChannelSet.rgb

    func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
      let chosen = channels.select(from: context.main.channels)
      return [
        Demand(
          rect: reached(output.rect, 1, 1, context.main.dataWindow, .clamp),
          channels: output.channels.union(chosen))
      ]
    }

    func computed(_ context: NodeContext) -> [Channel] {
      channels.select(from: context.main.channels)
    }

    func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
      Kernel(part: self, chosen: channels.select(from: context.main.channels))
    }

    private struct Kernel: TileKernel {
      let part: GradientPart
      let chosen: [Channel]

      func render(_ task: borrowing TileTask) throws(NodeError) {
        let count = task.rect.area
        let slopes = task.scratch(count: 2 * count)
        let (gx, gy) = (slopes.base, slopes.base + count)
        let (kx, ky) = (Float(part.gainX), Float(part.gainY))
        // Squares of the slopes: in x, in y, and their product, summed over the channels.
        let sums = task.scratch(count: 3 * count)
        sums.base.update(repeating: 0, count: 3 * count)
        let (xx, yy, xy) = (sums.base, sums.base + count, sums.base + 2 * count)
        let isSeparate = part.combine == .separate || chosen.count == 1
        for channel in chosen {
          if isSeparate && !task.channels.contains(channel) { continue }
          let source = task.window(0, channel, task.rect.expanded(1), edge: .clamp)
          part.gradient.apply(source, rect: task.rect, x: gx, y: gy)
          for i in 0..<count {
            let (a, b) = (gx[i] * kx, gy[i] * ky)
            if isSeparate {
              xx[i] = (a * a + b * b).squareRoot()
            } else if part.combine == .max {
              let square = a * a + b * b
              xx[i] = square > xx[i] ? square : xx[i]
            } else {
              xx[i] += a * a
              yy[i] += b * b
              xy[i] += a * b
            }
          }
          if isSeparate { store(task, xx, only: channel) }
        }
        if isSeparate { return }
        for i in 0..<count {
          switch part.combine {
          case .max: xx[i] = xx[i].squareRoot()
          case .rms: xx[i] = ((xx[i] + yy[i]) / Float(chosen.count)).squareRoot()
          default:
            let difference = xx[i] - yy[i]
            let root = (difference * difference + 4 * xy[i] * xy[i]).squareRoot()
            xx[i] = ((xx[i] + yy[i] + root) / 2).squareRoot()
          }
        }
        store(task, xx, only: nil)
      }

      private func store(
        _ task: borrowing TileTask, _ values: UnsafeMutablePointer<Float>, only: Channel?
      ) {
        for i in task.channels.indices where only == nil || task.channels[i] == only {
          task.target(i).copy(values)
        }
      }
    }
  }
}
