import BipackGraph
import BipackKernels
import BipackPixels

/// A picture with a matte made elsewhere, given as keyers give theirs. Inputs: picture, matte, then a
/// core and a garbage matte, as far as there are any.
struct GiveMattePart: PointNode {
  var output = KeyOutput.unpremultiplied
  var inverts = false
  /// The inputs these are.
  var core: Int?
  var garbage: Int?

  static let abstract = "A part of a matte tool."
  static let category = "Keying"
  static let isMaskable = false

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  init(_ output: KeyOutput) { self.output = output }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(output.rawValue)
    hasher.combine(inverts)
    hasher.combine(core ?? -1)
    hasher.combine(garbage ?? -1)
  }

  /// As large as the matte.
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = context.inputs[1]?.dataWindow ?? spec.dataWindow
    spec.add(output == .matte ? Channel.rgba : [.alpha])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let matte = program.finished(
      .input(1, .alpha), inverts: inverts, core: core, garbage: garbage)
    program.give(matte, as: output, with: 0, of: context.main)
    return program
  }
}
