public import BipackGraph
import BipackKernels
import BipackPixels

/// Takes noise out.
public struct Denoise: CompositeNode {
  public static let abstract = """
    Takes noise out of red, green and blue and leaves texture: patches that are alike, up to 16 of them, are filtered \
    together in a basis in which the picture is few numbers (BM3D, Dabov et al. 2007). With `range` the frames around \
    are looked at too, where flow says things went: what moves is followed, and what is not found again does not \
    count, so that nothing leaves a ghost. `sigma` is the noise's standard deviation: too small a number leaves \
    grain, too large a one takes fine texture. `law` says how noise depends on light; best is to have it measured \
    (`"law": "grain", "grain": {"from": "profile.grain"}`), for then its size and its colours are known too.
    """
  public static let category = "Filter"

  /// How strong noise is in the dark and in the light.
  public enum Law: String, ParamChoice {
    /// The same in code values of sRGB: of a picture of 8 bits, of video.
    case coded
    /// It grows as the root of the light: of a sensor.
    case light
    /// As `grain` says.
    case grain
  }

  @Input("The noisy picture.")
  public var source

  @Param(
    0...100,
    """
    The noise's standard deviation in 255ths: of code values for `coded`, of the root of light for `light`. 0 does \
    nothing.
    """)
  public var sigma = 3.0

  @Param("How noise depends on light.")
  public var law = Law.coded

  @Param("The noise, for the law `grain`: a GrainProfile measures it.")
  public var grain = Grain()

  @Param(0...4, unit: .frames, "How many frames before and after are looked at too.")
  public var range = 0

  @Params public var flow = FlowSettings()

  public static let conditions: [ParamCondition] = [
    .only("vectorDetail", "smoothness", "vectorChannels", with: "range"),
    .only("sigma", where: "law", "'law' is coded or light") { $0 != .string(Law.grain.rawValue) },
    .only("grain", where: "law", is: Law.grain.rawValue),
  ]

  public init() {}

  private func steps(_ has: (Int) -> Bool) -> [Int] {
    range < 1 ? [] : (1...range).flatMap { [$0, -$0] }.filter(has)
  }

  /// The frame, then those around, the nearest first.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    let others = steps { context.neighbour($0) != nil }
    return [InputFrame(slot: source.slot, frame: context.frame)]
      + others.map { InputFrame(slot: source.slot, frame: context.frame + Double($0)) }
  }

  public func identity(_ context: NodeContext) -> Int? {
    (law == .grain ? grain.isNone : sigma == 0) ? source.slot : nil
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let spec = context.spec(source), !spec.dataWindow.isEmpty,
      Channel.rgb.contains(where: spec.has)
    else { return .input(source.slot) }
    let coding = try coding(context)
    /// A frame's planes, and what the first step makes of them.
    func begun(_ index: Int, _ graph: inout Expansion) -> [Expansion.Ref] {
      let noisy = graph.add(NoiseSpacePart(coding: coding), [.input(index)])
      return [noisy, graph.add(DenoisePart(noise: coding.noise, step: .first), [noisy])]
    }
    var inputs = begun(source.slot, &graph)
    let flows = FlowGraph(settings: flow)
    for (index, other) in context.inputs.enumerated().dropFirst() {
      guard let other, !other.dataWindow.isEmpty else { continue }
      let here = try FlowFrame(&graph, .input(source.slot), spec, flow)
      let there = try FlowFrame(&graph, .input(index), other, flow)
      let vectors = flows.flow(&graph, from: here, to: there)
      inputs += begun(index, &graph) + [flows.enlarged(&graph, vectors, as: here)]
    }
    if inputs.count > 2 {
      inputs[1] = graph.add(DenoisePart(noise: coding.noise, step: .again), inputs)
    }
    let clean = graph.add(DenoisePart(noise: coding.noise, step: .last), inputs)
    return graph.add(CleanColorPart(coding: coding), [.input(source.slot), clean])
  }
}

/// The planes in which noise is even.
enum NoiseChannel {
  static let all: [Channel] = ["noise.brightness", "noise.first", "noise.second"]
}

/// Curves between which noise is even, and the noise there.
private struct NoiseCoding: Hashable {
  /// What the curves are made from; a curve of a standard by its name.
  enum Curve: Hashable {
    case named(TransferCurve)
    case grain([LookupCurve])
  }

  let curve: Curve
  let noise: PatchNoise

  func encoding() -> any PointKernel {
    switch curve {
    case .named(let curve): TransferKernel(curve, encoding: true)
    case .grain(let curves): GrainCoding(curves).encoding
    }
  }

  func decoding() -> any PointKernel {
    switch curve {
    case .named(let curve): TransferKernel(curve, encoding: false)
    case .grain(let curves): GrainCoding(curves).decoding
    }
  }
}

extension GrainCoding {
  /// Even, for the mean of three channels' grain.
  fileprivate init(_ curves: [LookupCurve]) {
    let brightest = curves.reduce(1) { max($0, $1.points[$1.points.count - 1].x) }
    self.init(brightest: brightest) { light in
      curves.reduce(0) { $0 + Grain.deviation($1, light) } / Double(curves.count)
    }
  }
}

extension Denoise {
  private func coding(_ context: NodeContext) throws(NodeError) -> NoiseCoding {
    let even = PatchNoise(even: sigma / 255)
    switch law {
    case .coded: return NoiseCoding(curve: .named(.sRGB), noise: even)
    case .light: return NoiseCoding(curve: .named(NoiseSpace.light), noise: even)
    case .grain:
      let curves = (0..<3).map(grain.curve)
      let unit = GrainCoding(curves).unit
      // Each channel's grain as a share of the mean, over the light of most pictures.
      let lights = (1...20).map { 0.0025 * Double($0 * $0) }
      let deviations = curves.map { curve in
        unit
          * lights.reduce(0) { sum, light in
            let mean = curves.reduce(0) { $0 + Grain.deviation($1, light) } / 3
            return sum + Grain.deviation(curve, light) / max(mean, 1e-12)
          } / Double(lights.count)
      }
      let (correlation, share) = try grain.correlation(proxy: context.proxy)
      return NoiseCoding(
        curve: .grain(curves),
        noise: PatchNoise(deviations: zip(deviations, share).map { $0 * $1 }, correlation))
    }
  }
}

/// Colours as `NoiseSpace` has them.
private struct NoiseSpacePart: KeyOperator {
  let coding: NoiseCoding

  var made: [Channel] { NoiseChannel.all }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let kernel = coding.encoding()
    let coded = rgb(0).map { program.add(kernel, [$0])[0] }
    let planes = program.add(NoiseSpace.into, coded, outputs: 3)
    for (channel, plane) in zip(made, planes) { program.set(channel, plane) }
    return program
  }
}

/// A picture with colours that come from there. Inputs: the picture, the colours.
private struct CleanColorPart: PointOperator {
  let coding: NoiseCoding

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let planes = NoiseChannel.all.map { PointProgram.Source.input(1, $0) }
    let coded = program.add(NoiseSpace.back, planes, outputs: 3)
    let kernel = coding.decoding()
    for (channel, plane) in zip(Channel.rgb, coded) where context.main.has(channel) {
      program.set(channel, program.add(kernel, [plane])[0])
    }
    return program
  }
}

/// A step of the filter. Inputs: the noisy planes; after the first step what was made of them, and of each other frame
/// both and the flow to it.
struct DenoisePart: FrameOperator {
  let noise: PatchNoise
  let step: PatchDenoiser.Step

  private func frames(_ context: NodeContext) -> Int { max(1, (context.inputs.count + 1) / 3) }

  private func denoiser(_ context: NodeContext) -> PatchDenoiser {
    PatchDenoiser(noise, step: step)
  }

  /// What is looked at: all, where things may come from anywhere in other frames.
  private func seen(_ rect: Rect, _ context: NodeContext) -> Rect {
    let window = context.main.dataWindow
    if rect.isEmpty { return .empty }
    return context.inputs.count > 2 ? window : PatchDenoiser.seen(rect, in: window)
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let seen = seen(output.rect, context)
    return context.inputs.enumerated().map { index, spec in
      guard let spec, !seen.isEmpty else { return .none }
      let isFlow = index >= 2 && (index - 2) % 3 == 2
      return output.with(
        rect: reached(seen, 0, 0, spec.dataWindow, .clamp),
        isFlow ? [FlowChannel.u, FlowChannel.v] : NoiseChannel.all)
    }
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    denoiser(context).workingBytes(
      region, seen: seen(region, context), frames: frames(context))
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(part: self, context: context)
  }

  private struct Kernel: TileKernel {
    let part: DenoisePart
    let context: NodeContext

    func render(_ task: borrowing TileTask) throws(NodeError) {
      if task.channels.isEmpty { return }
      let (loops, pool) = (task.loops.whileWanted, task.pool)
      let seen = part.seen(task.rect, context)
      func planes(_ index: Int, _ channels: [Channel], _ task: borrowing TileTask)
        -> PatchDenoiser.Planes?
      {
        task.input(index).map {
          PatchDenoiser.Planes($0, channels, seen, pool: pool, loops: loops)
        }
      }
      guard let noisy = planes(0, NoiseChannel.all, task) else { return }
      var frames = [
        PatchDenoiser.Frame(noisy: noisy, guide: planes(1, NoiseChannel.all, task))
      ]
      for index in stride(from: 2, to: context.inputs.count - 2, by: 3) {
        guard let other = planes(index, NoiseChannel.all, task) else { continue }
        frames.append(
          PatchDenoiser.Frame(
            noisy: other, guide: planes(index + 1, NoiseChannel.all, task),
            flow: planes(index + 2, [FlowChannel.u, FlowChannel.v], task)))
      }
      if loops.isCancelled() { return }
      let targets = TogetherTargets(NoiseChannel.all, task)
      withExtendedLifetime(targets) {
        part.denoiser(context).fill(
          targets.views, frames, window: context.main.dataWindow, pool: pool, loops: loops)
      }
    }
  }
}
