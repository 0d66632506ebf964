public import BipackGraph
import BipackKernels
public import BipackPixels

/// Finds the matte of a subject before any background.
public struct Matting: CompositeNode {
  public static let abstract = """
    The matte of a subject without a screen, from the picture and a trimap: what is certainly subject \
    (1), what is certainly not (0), and what is to be found out (between), as Trimap makes it. Known \
    colours nearby say what an unknown pixel may be mixed of, and the matting Laplacian that alpha \
    follows the picture. `guided` is a quick look instead: alpha as an affine function of colour, \
    fitted to the known pixels nearby. `range` takes the mattes of the frames around along, against \
    trembling. The result has the subject's own colour, premultiplied.
    """
  public static let category = "Keying"

  /// How alpha is found.
  public enum Method: String, ParamChoice {
    /// Sampling and the matting Laplacian.
    case laplacian
    /// A guided filter: fast.
    case guided
  }

  /// What comes out.
  public enum View: String, ParamChoice {
    /// The subject's own colour times alpha.
    case result
    /// Alpha in all channels.
    case matte
    /// The subject's colour before it is multiplied, with alpha.
    case foreground
    /// The picture's colours untouched, with alpha.
    case picture
  }

  @Input("The picture.")
  public var source

  @Input(
    "The trimap; up to 0.05 and from 0.95 on is certain.", matte: true)
  public var trimap

  @Input(
    "What is behind the subject, if it is known: for the subject's colour.", optional: true)
  public var plate

  @Param("How alpha is found: with care, or fast.")
  public var method = Method.laplacian

  @Param(
    1...200, unit: .pixels,
    "For `guided`: how far off known pixels are looked at. Somewhat more than half the trimap's band."
  )
  public var radius = 12.0

  @Param(
    0...8, unit: .frames,
    "Frames before and after whose mattes are averaged in wherever the same is seen again: steadier over time. Each is found by itself: a single frame costs as many mattes, the frames of a sequence share them."
  )
  public var range = 0

  @Param(
    0...64, unit: .pixels,
    "For `range`: how far things may move from the frame to those around; 0 looks at the same places only."
  )
  public var motion = 24.0

  @Param("What comes out.")
  public var view = View.result

  public static let conditions: [ParamCondition] = [
    .only("motion", with: "range"),
    .only("radius", where: "method", is: "guided"),
  ]

  public init() {}

  /// The inputs as they are, then source and trimap of each frame around.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    let own = context.connected.indices.map { InputFrame(slot: $0, frame: context.frame) }
    return own
      + context.around(range).flatMap { frame in
        [source, trimap].map { InputFrame(slot: $0.slot, frame: frame) }
      }
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    spec.add(Channel.rgba)
    return spec
  }

  /// Where the trimap leaves something to be found, and where there is any subject. With `range` other
  /// frames count, so that all may.
  public func bounds(_ context: NodeContext) -> [BoundsQuery] {
    guard range == 0, method == .laplacian else { return [] }
    return [
      BoundsQuery(trimap.slot, .alpha, above: 0.05, below: 0.95),
      BoundsQuery(trimap.slot, .alpha, above: 0.05),
    ]
  }

  /// What lies further from the unknown is not looked at: colours nearby are those within ten pixels, and
  /// rays end at the first known pixel.
  private static let margin = 64

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.spec(source), !shot.dataWindow.isEmpty,
      context.spec(trimap) != nil
    else { return .input(source.slot) }
    let own = (picture: source.slot, trimap: trimap.slot)
    let unknown = context.workArea(0..<1, margin: Self.margin, in: shot.dataWindow)
    var matte = matte(&graph, own, .alpha, unknown)
    var inputs = [matte, .input(own.picture), .input(own.trimap)]
    for index in stride(from: Self.slots, to: context.inputs.count - 1, by: 2) {
      guard let shot = context.inputs[index], !shot.dataWindow.isEmpty,
        context.inputs[index + 1] != nil
      else { continue }
      let there = (picture: index, trimap: index + 1)
      inputs += [.input(there.picture), self.matte(&graph, there, .alpha, nil)]
    }
    if inputs.count > 3 {
      matte = graph.add(SteadyMattePart(motion: motion, known: .alpha), inputs)
    }
    switch view {
    case .matte, .picture:
      return graph.add(
        MatteIntoPicturePart(isMatte: view == .matte), [.input(source.slot), matte])
    case .result, .foreground:
      let picture = Expansion.Ref.input(own.picture)
      let color: Expansion.Ref
      if context.spec(plate) != nil {
        var part = ForegroundColor()
        part.premultiply = view == .result
        color = graph.add(part, [picture, matte, .input(plate.slot)])
      } else {
        let subject = context.workArea(1..<2, margin: UnmixedColor.margin, in: shot.dataWindow)
        color = graph.add(
          UnmixedColor(
            area: view == .result ? subject : nil, premultiplies: view == .result),
          [picture, matte])
      }
      // Alpha from the matte itself: who wants no more than that pays for no colour.
      return graph.add(MatteIntoPicturePart(isMatte: false), [color, matte])
    }
  }

  /// Images before those of the frames around.
  private static let slots = 3

  /// The matte of one frame by itself.
  private func matte(
    _ graph: inout Expansion, _ frame: (picture: Int, trimap: Int), _ channel: Channel,
    _ area: Rect?
  ) -> Expansion.Ref {
    let (picture, levels) = (Expansion.Ref.input(frame.picture), Expansion.Ref.input(frame.trimap))
    switch method {
    case .laplacian:
      let part = graph.add(
        MattePart(channel: channel), [graph.cut(picture, to: area), graph.cut(levels, to: area)])
      return area == nil ? part : graph.add(HeldMattePart(), [picture, levels, part])
    case .guided:
      return GuidedMatting(picture: picture, trimap: levels, channel: channel, radius: radius)
        .expand(&graph)
    }
  }
}

/// The matte itself. Inputs: picture, trimap. A whole frame at a time: what is known anywhere may
/// matter.
private struct MattePart: FrameOperator {
  let channel: Channel

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = [.alpha]
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let window = context.main.dataWindow
    let known = context.inputs.count > 1 ? context.inputs[1]?.dataWindow ?? .empty : .empty
    return [
      Demand(rect: window, channels: Set(Channel.rgb)),
      Demand(rect: window.intersection(known), channels: [channel]),
    ]
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    NaturalMatte.workingBytes(context.main.dataWindow)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(channel: channel)
  }

  private struct Kernel: TileKernel {
    let channel: Channel

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let picture = task.input(0), let trimap = task.input(1), !task.channels.isEmpty else {
        return
      }
      let loops = task.loops.whileWanted
      let matte = NaturalMatte(
        picture: picture, trimap: trimap, channel: channel, pool: task.pool, loops: loops)
      matte.fill(task.target(0), loops: loops)
    }
  }
}

/// A matte found in a part of the frame, and what the trimap knows of the rest. Inputs: the picture, which
/// gives the size, trimap, matte.
private struct HeldMattePart: KeyOperator {
  var made: [Channel] { [.alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(HeldLevelKernel(), [.input(1, .alpha), .input(2, .alpha)])
  }
}

/// A matte in all channels, or as the alpha of a picture. Inputs: picture, matte.
private struct MatteIntoPicturePart: KeyOperator {
  let isMatte: Bool

  var made: [Channel] { Channel.rgba }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(made)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    if isMatte { for channel in Channel.rgb { program.set(channel, .input(1, .alpha)) } }
    program.set(.alpha, .input(1, .alpha))
    return program
  }
}
