public import BipackGraph
import BipackKernels
public import BipackPixels

/// Fills a hole in a picture by what is around it.
public struct Inpaint: CompositeNode {
  public static let abstract = """
    Fills a hole in a picture by what is around it: a wire, a scratch, a mark. `frequency` goes on with the texture and \
    the lines around through holes up to some fifteen pixels wide (Frequency Selective Reconstruction, Seiler et al. 2015); \
    `smooth` stretches a membrane over a hole of any size, without texture. Where the matte is above 0.5 the picture is \
    replaced, below it is mixed with the fill, and where the matte is less than a thousandth nothing changes. What is under the matte is never \
    looked at, nor what `exclude` covers. A hole that nothing known is next to stays as it is. Red, green and blue are \
    filled; the time follows the hole and not the frame.
    """
  public static let category = "Cleanup"

  /// How the fill is made.
  public enum Method: String, ParamChoice {
    /// A membrane.
    case smooth
    /// Waves that go on.
    case frequency
  }

  @Input("The picture.")
  public var source

  @Input(
    "What to fill: somewhat more than the wire, so that none of it is left around.", matte: true)
  public var hole

  @Input(
    "What must not serve as an example: another object close by; above 0.5.", optional: true,
    matte: true)
  public var exclude

  @Param("How the fill is made: with texture in thin holes, or smooth in any.")
  public var method = Method.frequency

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.spec(source) ?? context.main
  }

  /// Where there is a hole.
  public func bounds(_ context: NodeContext) -> [BoundsQuery] {
    context.spec(hole) == nil ? [] : [BoundsQuery(hole.slot, .alpha, above: Double(HoleMix.least))]
  }

  /// What lies further from the hole is not looked at.
  private static let margin = 48

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.spec(source), !shot.dataWindow.isEmpty, context.spec(hole) != nil,
      Channel.rgb.contains(where: shot.has)
    else { return .input(source.slot) }
    let area = context.workArea(0..<1, margin: Self.margin, in: shot.dataWindow)
    var known = [graph.cut(.input(source.slot), to: area)]
    if context.spec(exclude) != nil { known.append(graph.cut(.input(exclude.slot), to: area)) }
    let examples = graph.add(ExamplesPart(), known)
    let fill = graph.add(
      HoleFillPart(method: method), [examples, graph.cut(.input(hole.slot), to: area)])
    let light = graph.add(FillLightPart(), [fill])
    return graph.add(FilledHolePart(), [.input(source.slot), .input(hole.slot), light])
  }
}

/// Colours as a difference of them looks, of which holes are filled.
private let codedLight = TransferCurve.sRGB

/// Coded colours; what must not serve as an example is no number. Inputs: the picture, and perhaps what to exclude.
private struct ExamplesPart: KeyOperator {
  var made: [Channel] { Channel.rgb }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for (channel, source) in zip(made, rgb(0)) {
      let coded = program.add(TransferKernel(codedLight, encoding: true), [source])
      program.set(
        channel,
        context.inputs.count > 1
          ? program.add(ExcludedKernel(), coded + [.input(1, .alpha)])[0] : coded[0])
    }
    return program
  }
}

/// Coded colours with the hole filled. Inputs: examples, the hole's matte. A whole picture at a time: what is known
/// anywhere on the rim may matter anywhere in a hole.
private struct HoleFillPart: FrameOperator {
  let method: Inpaint.Method

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { context.main }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let window = context.main.dataWindow
    let matte = context.inputs.count > 1 ? context.inputs[1]?.dataWindow ?? .empty : .empty
    return [
      Demand(rect: window, channels: Set(Channel.rgb)),
      Demand(rect: window.intersection(matte), channels: [.alpha]),
    ]
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    let window = context.main.dataWindow
    return switch method {
    case .smooth: Membrane.workingBytes(window, channels: Channel.rgb.count)
    case .frequency: FrequencyFill.workingBytes(window)
    }
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel(method: method) }

  private struct Kernel: TileKernel {
    let method: Inpaint.Method

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let picture = task.input(0), let matte = task.input(1), !task.channels.isEmpty else {
        return
      }
      let (loops, pool, window) = (task.loops.whileWanted, task.pool, picture.dataWindow)
      let hole = PixelSet(matte, .alpha, above: HoleMix.least, in: window, pool: pool, loops: loops)
      let fill: any HoleFill =
        switch method {
        case .smooth: Membrane(picture, Channel.rgb, hole: hole, pool: pool, loops: loops)
        case .frequency: FrequencyFill(picture, Channel.rgb, hole: hole, pool: pool, loops: loops)
        }
      for (place, channel) in task.channels.enumerated() {
        guard let plane = Channel.rgb.firstIndex(of: channel) else { continue }
        let target = task.target(place)
        loops.rows(target.rect.height, width: target.rect.width) { row in
          let line = Rect(
            x: target.rect.x0, y: target.rect.y0 + row, width: target.rect.width, height: 1)
          picture.gather(channel, edge: .black, into: target.part(line))
        }
        fill.fill(plane, target, loops: loops)
      }
    }
  }
}

/// Coded colours as light.
private struct FillLightPart: PointOperator {
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    .perChannel(Channel.rgb, of: context.main) { _ in TransferKernel(codedLight, encoding: false) }
  }
}

/// The picture with its hole filled. Inputs: the picture, the hole's matte, the fill.
private struct FilledHolePart: PointOperator {
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in Channel.rgb where context.main.has(channel) {
      let inputs: [PointProgram.Source] = [
        .input(0, channel), .input(1, .alpha), .input(2, channel),
      ]
      program.set(channel, program.add(HoleMix(), inputs)[0])
    }
    return program
  }
}
