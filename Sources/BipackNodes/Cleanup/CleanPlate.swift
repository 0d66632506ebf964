public import BipackGraph
import BipackKernels
public import BipackPixels

/// What is behind the things that move: the picture that most frames around show.
public struct CleanPlate: CompositeNode {
  public static let abstract = """
    Looks behind what moves: of the frames around, laid onto this one, each pixel is what most of them show. For a camera \
    that moves connect the motion of an Align (`"motion": {"from": "align.matrix"}`); a camera that stands still needs none. \
    `exclude` is what is to go, in every frame: from a quarter on nothing of it is used, and with `output` `repaired` only it is replaced; \
    the rest of the picture stays as it is, bit for bit. Beside the picture come \
    `confidence`, 1 where frames agree and 0 where no frame shows what is behind, and `hole`, where that is so: there the source stays, \
    for an Inpaint to fill. Means of frames have no grain: give it back with a Regrain.
    """
  public static let category = "Cleanup"
  public static let isMaskable = false

  /// What of the result is used.
  public enum Output: String, ParamChoice {
    /// All of it.
    case plate
    /// Where `exclude` is; elsewhere the source.
    case repaired
  }

  /// How frames become one.
  public enum Combine: String, ParamChoice {
    /// The mean of those that agree, of the largest crowd.
    case mostSeen
    /// The middle of each channel.
    case median
    /// The nearest frame that shows it, as it is, with its grain.
    case nearest
  }

  @Input("The shot.")
  public var source

  @Input("What is to go and must not be used, in every frame.", optional: true, matte: true)
  public var exclude

  @Param(1...100, unit: .frames, "How far before and after frames are looked at.")
  public var range = 8

  @Param(
    1...20, unit: .frames,
    "Every how many frames one is looked at: what moves slowly needs frames far away, not many.")
  public var step = 1

  @Param(
    "How the picture moves: matrices over frames, as `{\"from\": \"align.matrix\"}` gives them. Without, it stands still."
  )
  public var motion = FrameCurve.still

  @Param(
    "How bright frames are, as `{\"from\": \"align.gain\"}` gives it: they are made as bright as this one."
  )
  public var gain = FrameCurve(constant: 1)

  @Param(
    "How sure the motion is, as `{\"from\": \"align.confidence\"}` gives it: frames below 0.1 are left out, so that nothing comes from beyond a cut."
  )
  public var trust = FrameCurve(constant: 1)

  @Param("How frames become one.")
  public var combine = Combine.mostSeen

  @Param(
    0.001...1,
    "How different the same may look from frame to frame, as a share of white in code values: about its noise."
  )
  public var tolerance = 0.02

  @Param(
    -10...100, unit: .pixels,
    "How far around `exclude` pixels are not used, and replaced, too: mattes end before soft edges do."
  )
  public var grow = 2.0

  @Param("What comes out.")
  public var output = Output.plate

  @Params public var resampling = Resampling.sharp

  public static let conditions: [ParamCondition] = [
    .only("output", "grow", withInput: "exclude")
  ]

  public init() {}

  /// The frame, then those beside it, the nearest first.
  private func frames(around frame: Double, _ has: (Int) -> Bool) -> [Double] {
    if !isTrusted(frame) { return [frame] }
    let steps = stride(from: step, through: max(step, range), by: step).flatMap { [$0, -$0] }
    let others = steps.filter { has($0) && isTrusted(frame + Double($0)) }
    return [frame] + others.prefix(PlateKernel.mostFrames - 1).map { frame + Double($0) }
  }

  private func isTrusted(_ frame: Double) -> Bool { trust.value(at: frame) >= 0.1 }

  /// The source at the frame and around it, then `exclude` at the same frames.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    let frames = frames(around: context.frame) { context.neighbour($0) != nil }
    let hasMatte = context.connected.count > exclude.slot && context.connected[exclude.slot]
    let slots = hasMatte ? [source.slot, exclude.slot] : [source.slot]
    return slots.flatMap { slot in frames.map { InputFrame(slot: slot, frame: $0) } }
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(CleanPlateChannel.added)
    return spec
  }

  /// Where the matte is at this frame.
  public func bounds(_ context: NodeContext) -> [BoundsQuery] {
    let count = frames(context).count
    guard output == .repaired, context.inputs.count > count else { return [] }
    return [BoundsQuery(count, .alpha, above: 0)]
  }

  /// The frames that the inputs are of.
  private func frames(_ context: NodeContext) -> [Double] {
    frames(around: context.frame) { context.neighbour($0) != nil }
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.inputs[0], !shot.dataWindow.isEmpty else {
      return .input(source.slot)
    }
    let frames = frames(context)
    let hasMatte = context.inputs.count > frames.count
    let window = shot.dataWindow
    let area =
      context.bounds.isEmpty
      ? nil : context.workArea(context.bounds.indices, margin: Int(max(0, grow)) + 2, in: window)
    var place: Expansion.Ref?
    var pictures: [Expansion.Ref] = []
    for (index, frame) in frames.enumerated() {
      guard let spec = context.inputs[index] else { continue }
      let matrix = index == 0 ? .identity : try way(from: frame, context)
      var parts = [Expansion.Ref.input(index)]
      var matte: Expansion.Ref?
      if hasMatte, let given = context.inputs[frames.count + index] {
        func grown(by size: Double) -> Expansion.Ref {
          DiscPart.expand(&graph, .input(frames.count + index), given, size: size, .alpha)
        }
        matte = grown(by: grow)
        if matrix != .identity { parts.append(grown(by: grow + Double(Self.filterReach))) }
      }
      if matrix != .identity {
        let inside = spec.dataWindow.expanded(-Self.filterReach)
        parts.insert(graph.add(WorkAreaPart(area: inside), [.input(index)]), at: 1)
      }
      if let matte { parts.append(matte) }
      if index == 0 { place = matte }
      let bright = gain.value(at: frame)
      let scale = bright > 0 ? gain.value(at: context.frame) / bright : 1
      let seen = graph.add(
        SeenPart(
          window: spec.dataWindow, gain: scale, isMoved: matrix != .identity, hasMatte: matte != nil
        ), parts)
      pictures.append(graph.add(LaidPart(matrix: matrix, resampling: resampling), [seen]))
    }
    let choice: PlateKernel.Choice =
      switch combine {
      case .mostSeen: .most
      case .median: .median
      case .nearest: .first
      }
    let plate = graph.add(
      PlatePart(choice: choice, tolerance: tolerance, window: window, format: shot.format), pictures
    )
    var inputs = [Expansion.Ref.input(source.slot), graph.cut(plate, to: area)]
    if output == .repaired, let place { inputs.append(place) }
    return graph.add(RepairPart(isWhole: output == .plate || !hasMatte), inputs)
  }

  /// How far the filter looks from where it is, as far as it shows.
  private static let filterReach = 3

  /// From the picture at a frame to this one, in pixels of this size.
  private func way(from frame: Double, _ context: NodeContext) throws(NodeError) -> Matrix3 {
    let (here, there) = (
      try motion.motion("motion", at: context.frame), try motion.motion("motion", at: frame)
    )
    guard let back = there.inverse else { throw .flatMotion("motion", frame) }
    let way = (here * back).coarser(by: context.proxy)
    return way.isStill(over: RealRect(context.main.format.window)) ? .identity : way
  }
}

extension Matrix3 {
  /// Whether it moves the corners by so little that looking between pixels would lose more.
  fileprivate func isStill(over rect: RealRect) -> Bool {
    [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)].allSatisfy {
      guard let to = apply($0.0, $0.1) else { return false }
      return abs(to.x - $0.0) < 0.05 && abs(to.y - $0.1) < 0.05
    }
  }
}

/// What a clean plate says beside its colours.
enum CleanPlateChannel {
  static let seen: Channel = "clean.seen"
  static let confidence: Channel = "confidence"
  static let hole: Channel = "hole"
  static let added = [confidence, hole]
  /// A frame as it is laid onto another.
  static let frame = Channel.rgb + [seen]
}

/// A frame's colours, as bright as another and in numbers in which noise is even and filters do not ring, and how much of each pixel
/// is seen: 1, or a half near the matte and the border, where a filter mixes in what is not. Inputs: picture; if it is to be moved, the part
/// of it that is far enough from the border, and the matte as far as a filter would see it; the matte.
private struct SeenPart: KeyOperator {
  let window: Rect
  let gain: Double
  let isMoved: Bool
  let hasMatte: Bool

  var made: [Channel] { CleanPlateChannel.frame }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    (spec.channels, spec.dataWindow) = (made, window)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for (channel, plane) in zip(made, rgb(0)) {
      let bright = gain == 1 ? plane : program.add(ScaleKernel(by: Float(gain)), [plane])[0]
      program.set(
        channel, program.add(TransferKernel(NoiseSpace.light, encoding: true), [bright])[0])
    }
    let matte: PointProgram.Source =
      hasMatte ? .input(context.inputs.count - 1, .alpha) : .constant(0)
    let far: PointProgram.Source = isMoved && hasMatte ? .input(2, .alpha) : matte
    let inside: PointProgram.Source = isMoved ? .opaque(1) : .constant(1)
    let seen = program.add(FreeKernel(), [matte, far, inside])[0]
    program.set(CleanPlateChannel.seen, seen)
    return program
  }
}

private struct ScaleKernel: PointKernel {
  let factor: Float
  init(by factor: Float) { self.factor = factor }

  func apply(_ strip: borrowing Strip) {
    let (source, count) = (strip.input(0), strip.count)
    var out = strip.output(0)
    for i in 0..<count { out[i] = source[i] * factor }
  }
}

/// What a matte leaves free, nothing from a quarter on: a soft matte hides a hard thing. A half of it counts only inside and away from
/// the matte. What is no number is not free. Inputs: the matte, the matte grown, inside.
private struct FreeKernel: PointKernel {
  func apply(_ strip: borrowing Strip) {
    let (matte, far, inside) = (strip.input(0), strip.input(1), strip.input(2))
    let count = strip.count
    var out = strip.output(0)
    for i in 0..<count {
      let (near, free) = (1 - 4 * matte[i], inside[i] - 4 * far[i])
      out[i] = 0.5 * (near > 0 ? min(near, 1) : 0) + 0.5 * (free > 0 ? min(free, 1) : 0)
    }
  }
}

/// A frame laid onto another.
private struct LaidPart: Warping {
  let matrix: Matrix3
  let resampling: Resampling

  func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    var resampling = resampling
    resampling.blackOutside = true
    return WarpPlan(MapMoments(Map(matrix)), resampling, format: context.main.format)
  }
}

/// What frames show together. Inputs: frames.
private struct PlatePart: KeyOperator {
  let choice: PlateKernel.Choice
  let tolerance: Double
  let window: Rect
  let format: Format

  var made: [Channel] { Channel.rgb + [CleanPlateChannel.confidence] }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    (spec.channels, spec.dataWindow, spec.format) = (made, window, format)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let planes = context.inputs.indices.flatMap { index in
      CleanPlateChannel.frame.map { PointProgram.Source.input(index, $0) }
    }
    var program = PointProgram()
    let made = program.add(
      PlateKernel(choice, frames: context.inputs.count, tolerance: tolerance), planes, outputs: 4)
    for (channel, plane) in zip(Channel.rgb, made) {
      program.set(
        channel, program.add(TransferKernel(NoiseSpace.light, encoding: false), [plane])[0])
    }
    program.set(CleanPlateChannel.confidence, made[3])
    return program
  }
}

/// The picture with what was found. Inputs: picture, plate, and where to put it.
private struct RepairPart: PointOperator {
  let isWhole: Bool

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(CleanPlateChannel.added)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let place: PointProgram.Source =
      isWhole ? .constant(1) : context.inputs.count > 2 ? .input(2, .alpha) : .constant(0)
    let sure = PointProgram.Source.input(1, CleanPlateChannel.confidence)
    for channel in Channel.rgb where context.main.has(channel) {
      program.set(
        channel,
        program.add(RepairKernel(), [.input(0, channel), .input(1, channel), place, sure])[0])
    }
    let said = program.add(SaidKernel(), [place, sure], outputs: 2)
    for (channel, plane) in zip(CleanPlateChannel.added, said) { program.set(channel, plane) }
    return program
  }
}

/// As much of the plate as the matte says, all of it from a half on, where there is any.
private struct RepairKernel: PointKernel {
  func apply(_ strip: borrowing Strip) {
    let (source, plate) = (strip.input(0), strip.input(1))
    let (place, sure) = (strip.input(2), strip.input(3))
    let count = strip.count
    var out = strip.output(0)
    for i in 0..<count {
      let share = place[i] < 0.5 ? 2 * place[i] : 1
      let mixed = share < 1 ? source[i] + share * (plate[i] - source[i]) : plate[i]
      out[i] = share > 0 && sure[i] > 0 ? mixed : source[i]
    }
  }
}

/// How sure the picture is, 1 where nothing was replaced, and what is left to fill.
private struct SaidKernel: PointKernel {
  func apply(_ strip: borrowing Strip) {
    let (place, sure, count) = (strip.input(0), strip.input(1), strip.count)
    var confidence = strip.output(0)
    var hole = strip.output(1)
    for i in 0..<count {
      let share = place[i] > 0 ? min(2 * place[i], 1) : 0
      confidence[i] = 1 + share * (sure[i] - 1)
      hole[i] = sure[i] > 0 ? 0 : share
    }
  }
}
