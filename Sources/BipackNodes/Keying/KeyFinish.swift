import BipackGraph
import BipackKernels
import BipackPixels

/// Colour difference against the plate, and the subject's colour by taking the plate away. Inputs:
/// picture, plate.
struct PlateKeyPart: KeyPart {
  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) {}

  var made: [Channel] { Channel.rgba }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let alpha = program.add(ScreenDifferenceKernel(), rgb(0) + rgb(1), outputs: 3)[0]
    let colors = program.add(
      ScreenSubtractionKernel(), rgb(0) + rgb(1) + [alpha], outputs: 3)
    for (channel, plane) in zip(Channel.rgb, colors) { program.set(channel, plane) }
    program.set(.alpha, alpha)
    return program
  }
}

/// Brings the colour of a key pulled from a calm picture to the shot with its grain. Inputs: shot,
/// plate, key.
struct KeyGrainPart: KeyPart {
  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) {}

  var made: [Channel] { Channel.rgba }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let colors = program.add(
      ScreenGrainKernel(), rgb(0) + rgb(1) + rgb(2) + [.input(2, .alpha)], outputs: 3)
    for (channel, plane) in zip(Channel.rgb, colors) { program.set(channel, plane) }
    program.set(.alpha, .input(2, .alpha))
    return program
  }
}

/// Mattes, despill, and what is shown. Inputs: shot, key, matte, plate, then a core matte, a garbage
/// matte and a background, as far as there are any.
struct KeyFinishPart: PointNode {
  var view = Keyer.View.result
  var despill = 1.0
  var hasCore = false
  var hasGarbage = false
  var hasBackground = false

  static let abstract = "A part of a key."
  static let category = "Keying"
  static let isMaskable = false

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(view.rawValue)
    hasher.combine(despill)
    for flag in [hasCore, hasGarbage, hasBackground] { hasher.combine(flag) }
  }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(Channel.rgba)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    func rgb(_ input: Int) -> [PointProgram.Source] { Channel.rgb.map { .input(input, $0) } }
    let core = hasCore ? 4 : nil
    let garbage = hasGarbage ? (hasCore ? 5 : 4) : nil
    let next = 4 + (hasCore ? 1 : 0) + (hasGarbage ? 1 : 0)
    var alpha = program.held(.input(2, .alpha), core: core, garbage: garbage)
    var color = rgb(1)
    if despill > 0 {
      color = program.add(
        ScreenDespillKernel(amount: Float(despill)), color + rgb(3), outputs: 3)
    }
    switch view {
    case .result:
      let below = hasBackground ? next : nil
      let over = MergeKernel(.over)
      for (i, channel) in Channel.rgb.enumerated() {
        var plane = program.add(Product(), [color[i], alpha])[0]
        if let below {
          plane = program.add(over, [plane, .input(below, channel), alpha])[0]
        }
        program.set(channel, plane)
      }
      if let below {
        let other: PointProgram.Source =
          context.inputs[below]?.has(.alpha) == true ? .input(below, .alpha) : .opaque(below)
        alpha = program.add(over, [alpha, other, alpha])[0]
      }
      program.set(.alpha, alpha)
    case .matte: for channel in Channel.rgba { program.set(channel, alpha) }
    case .status, .edges:
      let shown = program.add(view == .status ? Shown.status : Shown.edges, [alpha])[0]
      for channel in Channel.rgb { program.set(channel, shown) }
      program.set(.alpha, .constant(1))
    case .plate:
      for channel in Channel.rgb { program.set(channel, .input(3, channel)) }
      program.set(.alpha, .constant(1))
    case .foreground:
      for (channel, plane) in zip(Channel.rgb, color) { program.set(channel, plane) }
      program.set(.alpha, alpha)
    }
    return program
  }

  private enum Shown: PointKernel {
    case status, edges

    func apply(_ strip: borrowing Strip) {
      let alpha = strip.input(0)
      var out = strip.output(0)
      switch self {
      case .status:
        for i in 0..<strip.count {
          out[i] = alpha[i] >= 0.999 ? 1 : alpha[i] <= 0.001 ? 0 : 0.5
        }
      case .edges:
        for i in 0..<strip.count { out[i] = 4 * alpha[i] * (1 - alpha[i]) }
      }
    }
  }
}
