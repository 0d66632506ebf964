import BipackGraph
import BipackKernels
import BipackPixels

/// Colour difference against the plate, and the subject's colour by taking the plate away. Inputs:
/// picture, plate.
struct PlateKeyPart: KeyOperator {
  var made: [Channel] { Channel.rgba }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let alpha = program.add(ScreenDifferenceKernel(givesAll: false), rgb(0) + rgb(1))[0]
    let colors = program.add(
      ScreenSubtractionKernel(), rgb(0) + rgb(1) + [alpha], outputs: 3)
    for (channel, plane) in zip(Channel.rgb, colors) { program.set(channel, plane) }
    program.set(.alpha, alpha)
    return program
  }
}

/// Brings the colour of a key pulled from a calm picture to the shot with its grain. Inputs: shot,
/// plate, key.
struct KeyGrainPart: KeyOperator {
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
struct KeyFinishPart: PointOperator {
  var view = Keyer.View.result
  var despill = 1.0
  var replace = KeyReplace.foreground
  var replaceColor: ColorValue = 0
  var coreReplace = KeyReplace.foreground
  var coreColor: ColorValue = 0
  var hasCore = false
  var hasGarbage = false
  var hasBackground = false

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(Channel.rgba)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let core = hasCore ? 4 : nil
    let garbage = hasGarbage ? (hasCore ? 5 : 4) : nil
    let next = 4 + (hasCore ? 1 : 0) + (hasGarbage ? 1 : 0)
    let matte = PointProgram.Source.input(2, .alpha)
    let alpha = program.held(matte, core: core, garbage: garbage)
    let color = despilled(rgb(1), &program)
    switch view {
    case .result:
      let premultiplied = premultiplied(&program, color, matte, core: core, final: alpha)
      let below = hasBackground ? next : nil
      let over = MergeKernel(.over)
      for (channel, plane) in zip(Channel.rgb, premultiplied) {
        let merged = below.map { program.add(over, [plane, .input($0, channel), alpha])[0] }
        program.set(channel, merged ?? plane)
      }
      var covered = alpha
      if let below {
        let other = PointProgram.Source.plane(.alpha, of: context.inputs[below], in: below)
        covered = program.add(over, [alpha, other, alpha])[0]
      }
      program.set(.alpha, covered)
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

  private func despilled(_ color: [PointProgram.Source], _ program: inout PointProgram)
    -> [PointProgram.Source]
  {
    guard despill > 0 else { return color }
    return program.add(
      ScreenDespillKernel(amount: Float(despill)),
      color + rgb(3), outputs: 3)
  }

  /// The subject's colour times alpha. Where the controls or the core matte have raised alpha above the
  /// key's, the difference may be of another colour.
  private func premultiplied(
    _ program: inout PointProgram, _ color: [PointProgram.Source], _ matte: PointProgram.Source,
    core: Int?, final alpha: PointProgram.Source
  ) -> [PointProgram.Source] {
    func times(_ alpha: PointProgram.Source) -> [PointProgram.Source] {
      color.map { program.add(Product(), [$0, alpha])[0] }
    }
    let isOwn = replace == .foreground && (core == nil || coreReplace == .foreground)
    if isOwn { return times(alpha) }
    let shot = despilled(rgb(0), &program)
    let key = PointProgram.Source.input(1, .alpha)
    var result = program.follow(
      times(key), from: key, to: matte,
      adding: program.replacement(replace, replaceColor, shot: shot, foreground: color))
    let cored = program.held(matte, core: core, garbage: nil)
    if core != nil {
      result = program.follow(
        result, from: matte, to: cored,
        adding: program.replacement(coreReplace, coreColor, shot: shot, foreground: color))
    }
    return program.follow(
      result, from: cored, to: alpha, adding: [.constant(0), .constant(0), .constant(0)])
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
