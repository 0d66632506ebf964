public import BipackGraph
import BipackKernels
public import BipackPixels

/// What a keyer makes of a picture and its matte.
public enum KeyOutput: String, ParamChoice {
  /// The picture's own colour, with the matte as alpha.
  case unpremultiplied
  /// The colour times the matte.
  case premultiplied
  /// The matte in all four channels.
  case matte
}

/// A keyer that judges each pixel by itself. It only finds the matte; what all keyers do with one is
/// here: the other way round if asked, then at least the core, then at most what the garbage matte
/// leaves, then alpha.
public protocol ColorKeyer: PointNode {
  var source: InputPort { get }
  var core: InputPort { get }
  var garbage: InputPort { get }
  var invert: Bool { get set }
  var output: KeyOutput { get set }

  /// Adds what makes the matte, 1 for the subject and 0 for what goes, and returns its plane.
  func matte(_ program: inout PointProgram, _ context: NodeContext) throws(NodeError)
    -> PointProgram.Source
}

extension ColorKeyer {
  public static var category: String { "Keying" }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    spec.add(output == .matte ? Channel.rgba : [.alpha])
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    var alpha = try matte(&program, context)
    alpha = program.finished(
      alpha, inverts: invert, core: context.spec(core) == nil ? nil : core.slot,
      garbage: context.spec(garbage) == nil ? nil : garbage.slot)
    program.give(alpha, as: output, with: source.slot, of: context.spec(source) ?? context.main)
    return program
  }
}

extension PointProgram {
  /// A matte the other way round if asked, then held by a core and a garbage matte.
  mutating func finished(_ matte: Source, inverts: Bool, core: Int?, garbage: Int?) -> Source {
    let turned = inverts ? add(Affine(-1, 1), [matte])[0] : matte
    return held(turned, core: core, garbage: garbage)
  }

  /// A matte as the alpha of an input's picture, which is `spec`.
  mutating func give(
    _ matte: Source, as output: KeyOutput, with input: Int, of spec: ImageSpec
  ) {
    set(.alpha, matte)
    for channel in Channel.rgb {
      switch output {
      case .premultiplied where spec.has(channel):
        set(channel, add(Product(), [.input(input, channel), matte])[0])
      case .matte: set(channel, matte)
      case .unpremultiplied, .premultiplied: break
      }
    }
  }

  /// A matte that is at least the alpha of one input, then at most what the alpha of another leaves.
  mutating func held(_ matte: Source, core: Int?, garbage: Int?) -> Source {
    var matte = matte
    if let core { matte = add(CoreMatteKernel(), [matte, .input(core, .alpha)])[0] }
    if let garbage { matte = add(GarbageMatteKernel(), [matte, .input(garbage, .alpha)])[0] }
    return matte
  }
}
