public import BipackGraph
import BipackKernels
public import BipackPixels

/// Finds the colour of a subject where it shares pixels with what is behind it.
public struct ForegroundColor: CompositeNode {
  public static let abstract = """
    The subject's own colour where its matte is between 0 and 1, for a new background without a fringe \
    of the old: for each such pixel the most likely colour, given the matte, the colours of the solid \
    subject nearby, and the plate. Without a plate the colours behind are taken from where the matte \
    is 0. Not multiplied by alpha unless asked.
    """
  public static let category = "Keying"

  @Input("The shot.")
  public var source

  @Input("The matte, in its alpha; the source's own when nothing is connected.", optional: true)
  public var matte

  @Input("What is behind the subject: a clean plate, or from ScreenPlate.", optional: true)
  public var plate

  @Param("Multiplies the colour by the matte.")
  public var premultiply = false

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
    let alpha = Expansion.Ref.input(context.spec(matte) != nil ? matte.slot : source.slot)
    // As large as the shot, whatever the matte is.
    let known = graph.add(KnownMattePart(), [.input(source.slot), alpha])
    let behind: Expansion.Ref
    if context.spec(plate) != nil {
      behind = .input(plate.slot)
    } else {
      let outside = graph.add(KnownMattePart(isInverted: true), [.input(source.slot), alpha])
      let moments = SubjectMoments(
        picture: .input(source.slot), plate: .input(source.slot), spec: shot)
      var part = DoublePart()
      part.window = shot.dataWindow
      let means = graph.add(
        part, [moments.expand(&graph, outside.eroded(&graph, 1, KeyChannel.subject))])
      behind = graph.add(KeyMeanColorPart(), [means])
    }
    let certain = known.eroded(&graph, 1, KeyChannel.subject)
    let moments = SubjectMoments(picture: .input(source.slot), plate: behind, spec: shot)
    let color = graph.add(
      KeyProjectPart(.color),
      [.input(source.slot), behind, known, known, moments.expand(&graph, certain)])
    var finish = KeyFinishPart()
    finish.view = premultiply ? .result : .foreground
    finish.despill = 0
    return graph.add(finish, [.input(source.slot), color, color, behind])
  }
}

/// What a matte says is certain, and the matte itself. Inputs: the picture, which gives the size, and
/// the matte.
struct KnownMattePart: KeyPart {
  /// What is not in the matte is the subject.
  var isInverted = false

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  init(isInverted: Bool) { self.isInverted = isInverted }
  func hash(into hasher: inout StableHasher) { hasher.combine(isInverted) }

  var made: [Channel] { [KeyChannel.subject, KeyChannel.screen, .alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Known(isInverted: isInverted), [.input(1, .alpha)])
  }

  private struct Known: PointKernel {
    let isInverted: Bool

    func apply(_ strip: borrowing Strip) {
      let matte = strip.input(0)
      var subject = strip.output(0)
      var screen = strip.output(1)
      var alpha = strip.output(2)
      for i in 0..<strip.count {
        let a = isInverted ? 1 - matte[i] : matte[i]
        alpha[i] = a
        subject[i] = a >= 0.999 ? 1 : 0
        screen[i] = a <= 0.001 ? 1 : 0
      }
    }
  }
}

/// The mean colour of moments, as a picture.
struct KeyMeanColorPart: KeyPart {
  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) {}

  var made: [Channel] { Channel.rgb }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for (i, channel) in made.enumerated() { program.set(channel, .input(0, KeyChannel.means[i])) }
    return program
  }
}
