public import BipackGraph
import BipackKernels
public import BipackPixels

/// Keys a green, blue or other screen.
public struct Keyer: CompositeNode {
  public static let abstract = """
    Keys a subject from a green, blue or other screen and gives it with its own colour, premultiplied. \
    It makes its own clean plate, or takes one. `fused`, the method to begin with, finds for each pixel \
    of an edge the most likely mixture of the plate there and the subject's colours nearby; `plate` is \
    the colour difference against the plate (as Nuke's IBK), `color-difference` against one colour found \
    in the shot (as Keylight), whatever `plate` is. The matte controls change alpha before colour is multiplied by it, so edges get no fringe.
    """
  public static let category = "Keying"

  public enum Method: String, ParamChoice {
    case fused, plate
    case colorDifference = "color-difference"
  }

  /// What is shown.
  public enum View: String, ParamChoice {
    /// The keyed subject, over the background when there is one.
    case result
    /// Alpha in all channels.
    case matte
    /// White is solid, black is clear, grey in between.
    case status
    /// The clean plate.
    case plate
    /// The subject's colour before it is multiplied.
    case foreground
    /// 1 in the middle of an edge, 0 where alpha is 0 or 1.
    case edges
  }

  @Input("The shot.")
  public var source

  @Input("The screen without the subject: shot clean, or from ScreenPlate.", optional: true)
  public var plate

  @Input("The shot without grain: alpha is found in it instead.", optional: true)
  public var pull

  @Input("What must be kept: alpha is at least as much.", optional: true, matte: true)
  public var core

  @Input("What must go: alpha is at most 1 less it.", optional: true, matte: true)
  public var garbage

  @Input("What the result is put over.", optional: true)
  public var background

  @Param("The screen's colour.")
  public var screen = ScreenColor.auto

  @Param("The colour of the screen, for `pick`.")
  public var color = ColorValue(0, 0.5, 0, 1)

  @Param("How alpha is found.")
  public var method = Method.fused

  @Param(
    "For the plate it makes itself: folds and marks of the screen are in it. Off keeps thin dark things, hair or tentacles, that look the same."
  )
  public var folds = true

  @Param(
    0.5...1,
    "For `fused`: from this alpha on what lies nine pixels inside an edge is subject for certain. Less makes cloth solid that mirrors the screen, more leaves gauze as it is."
  )
  public var solid = 0.9

  @Param("What is shown.")
  public var view = View.result

  @Param(0...0.999, "Alpha up to this becomes 0.")
  public var clipBlack = 0.0

  @Param(0.001...1, "Alpha from this on becomes 1.")
  public var clipWhite = 1.0

  @Param(
    0...100, unit: .pixels,
    "Within so many pixels of an edge of the clipped matte the clips are taken back, so that hair they cut returns."
  )
  public var rollback = 0.0

  @Param(0.01...100, "Gamma of the matte between the clips: above 1 makes edges more solid.")
  public var gamma = 1.0

  @Param(
    -100...100, unit: .pixels,
    "Pixels the matte shrinks, or grows where negative; fractions too. Edges keep their profile.")
  public var erode = 0.0

  @Param(0...1000, unit: .pixels, "Diameter of a blur of the matte.")
  public var soften = 0.0

  @Param(
    0...2000, unit: .pixels,
    "Specks in what is clear go when they have less area than a disc so wide, see Despot; 0 leaves all."
  )
  public var specks = 0.0

  @Param(
    0...2000, unit: .pixels,
    "Holes in what is solid are filled when they have less area than a disc so wide.")
  public var holes = 0.0

  @Param("The colour where these controls make the matte more solid than the key.")
  public var replace = KeyReplace.foreground

  @Param("The colour for `replace` `hard` and `soft`.")
  public var replaceColor = ColorValue(0.5, 0.5, 0.5, 1)

  @Param("The colour where `core` makes the matte more solid.")
  public var coreReplace = KeyReplace.foreground

  @Param("The colour for `coreReplace` `hard` and `soft`.")
  public var coreColor = ColorValue(0.5, 0.5, 0.5, 1)

  @Param(
    0...1,
    "How much of the screen's colour is taken out of the subject, where it exceeds the mean of the other two."
  )
  public var despill = 1.0

  public static let conditions: [ParamCondition] = [
    .only("color", where: "screen", is: "pick"),
    .only("plate", where: "method", is: "fused", "plate"),
    .only("solid", where: "method", is: "fused"),
    .only("folds", where: "method", is: "fused", "plate"),
    .only("folds", withoutInput: "plate"),
    .only("replaceColor", where: "replace", is: "hard", "soft"),
    .only("coreColor", where: "coreReplace", is: "hard", "soft"),
    .only("coreColor", "coreReplace", withInput: "core"),
  ]

  public static let pictureChecks: [String: any PictureCheck] = ["plate": CleanPlateCheck()]

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    spec.add(Channel.rgba)
    return spec
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.spec(source), !shot.dataWindow.isEmpty else {
      return .input(source.slot)
    }
    let isPulled = context.spec(pull) != nil
    let picture = Expansion.Ref.input(isPulled ? pull.slot : source.slot)
    let spec = context.spec(isPulled ? pull : source) ?? shot
    let clean: Expansion.Ref
    if context.spec(plate) != nil, method != .colorDifference {
      clean = .input(plate.slot)
    } else {
      let smooth = ScreenPlate.smooth(
        &graph, [picture], [spec], screen.primary(color), isUniform: method == .colorDifference)
      clean =
        method == .colorDifference || !folds
        ? smooth.whole
        : ScreenFolds(picture: picture, plate: smooth, index: 0, spec: spec).expand(&graph)
    }
    var made = spec
    made.dataWindow = shot.dataWindow
    var key: Expansion.Ref
    switch method {
    case .fused:
      key = FusedKey(picture: picture, plate: clean, spec: made, solid: solid).expand(&graph)
    case .plate, .colorDifference: key = graph.add(PlateKeyPart(), [picture, clean])
    }
    if isPulled { key = graph.add(KeyGrainPart(), [.input(source.slot), clean, key]) }
    let controls = MatteControls(
      clipBlack: clipBlack, clipWhite: clipWhite, rollback: rollback, gamma: gamma, erode: erode,
      soften: soften, specks: specks, holes: holes)
    let matte = controls.expand(&graph, key, made)
    var finish = KeyFinishPart()
    (finish.view, finish.despill) = (view, despill)
    (finish.replace, finish.replaceColor) = (replace, replaceColor)
    (finish.coreReplace, finish.coreColor) = (coreReplace, coreColor)
    finish.hasCore = context.spec(core) != nil
    finish.hasGarbage = context.spec(garbage) != nil
    finish.hasBackground = context.spec(background) != nil
    var inputs: [Expansion.Ref] = [.input(source.slot), key, matte, clean]
    if finish.hasCore { inputs.append(.input(core.slot)) }
    if finish.hasGarbage { inputs.append(.input(garbage.slot)) }
    if finish.hasBackground { inputs.append(.input(background.slot)) }
    return graph.add(finish, inputs)
  }
}
