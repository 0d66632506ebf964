public import BipackGraph
import BipackKernels
public import BipackPixels

/// Makes the clean plate of a green or blue screen from the shot itself.
public struct ScreenPlate: CompositeNode {
  public static let abstract = """
    The screen as it would be without the subject, from the picture itself: what is certainly screen \
    is kept, a quadratic surface carries the fall-off of light on under the subject, and what is left \
    over is spread by pull-push (Gortler et al. 1996), at an eighth of the size (a quarter up to 1280 \
    pixels), so without grain. Clear of the subject its folds and marks are put back. For the plate \
    input of Keyer, for despill, and for cleaning an uneven screen.
    """
  public static let category = "Keying"

  @Input("The shot in front of the screen; a denoised one is as good.")
  public var source

  @Param("The screen's colour.")
  public var screen = ScreenColor.auto

  @Param("The colour of the screen, for `pick`.")
  public var color = ColorValue(0, 0.5, 0, 1)

  @Param("One colour for the whole screen, instead of a colour for each place.")
  public var uniform = false

  @Param("Puts folds and marks of the screen back where they are seen, away from the subject.")
  public var folds = true

  @Param(
    0...24, unit: .frames,
    "Frames before and after that are looked at too: steadier over time, and for a locked-off camera the screen behind a moving subject."
  )
  public var range = 0

  public static let conditions: [ParamCondition] = [
    .only("color", where: "screen", is: "pick")
  ]

  public init() {}

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    (-max(0, range)...max(0, range)).map {
      InputFrame(slot: source.slot, frame: context.frame + Double($0))
    }
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = Channel.rgb
    return spec
  }

  /// Halvings, at least two: until the small picture is at most 320 pixels wide.
  static func levels(_ spec: ImageSpec) -> Int {
    var levels = 2
    while spec.format.window.width >> levels > 320 { levels += 1 }
    return levels
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let sources = context.inputs.indices.filter { context.inputs[$0] != nil }
    let plate = Self.smooth(
      &graph, sources.map { .input($0) }, sources.compactMap { context.inputs[$0] },
      screen.primary(color), isUniform: uniform)
    let middle = context.inputs.count / 2
    guard folds, !uniform, let spec = context.inputs[middle], !spec.dataWindow.isEmpty,
      let index = sources.firstIndex(of: middle)
    else { return plate.whole }
    return ScreenFolds(picture: .input(middle), plate: plate, index: index, spec: spec)
      .expand(&graph)
  }

  /// The smooth plate of pictures that are frames of one shot; as large as the first.
  static func smooth(
    _ graph: inout Expansion, _ sources: [Expansion.Ref], _ specs: [ImageSpec],
    _ primary: ScreenFit.Primary, isUniform: Bool
  ) -> SmoothPlate {
    guard let spec = specs.first, !spec.dataWindow.isEmpty else {
      return SmoothPlate(
        whole: graph.add(ScreenFitPart(primary: primary, isUniform: isUniform), sources))
    }
    let levels = levels(spec)
    // Doubling reaches a pixel beyond: the small picture is made as large as that needs.
    var windows = [spec.dataWindow]
    for _ in 0..<levels {
      windows.append(GaussianPyramid.coarse(for: windows[windows.count - 1], x: true, y: true))
    }
    var small: [Expansion.Ref] = []
    var halves: [Expansion.Ref] = []
    for source in sources {
      var current = source
      for level in 1...levels {
        var part = HalvePart()
        part.edge = .clamp
        part.channels = .rgb
        part.window = windows[level]
        current = graph.add(part, [current])
        if level == 1 { halves.append(current) }
      }
      small.append(current)
    }
    var plate = graph.add(ScreenFitPart(primary: primary, isUniform: isUniform), small)
    var half = plate
    for level in (0..<levels).reversed() {
      var part = DoublePart()
      part.window = windows[level]
      plate = graph.add(part, [plate])
      if level == 1 { half = plate }
    }
    return SmoothPlate(whole: plate, half: (half, halves))
  }
}

/// A smooth plate in a graph, and on the way to it plate and pictures at half the size.
struct SmoothPlate {
  var whole: Expansion.Ref
  var half: (plate: Expansion.Ref, pictures: [Expansion.Ref])?
}

/// The fit itself, on small pictures.
struct ScreenFitPart: FrameOperator {
  let primary: ScreenFit.Primary
  let isUniform: Bool

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = Channel.rgb
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    context.inputs.map { spec in
      guard let spec else { return .none }
      return Demand(rect: spec.dataWindow, channels: Set(Channel.rgb))
    }
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    ScreenFit.workingBytes(context.main.dataWindow, frames: context.inputs.count)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(part: self, window: context.main.dataWindow, count: context.inputs.count)
  }

  private struct Kernel: TileKernel {
    let part: ScreenFitPart
    let window: Rect
    let count: Int

    func render(_ task: borrowing TileTask) throws(NodeError) {
      var frames: [[[Float]]] = []
      for input in 0..<count {
        guard let image = task.input(input) else { continue }
        frames.append(Channel.rgb.map { image.pixels($0, in: window, pool: task.pool) })
      }
      let fit = ScreenFit(width: window.width, height: window.height, planes: frames)
      guard let plate = fit.plate(part.primary, isUniform: part.isUniform) else {
        throw NodeError.noScreen
      }
      for (index, channel) in task.channels.enumerated() {
        guard let slot = channel.slot, slot < 3 else { continue }
        let target = task.target(index)
        for y in task.rect.y0..<task.rect.y1 {
          for x in task.rect.x0..<task.rect.x1 {
            let at = (y - window.y0) * window.width + x - window.x0
            target.row(y)[x - task.rect.x0] = Float(plate[at][slot])
          }
        }
      }
    }
  }
}
