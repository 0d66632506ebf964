public import BipackGraph
import BipackKernels
public import BipackPixels

/// Lets the light of a background spill over the edge of a subject.
public struct LightWrap: CompositeNode {
  public static let abstract = """
    Lets the light of a background spill over the edge of the subject in front of it, before the two are \
    merged. The background seen around the subject is spread by `diffuse` and falls on the subject where \
    its alpha is: alpha blur(background (1 - alpha)) intensity. So nothing happens deeper inside than \
    the spread, or before a black background. Brighter parts wrap more unless `disableLuma` is on. One \
    lamp or the sun cannot flood the picture: luminance above 1 bends towards `limit`. The controls are \
    Nuke's LightWrap's, the formulas our own, as Nuke's are not public.
    """
  public static let category = "Keying"

  /// How the light joins the subject; formulas as in Merge.
  public enum HighlightMerge: String, ParamChoice {
    case plus, screen, max, hypot, overlay
    case softLight = "soft-light"

    var operation: MergeOperation {
      switch self {
      case .plus: .plus
      case .screen: .screen
      case .max: .max
      case .hypot: .hypot
      case .overlay: .overlay
      case .softLight: .softLight
      }
    }
  }

  @Input("The subject, premultiplied.")
  public var source

  @Input("What it will be put over.")
  public var background

  @Param(0...largestFilterSize, unit: .pixels, "Diameter of the spread: how far light reaches in.")
  public var diffuse = 15.0

  @Param("A gain of the wrap.")
  public var intensity = 1.0

  @Param("Gives the light by itself, with alpha 0: to be corrected, and added with Merge.")
  public var onlyWrap = false

  @Param("Takes all light alike, instead of more of what is bright.")
  public var disableLuma = false

  @Param("Lets the light shine on outside the subject too, so that it seems to glow.")
  public var enableGlow = false

  @Param(
    0...largestFilterSize, unit: .pixels,
    "Diameter of a blur of the subject's matte before: more lets more background in.")
  public var fgBlur = 0.0

  @Param(0...largestFilterSize, unit: .pixels, "Diameter of a blur of the background before.")
  public var bgBlur = 0.0

  @Param(0..., "The saturation of the light.")
  public var saturation = 1.0

  @Param(
    0...1, "Background no brighter than this does not wrap; from there up to 1 more and more does.")
  public var lumaTolerance = 0.0

  @Param("How the light joins the subject; formulas as in Merge.")
  public var highlightMerge = HighlightMerge.plus

  @Param("Takes the colour `constant` for the light, instead of the background's.")
  public var useConstant = false

  @Param("The colour of the light, with `useConstant`.")
  public var constant: ColorValue = 1

  @Param(0.01...100, "The contrast of the light, around 0.18.")
  public var contrast = 1.0

  @Param(0.01...100, "The gamma of the light; larger is brighter.")
  public var gamma = 1.0

  @Param("A gain of the light by colour.")
  public var gain: ColorValue = 1

  @Param("What is added to the light.")
  public var offset: ColorValue = 0

  @Param(0..., "Luminance above 1 bends towards this; up to 1 turns that off.")
  public var limit = 8.0

  public static let conditions: [ParamCondition] = [
    .only("constant", with: "useConstant"),
    .only("lumaTolerance", without: "disableLuma"),
    .only("highlightMerge", without: "onlyWrap"),
  ]

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    !onlyWrap && (intensity == 0 || visible(context).isEmpty) ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    if enableGlow { spec.dataWindow = shape(diffuse, spec).dataWindow(spec, cropToFormat: true) }
    spec.add(Channel.rgba)
    return spec
  }

  private func shape(_ size: Double, _ spec: ImageSpec) -> BlurShape {
    BlurShape(
      .gaussian, Vec2(size, size), .clamp, pixelAspect: spec.format.pixelAspect)
  }

  /// The background that counts: not what lies outside the frame of the subject, or light would come
  /// in where the frame cuts it off.
  private func visible(_ context: NodeContext) -> Rect {
    guard let front = context.spec(source), let behind = context.spec(background),
      !front.dataWindow.isEmpty
    else { return .empty }
    return behind.dataWindow.intersection(front.format.window.union(front.dataWindow))
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard var front = context.spec(source), let behind = context.spec(background) else {
      return .input(source.slot)
    }
    let window = visible(context)
    func blurred(
      _ picture: Expansion.Ref, _ size: Double, _ channels: ChannelSet, _ spec: ImageSpec
    ) -> Expansion.Ref {
      let blur = shape(size, spec)
      guard !blur.isIdentity, !spec.dataWindow.isEmpty else { return picture }
      return blur.expand(
        &graph, picture, spec, channels,
        window: blur.dataWindow(spec, cropToFormat: true))
    }
    let subject = graph.implying([.alpha], .input(source.slot), of: front)
    front.add(Channel.rgba)
    var light = WrapLightPart()
    (light.window, light.node) = (window, self)
    var spread = graph.add(
      light,
      [
        blurred(.input(background.slot), bgBlur, .rgb, behind),
        blurred(subject, fgBlur, .alpha, front),
      ])
    var spec = behind
    (spec.dataWindow, spec.channels) = (window, Channel.rgba)
    let blur = shape(diffuse, front)
    let result = try self.spec(context)
    if !blur.isIdentity, !window.isEmpty {
      spread = blur.expand(&graph, spread, spec, .rgba, window: result.dataWindow)
    }
    var wrap = WrapPart()
    (wrap.window, wrap.node) = (result.dataWindow, self)
    return graph.add(wrap, [subject, spread])
  }
}

/// The light of the background around a subject. Inputs: background, the subject's matte.
private struct WrapLightPart: KeyOperator {
  var window = Rect.empty
  var node = LightWrap()

  var made: [Channel] { Channel.rgba }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.channels = made
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let weights = LuminanceMath.rec709.weights ?? (0, 1, 0)
    var light = rgb(0)
    if node.saturation != 1 {
      light = program.add(SaturationKernel(node.saturation, .rec709), light, outputs: 3)
    }
    for i in 0..<3 {
      func apply(_ kernel: any PointKernel) { light[i] = program.add(kernel, [light[i]])[0] }
      if node.contrast != 1 {
        apply(Affine(1 / 0.18, 0))
        apply(PowerKernel(Float(node.contrast)))
        apply(Affine(0.18, 0))
      }
      if node.gamma != 1 { apply(PowerKernel(Float(1 / node.gamma))) }
      if node.gain[i] != 1 || node.offset[i] != 0 {
        apply(Affine(Float(node.gain[i]), Float(node.offset[i])))
      }
    }
    let constant = node.constant
    let kernel = WrapLightKernel(
      limit: node.limit, tolerance: node.disableLuma ? nil : node.lumaTolerance,
      constant: node.useConstant
        ? (Float(constant.r), Float(constant.g), Float(constant.b)) : nil,
      weights: weights)
    let planes = program.add(kernel, light + [.input(1, .alpha)], outputs: 4)
    for (channel, plane) in zip(made, planes) { program.set(channel, plane) }
    return program
  }
}

/// The light on the subject. Inputs: subject, spread light with the spread matte as alpha.
private struct WrapPart: PointOperator {
  var window = Rect.empty
  var node = LightWrap()

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.add(Channel.rgba)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let wrap = program.add(
      WrapMaskKernel(intensity: node.intensity, glows: node.enableGlow),
      rgb(1) + [.input(1, .alpha), .input(0, .alpha)], outputs: 3)
    let merge = MergeKernel(node.highlightMerge.operation)
    for (channel, light) in zip(Channel.rgb, wrap) {
      program.set(
        channel,
        node.onlyWrap ? light : program.add(merge, [light, .input(0, channel)])[0])
    }
    if node.onlyWrap { program.set(.alpha, .constant(0)) }
    return program
  }
}
