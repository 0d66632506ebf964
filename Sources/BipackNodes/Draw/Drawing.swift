public import BipackGraph
import BipackKernels
import BipackPixels

/// What Ramp, Radial, Noise and Grid share: a mask between 0 and 1 through which a colour is painted
/// over the source.
public struct Drawing: ParamGroup {
  @Param("The colour painted.")
  public var color = ColorValue(1)

  @Param("The channels painted into; missing ones are made.")
  public var output = ChannelSet.rgba

  @Param(0...1, "How opaque the paint is; 0 leaves the source as it is.")
  public var opacity = 1.0

  @Param("Paints where there would be nothing, and the other way round.")
  public var invert = false

  @Param("Paints on black instead of on the source.")
  public var replace = false

  @Param("Channels that are multiplied by what is drawn afterwards.")
  public var premult = ChannelSet.none

  @Param(
    """
    With a source, how large the result is: the format, the source's data window, both, or what \
    they share.
    """)
  public var clipType = DrawingClip.format

  @Param("The size without a source, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  public static let conditions: [ParamCondition] = [
    .only("format", withoutInput: "source"),
    .only("replace", "clipType", withInput: "source"),
  ]

  public init() {}

  func spec(over source: ImageSpec?, _ context: NodeContext) throws(NodeError) -> ImageSpec {
    guard var spec = source else {
      var spec = ImageSpec(format: try format.resolve(context), channels: [])
      spec.add(channels(of: spec))
      return spec
    }
    let window = spec.format.window
    spec.dataWindow =
      switch clipType {
      case .format: window
      case .bbox: spec.dataWindow
      case .union: spec.dataWindow.union(window)
      case .intersection: spec.dataWindow.intersection(window)
      }
    spec.add(channels(of: spec))
    return spec
  }

  /// The channels drawn into: those the set spells out, made where they are missing, and those the
  /// source has.
  private func channels(of spec: ImageSpec) -> [Channel] {
    var spec = spec
    spec.add(output.spelledOut)
    return output.select(from: spec.channels)
  }

  /// Paints through `mask`, a kernel without inputs.
  func program(_ mask: any PointKernel, over source: ImageSpec?, _ context: NodeContext)
    throws(NodeError) -> PointProgram
  {
    var program = PointProgram()
    let spec = try spec(over: source, context)
    var shape = program.add(mask, [])[0]
    if invert || opacity != 1 {
      let scale = Float(invert ? -opacity : opacity)
      shape = program.add(Affine(scale, Float(invert ? opacity : 0)), [shape])[0]
    }
    let drawn = channels(of: spec)
    for channel in drawn {
      let value = Float(color[channel.slot ?? 0])
      let isPainted = source.map { $0.has(channel) || $0.implies(channel) } ?? false
      if replace || !isPainted {
        program.set(channel, value == 1 ? shape : program.add(Affine(value, 0), [shape])[0])
      } else {
        program.set(
          channel, program.add(Paint(value), [.plane(channel, of: source, in: 0), shape])[0])
      }
    }
    for channel in premult.select(from: spec.channels) {
      program.set(channel, program.add(Product(), [program.source(of: channel), shape])[0])
    }
    return program
  }
}

/// How much of the picture a drawing node makes.
public enum DrawingClip: String, ParamChoice {
  case format
  case bbox
  case union
  case intersection
}
