public import BipackGraph
public import BipackKernels
public import BipackPixels

/// Layers pictures over one another with one of forty operations.
public struct Merge: PointNode {
  public static let category = "Merge"
  public static let abstract = """
    Layers the A pictures one after the other over B. An input that is not connected is black and \
    transparent, and the format is the other's: over and plus then pass the other picture on, \
    multiply and in give black. Expects premultiplied colour (except A of \
    `matte`). A picture with colour but without alpha counts as opaque (as in Natron). Values above 1 and below 0 are ordinary; only the operations whose formula clamps do \
    so. Formulas, with a and b the alphas of A and B: over A+B(1-a); under A(1-b)+B; in Ab; out \
    A(1-b); mask Ba; stencil B(1-a); atop Ab+B(1-a); xor A(1-b)+B(1-a); matte Aa+B(1-a); \
    conjoint-over A+B(1-a/b), A where a>b; disjoint-over A+B(1-a)/b, A+B where a+b<1; copy A; plus \
    A+B; minus A-B; from B-A; multiply AB, A where both are negative; divide A/B, 0 where both are \
    negative or B is 0; difference |A-B|; exclusion A+B-2AB; average (A+B)/2; geometric 2AB/(A+B); \
    hypot sqrt(AA+BB); max; min; screen A+B-AB, max(A,B) where both exceed 1; hard-light, overlay \
    (hard-light with A and B exchanged), soft-light (the W3C's formula, as in Natron and Blender; \
    soft-light-nuke is that of Nuke's manual: B(2A+B(1-AB)), 2AB where AB>=1), color-dodge, \
    color-burn, pinlight, reflect, freeze, grain-extract B-A+0.5, grain-merge B+A-0.5; hue, \
    saturation, color and luminosity take that property from A and the rest from B. The alpha is \
    worked out by the same formula, but is a+b-ab for matte, hue, saturation, color and luminosity.
    """

  /// How large the result is.
  public enum BBox: String, ParamChoice {
    case union
    case intersection
    case a = "A"
    case b = "B"

    func window(a: Rect, b: Rect) -> Rect {
      switch self {
      case .union: b.union(a)
      case .intersection: b.intersection(a)
      case .a: a
      case .b: b
      }
    }
  }

  /// Where the metadata come from.
  public enum MetadataSource: String, ParamChoice {
    case b = "B"
    case a = "A"
    case all
  }

  @Input(
    "The picture underneath; gives the format. Not connected it is black and transparent.",
    optional: true)
  public var b

  @Inputs(
    0...64,
    """
    The picture on top, or several: each is merged onto the result of those before. Not connected \
    it is black and transparent.
    """)
  public var a

  @Param("The formula.")
  public var operation = MergeOperation.over

  @Param(
    """
    Applies the formula only where both pictures are, as PDF and SVG do: each picture alone stays \
    as it is, and the alpha becomes a+b-ab. Off: alpha is treated like the colours. The operations \
    that already mind alpha (over, in, screen, ...) do not change.
    """)
  public var alphaMasking = false

  @Param("The size of the result: both pictures, what they share, or that of A or B.")
  public var bbox = BBox.union

  @Param("The channels of A that are merged.")
  public var aChannels = ChannelSet.rgba

  @Param("The channels of B they are merged with, in the same order.")
  public var bChannels = ChannelSet.rgba

  @Param("The channels the results go to, in the same order.")
  public var outputChannels = ChannelSet.rgba

  @Param("Further channels merged, each with the channel of the same name.")
  public var alsoMerge = ChannelSet.none

  @Param(
    """
    Whose metadata the result has; of equal names in both, A's win. Timecode and frame rate come \
    from the others where it has none.
    """)
  public var metaInput = MetadataSource.b

  public static let conditions: [ParamCondition] = [
    .only(
      "alphaMasking", where: "operation",
      "'operation' does not mind alpha by itself (plus, multiply, difference, ...)"
    ) { operation in
      guard case .string(let text) = operation else { return true }
      return MergeOperation(rawValue: text)?.isMaskable ?? true
    }
  ]

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = bottom(context)
    let tops = tops(context).map(\.spec)
    try checkChannels(tops, spec)
    let alphas = Self.alphas(tops + [spec])
    let window = tops.reduce(Rect.empty) { $0.union($1.dataWindow) }
    spec.dataWindow = bbox.window(a: window, b: spec.dataWindow)
    for top in tops { spec.add(pairs(top, spec, alphas).map(\.output)) }
    if metaInput != .b || context.spec(b) == nil {
      if metaInput == .a { spec.metadata = Metadata() }
      for top in tops { spec.metadata.merge(top.metadata) }
    }
    for other in tops + [bottom(context)] { spec.metadata.addTime(of: other.metadata) }
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    var below = Layer(spec: bottom(context), slot: b.slot)
    let tops = tops(context)
    let alphas = Self.alphas(tops.map(\.spec) + [below.spec])
    for top in tops {
      below.lay(top, pairs(top.spec, below.spec, alphas), self, &program)
    }
    return program
  }

  /// Sets that are matched by place are those of one picture each; by name, of either.
  private func checkChannels(_ tops: [ImageSpec], _ below: ImageSpec) throws(NodeError) {
    if aChannels == bChannels, bChannels == outputChannels { return }
    func check(_ name: String, _ set: ChannelSet, _ specs: [ImageSpec]) throws(NodeError) {
      let there = specs.flatMap(\.channels)
      guard set.hasNames, !there.isEmpty, let word = set.unmatched(in: there) else { return }
      throw NodeError(name, hasNo: word, in: there)
    }
    try check("aChannels", aChannels, tops)
    try check("bChannels", bChannels, [below])
  }

  /// B; not connected a picture without pixels, in the format of the first A.
  private func bottom(_ context: NodeContext) -> ImageSpec {
    context.spec(b) ?? Self.nothing(context)
  }

  /// The pictures on top, at least one: those not connected have no pixels.
  private func tops(_ context: NodeContext) -> [Layer] {
    let slots = a.slots.isEmpty ? a.slots.upperBound..<a.slots.upperBound + 1 : a.slots
    return slots.map {
      Layer(spec: context.spec(InputPort(slot: $0)) ?? Self.nothing(context), slot: $0)
    }
  }

  private static func nothing(_ context: NodeContext) -> ImageSpec {
    ImageSpec(
      format: context.main.format, dataWindow: .empty, channels: [], isData: context.main.isData)
  }

  /// The alphas of the result: pictures without them have them too, as soon as one of all has.
  private static func alphas(_ specs: [ImageSpec]) -> [Channel] {
    specs.flatMap(\.channels).filter(\.isAlpha)
  }

  /// One channel of the result and what it is made of.
  fileprivate struct Pair {
    var a: Channel?
    var b: Channel?
    var output: Channel
  }

  /// The channels merged. When the three sets are the same, channels meet by name; otherwise by
  /// their place in the sets.
  private func pairs(_ top: ImageSpec, _ below: ImageSpec, _ alphas: [Channel]) -> [Pair] {
    var both = below
    both.add(top.channels)
    both.add(alphas.filter { top.implies($0) || below.implies($0) })
    var pairs: [Pair]
    if aChannels == bChannels, bChannels == outputChannels {
      pairs = aChannels.select(from: both.channels).map { Pair(a: $0, b: $0, output: $0) }
    } else {
      both.add(Channel.rgba)
      both.add(outputChannels.spelledOut)
      let from = aChannels.select(from: top.channels).inDisplayOrder
      let under = bChannels.select(from: below.channels).inDisplayOrder
      let to = outputChannels.select(from: both.channels).inDisplayOrder
      pairs = to.enumerated().map { index, output in
        Pair(
          a: index < from.count ? from[index] : nil, b: index < under.count ? under[index] : nil,
          output: output)
      }
      both.channels = top.channels
      both.add(below.channels)
    }
    let taken = Set(pairs.map(\.output))
    pairs += alsoMerge.select(from: both.channels).filter { !taken.contains($0) }.map {
      Pair(a: $0, b: $0, output: $0)
    }
    return pairs
  }
}

extension MergeOperation: ParamChoice {}

extension [Channel] {
  /// Layer by layer, each red, green, blue, alpha first: files keep channels in alphabetical order.
  fileprivate var inDisplayOrder: [Channel] {
    var layers: [String] = []
    for channel in self where !layers.contains(channel.layer) { layers.append(channel.layer) }
    return layers.flatMap { layer in
      let own = filter { $0.layer == layer }
      let colors = (0..<4).compactMap { slot in own.first { $0.slot == slot } }
      return colors + own.filter { !colors.contains($0) }
    }
  }
}

/// A picture in the stack, its planes still in an input or already computed.
private struct Layer {
  var spec: ImageSpec
  let slot: Int
  private var planes: [Channel: PointProgram.Source] = [:]

  init(spec: ImageSpec, slot: Int) {
    self.spec = spec
    self.slot = slot
  }

  func plane(_ channel: Channel?) -> PointProgram.Source {
    guard let channel else { return .constant(0) }
    if spec.has(channel) { return planes[channel] ?? .input(slot, channel) }
    return spec.implies(channel) ? .opaque(slot) : .constant(0)
  }

  func alpha(for channel: Channel?) -> PointProgram.Source {
    guard let channel else { return .constant(0) }
    if let alpha = spec.alpha(for: channel) { return plane(alpha) }
    return .alpha(for: channel, of: spec, in: slot)
  }

  /// Merges `top` onto this layer.
  mutating func lay(
    _ top: Layer, _ pairs: [Merge.Pair], _ merge: Merge, _ program: inout PointProgram
  ) {
    var result: [Channel: PointProgram.Source] = [:]
    let masked = merge.alphaMasking && merge.operation.isMaskable
    let kernel = MergeKernel(merge.operation, masked: masked)
    for pair in pairs {
      let a = top.alpha(for: pair.a ?? pair.b)
      let b = alpha(for: pair.b ?? pair.a)
      if pair.output.isAlpha, masked || merge.operation.joinsAlphas {
        result[pair.output] =
          program.add(
            MergeKernel.joinedAlpha, [top.plane(pair.a), plane(pair.b)])[0]
      } else if merge.operation.isSeparable {
        let colors = [top.plane(pair.a), plane(pair.b)]
        let alphas: [PointProgram.Source] =
          switch kernel.planes {
          case .colors: []
          case .alphaOfA: [a]
          case .alphaOfB: [b]
          case .alphas, .pixels: [a, b]
          }
        result[pair.output] = program.add(kernel, colors + alphas)[0]
      }
    }
    if !merge.operation.isSeparable {
      result.merge(layWhole(top, pairs, kernel, &program)) { $1 }
    }
    spec.add(pairs.map(\.output))
    for (channel, plane) in result {
      planes[channel] = plane
      program.set(channel, plane)
    }
  }

  /// The operations that need red, green and blue together: once per layer of the result.
  private func layWhole(
    _ top: Layer, _ pairs: [Merge.Pair], _ kernel: MergeKernel, _ program: inout PointProgram
  ) -> [Channel: PointProgram.Source] {
    var result: [Channel: PointProgram.Source] = [:]
    var layers: [String] = []
    for pair in pairs where !layers.contains(pair.output.layer) { layers.append(pair.output.layer) }
    for layer in layers {
      let colors = (0..<3).map { slot in
        pairs.first { $0.output.layer == layer && $0.output.slot == slot }
      }
      guard let first = colors.compactMap({ $0 }).first else { continue }
      let planes = program.add(
        kernel,
        colors.map { top.plane($0?.a) } + colors.map { plane($0?.b) }
          + [top.alpha(for: first.a ?? first.b), alpha(for: first.b ?? first.a)],
        outputs: 3)
      for (color, plane) in zip(colors, planes) {
        if let color { result[color.output] = plane }
      }
    }
    return result
  }
}

extension Metadata {
  /// Takes over timecode and rate where it has no timecode: a still has none, what moves over it has.
  fileprivate mutating func addTime(of other: Metadata) {
    guard self[Self.timecodeKey] == nil, other[Self.timecodeKey] != nil else { return }
    for key in [Self.timecodeKey, Self.frameRateKey] { self[key] = other[key] }
  }
}
