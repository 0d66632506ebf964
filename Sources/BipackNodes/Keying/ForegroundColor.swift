public import BipackGraph
import BipackKernels
public import BipackPixels

/// Finds the colour of a subject where it shares pixels with what is behind it.
public struct ForegroundColor: CompositeNode {
  public static let abstract = """
    The subject's own colour where its matte is between 0 and 1, for a new background without a fringe \
    of the old. With a plate it is the most likely colour given the matte, the plate, and the colours \
    of the solid subject nearby. Without one the colours in front and behind are found together: those \
    that mix to the picture and change least from pixel to pixel. Not multiplied by alpha unless asked.
    """
  public static let category = "Keying"

  @Input("The shot.")
  public var source

  @Input("The matte; the source's own when nothing is connected.", optional: true, matte: true)
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

  private func alphaSlot(_ context: NodeContext) -> Int {
    context.spec(matte) != nil ? matte.slot : source.slot
  }

  /// Colour that is multiplied by the matte is found where there is any; else everywhere.
  public func bounds(_ context: NodeContext) -> [BoundsQuery] {
    guard premultiply, context.spec(plate) == nil else { return [] }
    return [BoundsQuery(alphaSlot(context), .alpha, above: 0)]
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.spec(source), !shot.dataWindow.isEmpty else {
      return .input(source.slot)
    }
    let alpha = Expansion.Ref.input(alphaSlot(context))
    let color: Expansion.Ref
    if context.spec(plate) != nil {
      let behind = Expansion.Ref.input(plate.slot)
      // As large as the shot, whatever the matte is.
      let known = graph.add(KnownMattePart(), [.input(source.slot), alpha])
      let certain = known.eroded(&graph, 1, KeyChannel.subject)
      let moments = KeyMomentsGraph(picture: .input(source.slot), plate: behind, spec: shot)
      let means = [KeyMoments.Kind.subject, .grain].map { moments.means($0, &graph, certain) }
      color = graph.add(
        KeyProjectPart(.color), [.input(source.slot), behind, known, known] + means)
    } else {
      let area = context.workArea(
        0..<1, margin: UnmixedColor.margin, in: shot.dataWindow)
      return graph.add(
        UnmixedColor(area: area, premultiplies: premultiply), [.input(source.slot), alpha])
    }
    return graph.finished(color, premultiplies: premultiply)
  }
}

/// The subject's own colour, from its matte alone. Inputs: picture, matte.
struct UnmixedColor: CompositeOperator {
  /// Outside it the matte is 0; nil for the whole picture.
  let area: Rect?
  let premultiplies: Bool

  /// Colours further from a subject do not matter to it.
  static let margin = 64

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(Channel.rgba)
    return spec
  }

  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let color = graph.add(
      UnmixedPart(), [graph.cut(.input(0), to: area), graph.cut(.input(1), to: area)])
    return graph.finished(color, premultiplies: premultiplies)
  }
}

extension Expansion {
  /// A foreground's colour with its alpha over the size of the first input.
  fileprivate mutating func finished(_ color: Ref, premultiplies: Bool) -> Ref {
    var finish = KeyFinishPart()
    finish.view = premultiplies ? .result : .foreground
    finish.despill = 0
    return add(finish, [.input(0), color, color, .input(0)])
  }
}

/// What a matte says is certain, and the matte itself. Inputs: the picture, which gives the size, and
/// the matte.
struct KnownMattePart: KeyOperator {
  var made: [Channel] { [KeyChannel.subject, KeyChannel.screen, .alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Known(), [.input(1, .alpha)])
  }

  private struct Known: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let matte = strip.input(0)
      var subject = strip.output(0)
      var screen = strip.output(1)
      var alpha = strip.output(2)
      for i in 0..<strip.count {
        let a = matte[i]
        alpha[i] = a
        subject[i] = a >= 0.999 ? 1 : 0
        screen[i] = a <= 0.001 ? 1 : 0
      }
    }
  }
}

/// Subject and background of a picture told apart with nothing but its matte. Inputs: picture, matte.
/// A whole frame at a time: each size begins with what the next smaller one found.
private struct UnmixedPart: FrameOperator {
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = Channel.rgba
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let window = context.main.dataWindow
    let matte = context.inputs.count > 1 ? context.inputs[1]?.dataWindow ?? .empty : .empty
    return [
      Demand(rect: window, channels: Set(Channel.rgb)),
      Demand(rect: window.intersection(matte), channels: [.alpha]),
    ]
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    Unmixing.workingBytes(context.main.dataWindow)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel() }

  private struct Kernel: TileKernel {
    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let picture = task.input(0), let matte = task.input(1) else { return }
      var found: Unmixing?
      if task.channels.contains(where: { $0 != .alpha }) {
        found = Unmixing(picture: picture, matte: matte, pool: task.pool, loops: task.loops)
      }
      for (index, channel) in task.channels.enumerated() {
        if channel == .alpha {
          matte.gather(.alpha, edge: .black, into: task.target(index))
        } else if let slot = channel.slot {
          found?.fill(slot, task.target(index))
        }
      }
    }
  }
}
