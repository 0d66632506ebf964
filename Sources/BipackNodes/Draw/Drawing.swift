import BipackGraph
import BipackKernels
import BipackPixels

/// What Ramp, Radial and Noise share: a mask between 0 and 1 through which a colour is painted over
/// the source.
struct Drawing {
  var source: ImageSpec?
  var output: ChannelSet
  var color: ColorValue
  var opacity: Double
  var invert: Bool
  var replace: Bool
  var premult: ChannelSet
  var clip: DrawingClip
  var format: FormatName

  static let conditions: [ParamCondition] = [
    .only("format", withoutInput: "source"),
    .only("replace", "clipType", withInput: "source"),
  ]

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    guard var spec = source else {
      var spec = ImageSpec(format: try format.resolve(context), channels: [])
      spec.add(channels(of: spec))
      return spec
    }
    let window = spec.format.window
    spec.dataWindow =
      switch clip {
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
  func program(_ mask: any PointKernel, _ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let spec = try spec(context)
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
