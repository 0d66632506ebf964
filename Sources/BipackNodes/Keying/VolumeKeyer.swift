public import BipackGraph
import BipackKernels
public import BipackPixels

/// Keys a volume of colours, from samples.
public struct VolumeKeyer: CompositeNode {
  public static let abstract = """
    Keys a volume of colours given by samples, whatever their hue: an ellipsoid around the samples of the \
    screen goes, what lies outside a larger one stays, and between them the matte rises steadily. Samples \
    of the subject draw the outer volume in towards them, in their direction only, so that colours near \
    the screen's can be kept. Samples are colours in the document, or all pixels a matte marks. Colours \
    are compared in lightness, where equal steps look equally far apart. Writes alpha; colours stay as \
    they are.
    """
  public static let category = "Keying"

  @Input("The picture.")
  public var source

  @Input(
    "The picture the mattes mark; the source when nothing is connected. One frame held (FrameHold) keeps the key the same over a shot.",
    optional: true)
  public var samples

  @Input("Marks pixels that are screen: where its alpha is above 0.5.", optional: true, matte: true)
  public var screenMatte

  @Input(
    "Marks pixels that are subject: where its alpha is above 0.5.", optional: true, matte: true)
  public var subjectMatte

  @Input("What must be kept: the matte is at least as much.", optional: true, matte: true)
  public var core

  @Input("What must go: the matte is at most 1 less it.", optional: true, matte: true)
  public var garbage

  @Param("Colours of the screen: red, green, blue of one after another.")
  public var screen: NumberList = []

  @Param(
    "Colours of the subject that are near the screen's: red, green, blue of one after another.")
  public var subject: NumberList = []

  @Param(
    0.001...1,
    "How far, in lightness from 0 to 1, colours may lie from a sample and still be like it: the deviation added to the samples' own."
  )
  public var tolerance = 0.02

  @Param(0.01...100, "Scales the inner volume, which holds the screen: larger takes more away.")
  public var inner = 1.0

  @Param(
    1.05...1000,
    "How many times as large as the inner volume the outer one is, where no sample of the subject says otherwise."
  )
  public var outer = 3.0

  @Param(
    0...0.5,
    "The share of marked pixels that may be wrong: the farthest of the screen's, the nearest of the subject's."
  )
  public var outliers = 0.005

  @Param(0...1, "Rounds the rise between the volumes off: 0 straight, 1 smooth (3t² - 2t³).")
  public var softness = 0.0

  @Param("Turns the matte round: keeps the screen.")
  public var invert = false

  @Param("What comes out.")
  public var output = KeyOutput.unpremultiplied

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    spec.add(output == .matte ? Channel.rgba : [.alpha])
    return spec
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    var fit = VolumeFitPart()
    fit.screen = try Self.colors(screen, "screen")
    fit.subject = try Self.colors(subject, "subject")
    fit.settings = ColorVolume.Settings(
      tolerance: tolerance, inner: inner, outer: outer, outliers: outliers)
    (fit.hasScreen, fit.hasSubject) = (
      context.spec(screenMatte) != nil, context.spec(subjectMatte) != nil
    )
    guard !fit.screen.isEmpty || fit.hasScreen else {
      throw NodeError(
        "no sample of the screen: give colours in 'screen', as [0.06, 0.36, 0.09], or connect 'screenMatte'"
      )
    }
    var inputs: [Expansion.Ref] = [
      .input(context.spec(samples) == nil ? source.slot : samples.slot)
    ]
    if fit.hasScreen { inputs.append(.input(screenMatte.slot)) }
    if fit.hasSubject { inputs.append(.input(subjectMatte.slot)) }
    let volume = graph.add(fit, inputs)
    let matte = graph.add(
      VolumeMattePart(softness: softness), [.input(source.slot), volume])
    var give = GiveMattePart(output)
    give.inverts = invert
    var mattes: [Expansion.Ref] = [.input(source.slot), matte]
    if context.spec(core) != nil {
      give.core = mattes.count
      mattes.append(.input(core.slot))
    }
    if context.spec(garbage) != nil {
      give.garbage = mattes.count
      mattes.append(.input(garbage.slot))
    }
    return graph.add(give, mattes)
  }

  private static func colors(_ list: NumberList, _ name: String) throws(NodeError)
    -> [SIMD3<Double>]
  {
    guard list.values.count % 3 == 0 else {
      throw NodeError(
        "'\(name)' has \(list.values.count) numbers: colours are three each, red, green and blue")
    }
    return stride(from: 0, to: list.values.count, by: 3).map {
      SIMD3(list.values[$0], list.values[$0 + 1], list.values[$0 + 2])
    }
  }
}

/// The volume as a picture one pixel high. Inputs: the picture the mattes mark, the screen's matte, the
/// subject's, as far as there are any.
private struct VolumeFitPart: FrameOperator {
  var screen: [SIMD3<Double>] = []
  var subject: [SIMD3<Double>] = []
  var settings = ColorVolume.Settings()
  var hasScreen = false
  var hasSubject = false

  static let channel: Channel = "key.volume"

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = Rect(x: 0, y: 0, width: ColorVolume.count, height: 1)
    spec.channels = [Self.channel]
    return spec
  }

  /// The part of the picture any matte may mark.
  private func marked(_ context: NodeContext) -> Rect {
    let mattes = context.inputs.dropFirst().compactMap { $0?.dataWindow }
    return mattes.reduce(Rect.empty) { $0.union($1) }.intersection(context.main.dataWindow)
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let rect = marked(context)
    return context.inputs.indices.map { i in
      let seen = rect.intersection(context.inputs[i]?.dataWindow ?? .empty)
      return seen.isEmpty
        ? .none : Demand(rect: seen, channels: Set(i == 0 ? Channel.rgb : [.alpha]))
    }
  }

  /// The samples, of screen and subject, and once more as lightness.
  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    4 * Self.most * MemoryLayout<SIMD3<Double>>.stride
  }

  /// More pixels than this say nothing new.
  private static let most = 50_000

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(part: self, rect: marked(context))
  }

  private struct Kernel: TileKernel {
    let part: VolumeFitPart
    let rect: Rect

    func render(_ task: borrowing TileTask) throws(NodeError) {
      var screen = Self.lightness(part.screen)
      var subject = Self.lightness(part.subject)
      if part.hasScreen { screen += samples(task, matte: 1) }
      if part.hasSubject { subject += samples(task, matte: part.hasScreen ? 2 : 1) }
      guard let volume = ColorVolume(screen: screen, subject: subject, settings: part.settings)
      else {
        throw NodeError("no sample of the screen: 'screenMatte' marks no pixel of the picture")
      }
      let row = task.target(0).base
      for i in 0..<task.rect.width { row[i] = volume.numbers[task.rect.x0 + i] }
    }

    /// The colours a matte marks, at even steps if they are many.
    private func samples(_ task: borrowing TileTask, matte: Int) -> [SIMD3<Double>] {
      guard !rect.isEmpty, let image = task.input(0), let marks = task.input(matte) else {
        return []
      }
      func window(_ image: Image, _ channel: Channel, _ y: Int) -> Window {
        let row = Rect(x: rect.x0, y: y, width: rect.width, height: 1)
        return image.window(channel, row, edge: .black, pool: task.pool)
      }
      var count = 0
      for y in rect.y0..<rect.y1 {
        let alpha = window(marks, .alpha, y)
        let row = alpha.row(y)
        for x in 0..<rect.width where row[x] > 0.5 { count += 1 }
      }
      let step = max(1, (count + VolumeFitPart.most - 1) / VolumeFitPart.most)
      var seen = 0
      var colors: [SIMD3<Double>] = []
      for y in rect.y0..<rect.y1 where !task.isCancelled() {
        let alpha = window(marks, .alpha, y)
        let red = window(image, .red, y)
        let green = window(image, .green, y)
        let blue = window(image, .blue, y)
        let row = alpha.row(y)
        for x in 0..<rect.width where row[x] > 0.5 {
          if seen % step == 0 {
            let (r, g, b) = (red.row(y)[x], green.row(y)[x], blue.row(y)[x])
            colors.append(SIMD3(Double(r), Double(g), Double(b)))
          }
          seen += 1
        }
      }
      return Self.lightness(colors)
    }

    private static func lightness(_ colors: [SIMD3<Double>]) -> [SIMD3<Double>] {
      colors.map { color in
        SIMD3(
          Double(LightnessKernel.of(Float(color.x))), Double(LightnessKernel.of(Float(color.y))),
          Double(LightnessKernel.of(Float(color.z))))
      }
    }
  }
}

/// The matte of a volume. Inputs: picture, volume.
private struct VolumeMattePart: FilterOperator {
  let softness: Double

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = [.alpha]
    return spec
  }

  private static let volume = Rect(x: 0, y: 0, width: ColorVolume.count, height: 1)

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [
      output.with(rect: output.rect.intersection(context.main.dataWindow), Channel.rgb),
      output.with(rect: Self.volume, [VolumeFitPart.channel]),
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(softness: Float(softness))
  }

  private struct Kernel: TileKernel {
    let softness: Float

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let image = task.input(1) else { return }
      let volume = ColorVolume(
        numbers: image.pixels(VolumeFitPart.channel, in: VolumeMattePart.volume, pool: task.pool))
      let planes = Planes(task.rect, task.pool)
      let colors = planes.add(task.input(0), Channel.rgb)
      let width = task.rect.width
      let line = task.scratch(count: 3 * width)
      let target = task.target(0)
      withExtendedLifetime(planes) {
        for y in 0..<task.rect.height {
          for c in 0..<3 {
            LightnessKernel.apply(colors[c] + y * width, line.base + c * width, count: width)
          }
          volume.matte(
            line.base, line.base + width, line.base + 2 * width, count: width, softness: softness,
            into: target.base + y * target.stride)
        }
      }
    }
  }
}
