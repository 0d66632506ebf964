public import BipackGraph
import BipackKernels
public import BipackPixels

/// Takes the light of a screen out of a picture.
public struct Despill: PointNode {
  public static let abstract = """
    Takes the light a screen throws on a subject out of its colour. Spill is what a pixel's primary \
    (green, or blue) has beyond a limit made of the other two; `screen-vector`, the method to begin with, \
    takes out as much of the screen's whole colour, so that the red and blue of the bounce go too, the \
    others take the primary down to their limit. Neutral and opposite colours stay as they are, values \
    above 1 behave like those below, nothing is clamped.
    """
  public static let category = "Keying"

  /// What the primary may be beside the other two channels, red before the other.
  public enum Limit: String, ParamChoice {
    /// Their mean; taken out along the screen's colour.
    case screenVector = "screen-vector"
    /// Their mean.
    case average
    /// The greater.
    case max
    /// The lesser.
    case min
    case red
    /// Blue for a green screen, green for a blue one.
    case blue
    /// (2 red + other) / 3.
    case doubleRed = "double-red"
    /// (red + 2 other) / 3.
    case doubleBlue = "double-blue"
  }

  /// Which screen it was.
  public enum Screen: String, ParamChoice {
    case green, blue
  }

  /// What comes out.
  public enum Output: String, ParamChoice {
    /// The picture without spill.
    case picture
    /// How much spill there was, in red, green and blue.
    case spill
  }

  @Input("The picture.")
  public var source

  @Input("The clean plate, for `screen-vector`; otherwise `color`.", optional: true)
  public var plate

  @Input(
    "Light that takes the spill's place, as a blurred background: its colour at the spill's luminance.",
    optional: true)
  public var replacement

  @Param("Which screen it was.")
  public var screen = Screen.green

  @Param("How much of the primary is spill.")
  public var limit = Limit.screenVector

  @Param("The screen's colour, for `screen-vector` without a plate.")
  public var color = ColorValue(0.06, 0.36, 0.09, 1)

  @Param(0...2, "How much of the spill goes; 1 is all of it.")
  public var amount = 1.0

  @Param(-1...1, "Lowers the limit: above 0 more is spill.")
  public var expand = 0.0

  @Param(
    0...2, "How much of the luminance lost is given back, as `tint` or the replacement's colour.")
  public var restore = 0.0

  @Param("The colour luminance is given back in.")
  public var tint: ColorValue = 1

  @Param("What comes out.")
  public var output = Output.picture

  public static let conditions: [ParamCondition] = [
    .only("color", "plate", where: "limit", is: Limit.screenVector.rawValue),
    .only("color", withoutInput: "plate"),
    .only("tint", withoutInput: "replacement"),
    .only("tint", "replacement", with: "restore"),
  ]

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    amount == 0 && output == .picture ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.spec(source) ?? context.main
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let plain = [color.r, color.g, color.b].map { PointProgram.Source.constant(Float($0)) }
    let tinted = [tint.r, tint.g, tint.b].map { PointProgram.Source.constant(Float($0)) }
    var program = PointProgram()
    let planes = program.add(
      DespillKernel(
        limit: DespillKernel.Limit(limit), isBlue: screen == .blue, amount: Float(amount),
        expand: Float(expand), restore: Float(restore), givesSpill: output == .spill),
      rgb(source.slot) + (context.spec(plate) != nil ? rgb(plate.slot) : plain)
        + (context.spec(replacement) != nil ? rgb(replacement.slot) : tinted), outputs: 3)
    for (channel, plane) in zip(Channel.rgb, planes) where context.main.has(channel) {
      program.set(channel, plane)
    }
    return program
  }
}

extension DespillKernel.Limit {
  init(_ limit: Despill.Limit) {
    switch limit {
    case .screenVector: self.init(red: 0.5, other: 0.5, pick: .weighted, isVector: true)
    case .average: self.init(red: 0.5, other: 0.5, pick: .weighted)
    case .max: self.init(red: 0, other: 0, pick: .greater)
    case .min: self.init(red: 0, other: 0, pick: .lesser)
    case .red: self.init(red: 1, other: 0, pick: .weighted)
    case .blue: self.init(red: 0, other: 1, pick: .weighted)
    case .doubleRed: self.init(red: 2.0 / 3, other: 1.0 / 3, pick: .weighted)
    case .doubleBlue: self.init(red: 1.0 / 3, other: 2.0 / 3, pick: .weighted)
    }
  }
}
