import BipackGraph
import BipackKernels
import BipackPixels

/// A matte made steadier by those of the frames around. Inputs: matte, picture, trimap; then picture
/// and matte of each other frame.
struct SteadyMattePart: FilterOperator {
  /// How far things may move from the frame to the others, in pixels.
  let motion: Double
  /// Where the trimap's levels are.
  let known: Channel

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = [.alpha]
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let steady = SteadyMatte(motion: motion)
    return context.inputs.indices.map { index in
      guard let spec = context.inputs[index], !output.rect.isEmpty else { return .none }
      let window = spec.dataWindow
      // Beyond their data windows the border goes on.
      func held(_ rect: Rect, _ channels: [Channel]) -> Demand {
        output.with(rect: reached(rect, 0, 0, window, .clamp), channels)
      }
      return switch index {
      case 0: output.with(rect: output.rect.intersection(window), [.alpha])
      case 2: output.with(rect: output.rect.intersection(window), [known])
      case let index where index % 2 == 1:
        held(steady.pictures(for: output.rect), Channel.rgb)
      default: held(steady.mattes(for: output.rect), [.alpha])
      }
    }
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(steady: SteadyMatte(motion: motion), known: known, count: context.inputs.count)
  }

  private struct Kernel: TileKernel {
    let steady: SteadyMatte
    let known: Channel
    let count: Int

    func render(_ task: borrowing TileTask) throws(NodeError) {
      if task.channels.isEmpty { return }
      // Where there is no trimap nothing is unknown.
      guard let matte = task.input(0), let picture = task.input(1), let trimap = task.input(2)
      else {
        return task.copy(0, 0)
      }
      var around: [SteadyMatte.Frame] = []
      for input in stride(from: 3, to: count - 1, by: 2) {
        guard let picture = task.input(input), let matte = task.input(input + 1) else { continue }
        around.append(SteadyMatte.Frame(picture: picture, matte: matte))
      }
      steady.fill(
        task.target(0), matte: matte, picture: picture, trimap: trimap, known: known,
        around: around, pool: task.pool)
    }
  }
}
