public import BipackGraph
import BipackKernels
import BipackPixels

/// Measures the grain of a shot.
public struct GrainProfile: ShotNode {
  public static let abstract = """
    Measures the grain of a shot: how strong it is in red, green and blue by brightness, how its pixels go together, and its \
    colours. A Regrain gives it to another picture (`"grain": {"from": "profile.grain"}`), and `sigma` is what a Denoise \
    wants to know. It looks at squares of 16 pixels that show nothing but grain, and at the difference to the \
    next frame where the picture stands still. A picture without plain places (leaves, gravel) looks grainier than it is: \
    then say a plainer part (`area`), or connect the picture without grain. As an image it passes its input on.
    """
  public static let category = "Data"

  @Input("The shot.")
  public var source

  @Input("The same without grain, if there is such: a Denoise, a rendered truth.", optional: true)
  public var clean

  @Param(
    unit: .pixels,
    "Where to look: left, top, right, bottom, the last two excluded. All 0 is the whole picture.")
  public var area = Box(0, 0, 0, 0)

  @Params public var shot = ShotRange()

  public init() {}

  public static let values: [ValuePort] = [
    ValuePort("grain", Grain.kind, "The grain of the shot, for a Regrain."),
    ValuePort(
      "sigma", .number,
      "The standard deviation of its code values in sRGB, in 255ths: `sigma` of a Denoise."),
    ValuePort(
      "sigmaLight", .number,
      "The same of the root of light: `sigma` of a Denoise whose `law` is `light`."),
    ValuePort(
      "confidence", .number,
      "How sure it is: 1 where at least a hundred squares agree as well as grain can, 0 where no grain was found; a third and less where what looks like grain is the same in the next frame: texture, or grain that a codec kept."
    ),
  ]

  private func rect(_ context: NodeContext) -> Rect {
    area.area(of: context.main.dataWindow).intersection(context.main.dataWindow)
  }

  /// The frame; the next, or the one before at the end of a shot; what is clean, where that is connected.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    let frame = context.frame
    if context.connected.count > clean.slot, context.connected[clean.slot] {
      return [(source, frame), (source, frame), (clean, frame)].map {
        InputFrame(slot: $0.0.slot, frame: $0.1)
      }
    }
    let isStill = context.frames.count == 1
    let other = isStill ? frame : context.neighbour(1) ?? context.neighbour(-1) ?? frame
    return [frame, other].map { InputFrame(slot: source.slot, frame: $0) }
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let rect = rect(context)
    return context.inputs.map { spec in
      spec == nil || rect.isEmpty ? .none : Demand(rect: rect, channels: Set(Channel.rgb))
    }
  }

  public func verify(_ context: NodeContext) throws(NodeError) {
    try context.checkHasPicture()
    if !Channel.rgb.allSatisfy(context.main.has) {
      throw NodeError("the picture lacks red, green or blue; grain is measured in all three")
    }
    let rect = rect(context)
    if rect.width < 64 || rect.height < 64 {
      throw NodeError(
        "there is too little to look at: \(rect.width) x \(rect.height) pixels of the picture; at least "
          + "64 x 64 are needed")
    }
  }

  public func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError)
    -> ValueData
  {
    guard let image = task.input(0) else { throw .nothingToMeasure }
    let rect = rect(task.context)
    let (pool, loops) = (task.pool, task.loops)
    func planes(_ image: Image) -> [[Float]] {
      Channel.rgb.map { image.pixels($0, in: rect, pool: pool) }
    }
    func picture(_ planes: [[Float]], _ beside: GrainPicture.Beside) -> GrainPicture {
      GrainPicture(width: rect.width, height: rect.height, planes: planes, beside: beside)
    }
    let here = planes(image)
    var pictures = [picture(here, .nothing)]
    if let clean = task.input(2) {
      pictures = [picture(here, .clean(planes(clean)))]
    } else if let other = task.input(1), other.dataWindow.intersection(rect) == rect {
      pictures.append(picture(here, .frame(planes(other))))
    }
    return GrainNote.data(GrainSums(pictures, loops: loops))
  }

  public func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    var sums = GrainSums()
    for note in notes { GrainNote.sums(note.note).map { sums += $0 } }
    guard let found = sums.result() else { return Self.measured(Self.none, sigmas: [0, 0], 0) }
    var grain = Grain()
    func curve(_ channel: Int) -> LookupCurve {
      LookupCurve(
        found.strengths[channel].map { LookupCurve.Point($0.brightness, $0.deviation) })
        ?? .constant(0)
    }
    (grain.red, grain.green, grain.blue) = (curve(0), curve(1), curve(2))
    grain.correlation = NumberList(found.correlation.values)
    let sigmas = [TransferCurve.sRGB, NoiseSpace.light].map { found.sigma(coded: $0) }
    return Self.measured(grain, sigmas: sigmas, found.confidence)
  }

  private static var none: Grain {
    var grain = Grain()
    (grain.red, grain.green, grain.blue) = (.constant(0), .constant(0), .constant(0))
    return grain
  }

  private static func measured(_ grain: Grain, sigmas: [Double], _ confidence: Double)
    -> [String: ValueData]
  {
    [
      "grain": grain.data, "sigma": .number(sigmas[0]), "sigmaLight": .number(sigmas[1]),
      "confidence": .number(confidence),
    ]
  }
}

extension GrainSums.Result {
  /// The deviation of code values in 255ths, where grain was seen.
  fileprivate func sigma(coded curve: TransferCurve) -> Double {
    var (sum, count) = (0.0, 0.0)
    for point in seen.joined() {
      let step = max(1e-4, 0.01 * point.brightness)
      let rise =
        curve.encode(Float(point.brightness + step)) - curve.encode(Float(point.brightness - step))
      let coded = 255 * point.deviation * Double(rise) / (2 * step)
      sum += point.count * coded * coded
      count += point.count
    }
    return count > 0 ? (sum / count).squareRoot() : 0
  }
}

/// Sums of a frame as they are kept.
private enum GrainNote {
  static func data(_ sums: GrainSums) -> ValueData {
    .object([
      ValueMember("counts", .vector([sums.count, sums.compared, sums.frozen, sums.spread])),
      ValueMember("bins", .vector(sums.bins)), ValueMember("products", .vector(sums.products)),
    ])
  }

  static func sums(_ data: ValueData) -> GrainSums? {
    guard let counts = data["counts"]?.numbers, counts.count == 4,
      let bins = data["bins"]?.numbers, let products = data["products"]?.numbers
    else { return nil }
    return GrainSums(
      count: counts[0], compared: counts[1], frozen: counts[2], spread: counts[3], bins: bins,
      products: products)
  }
}
