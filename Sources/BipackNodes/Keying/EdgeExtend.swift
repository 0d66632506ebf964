public import BipackGraph
import BipackKernels
public import BipackPixels

/// Carries the colour of what is solid out through the soft edge of a matte and beyond.
public struct EdgeExtend: CompositeNode {
  public static let abstract = """
    Carries the colour of what is solid out through the soft edge of a matte and beyond, so that an edge \
    has the subject's colour instead of what was behind it, and a matte can grow. Colour comes from where \
    the matte is above `threshold`, averaged near by over few pixels and far off over many (pull-push, \
    Gortler et al. 1996). Alpha stays, or is the matte where the picture has none; where the matte is 1 nothing changes.
    """
  public static let category = "Keying"

  /// What comes out.
  public enum Output: String, ParamChoice {
    /// The colour times alpha.
    case premultiplied
    /// The colour by itself, over the whole picture.
    case unpremultiplied
  }

  @Input("The picture.")
  public var source

  @Input(
    "The matte that says what is solid; the source's own when nothing is connected.",
    optional: true, matte: true)
  public var matte

  @Param("Whether the picture is multiplied by its alpha.")
  public var premultiplied = true

  @Param(0...0.99, "The matte from which a pixel's colour is trusted, fully so at 1.")
  public var threshold = 0.9

  @Param(
    0...100, unit: .pixels,
    "How far inside the solid part trust begins: colours nearer to the edge are replaced too.")
  public var inset = 0.0

  @Param("What comes out.")
  public var output = Output.premultiplied

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    spec.add([.alpha])
    if output == .unpremultiplied, !spec.dataWindow.isEmpty {
      spec.dataWindow = spec.dataWindow.union(spec.format.window)
    }
    return spec
  }

  /// What is multiplied by alpha is needed where there is any, and made of what the matte calls solid.
  public func bounds(_ context: NodeContext) -> [BoundsQuery] {
    guard output == .premultiplied else { return [] }
    let alpha = [source, matte].filter { context.spec($0)?.has(.alpha) == true }
    return alpha.map { BoundsQuery($0.slot, .alpha, above: 0) }
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.spec(source), !shot.dataWindow.isEmpty else {
      return .input(source.slot)
    }
    let window = try spec(context).dataWindow
    var whole = shot
    whole.add([.alpha])
    let known =
      context.spec(matte) == nil
      ? graph.implying([.alpha], .input(source.slot), of: shot) : .input(matte.slot)
    let solid = DiscPart.expand(
      &graph, known, context.spec(matte) ?? whole, size: -inset, .alpha)
    var trusted = TrustedColorPart()
    // Colour that comes without alpha is not multiplied by one; its alpha is the matte.
    let isPremultiplied = premultiplied && shot.has(.alpha)
    (trusted.threshold, trusted.isPremultiplied) = (threshold, isPremultiplied)
    let answers = context.bounds.indices
    let area = answers.isEmpty ? nil : context.workArea(answers, margin: 2, in: window)
    var windows = [area ?? window]
    while let last = windows.last, max(last.width, last.height) > 4 {
      windows.append(GaussianPyramid.coarse(for: last, x: true, y: true))
      if windows.count > 16 { break }
    }
    var sums = [graph.add(trusted, [.input(source.slot), solid])]
    for level in windows.indices.dropFirst() {
      var part = HalvePart()
      part.window = windows[level]
      sums.append(graph.add(part, [sums[level - 1]]))
    }
    var colors = graph.add(JoinColorsPart(enough: 1), [sums[windows.count - 1]])
    for level in windows.indices.dropLast().reversed() {
      var part = DoublePart()
      part.window = windows[level]
      let enough = level == 0 ? 0.25 : 0.05
      colors = graph.add(JoinColorsPart(enough: enough), [graph.add(part, [colors]), sums[level]])
    }
    var finish = ExtendedColorPart()
    (finish.window, finish.isPremultiplied) = (window, isPremultiplied)
    finish.premultiplies = output == .premultiplied
    return graph.add(
      finish,
      [
        .input(source.slot), graph.cut(solid, to: area), colors, known,
        graph.cut(.input(source.slot), to: area), graph.cut(known, to: area),
      ])
  }
}

/// Colours times their trust, and trust, in red, green, blue and alpha. Inputs: picture, matte.
private struct TrustedColorPart: KeyOperator {
  var threshold = 0.9
  var isPremultiplied = true

  var made: [Channel] { Channel.rgba }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(
      TrustedColorKernel(threshold: threshold, isPremultiplied: isPremultiplied),
      rgb(0) + [.input(0, .alpha), .input(1, .alpha)])
  }
}

/// A level of pull-push. Inputs: the coarser level, doubled, and this level's sums; or sums alone at the
/// top.
private struct JoinColorsPart: KeyOperator {
  let enough: Double

  var made: [Channel] { Channel.rgb }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let isTop = context.inputs.count < 2
    let sums = Channel.rgba.map { PointProgram.Source.input(isTop ? 0 : 1, $0) }
    return making(
      JoinColorsKernel(enough: enough, isTop: isTop), (isTop ? [] : rgb(0)) + sums)
  }
}

/// The picture with its colour extended. Inputs: picture, what is solid, colours, matte; picture and matte
/// where colour is made.
private struct ExtendedColorPart: PointOperator {
  var window = Rect.empty
  var isPremultiplied = true
  var premultiplies = true

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.add([.alpha])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let hasAlpha = context.main.has(.alpha)
    let planes = program.add(
      ExtendedColorKernel(isPremultiplied: isPremultiplied, premultiplies: premultiplies),
      rgb(4) + [.input(hasAlpha ? 4 : 5, .alpha), .input(1, .alpha)] + rgb(2), outputs: 3)
    program.set(.alpha, .input(hasAlpha ? 0 : 3, .alpha))
    for (channel, plane) in zip(Channel.rgb, planes) where context.main.has(channel) {
      program.set(channel, plane)
    }
    return program
  }
}
