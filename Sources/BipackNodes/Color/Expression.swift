public import BipackGraph
import BipackKernels
public import BipackPixels

/// Computes channels by formulas.
public struct Expression: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Computes each pixel's channels by formulas. `r g b a` are the source's channels, `depth.Z` and \
    the like its others; `a.R`, `b.R` those of the inputs a and b (also `Ar Ag Ab Aa`, `Br ...`, as \
    in Nuke's MergeExpression). `x y` are the column and row from 0 at the top left (Nuke counts \
    rows from the bottom), `cx cy` the distance from the centre in half widths, y down; `width`, \
    `height`, `frame` (or `t`) and `pi` are what they say. `r(x + 1, y - 2)` is the \
    red one pixel to the right and two up, `r(x, y, frame - 1)` that of the frame before; the same for \
    every channel. Such steps are whole numbers of pixels, so that what is read is known before; `edge` \
    says what lies outside the input's data window. Operators: + - * / % ** ^ (power) < <= > \
    >= == != ! && || ?: and parentheses. Functions: abs acos asin atan atan2 ceil clamp cos cosh \
    degrees exp exp2 exponent fBm floor fmod from_byte from_rec709f from_sRGB hypot if int isnan \
    ldexp lerp log log10 log2 mantissa max min mix noise pow pow2 radians random rint round sign \
    sin sinh smoothstep sqrt step tan tanh to_byte to_rec709f to_sRGB trunc turbulence. Noise and \
    random numbers are the same on every machine.
    """

  @Input("The picture; gives the format.", optional: true)
  public var source

  @Input("A second picture, for `a.R`.", optional: true)
  public var a

  @Input("A third picture, for `b.R`.", optional: true)
  public var b

  @Param("The formula of the first channel; empty leaves it as it is.")
  public var expr0 = ""

  @Param("The formula of the second channel; empty leaves it as it is.")
  public var expr1 = ""

  @Param("The formula of the third channel; empty leaves it as it is.")
  public var expr2 = ""

  @Param("The formula of the fourth channel; empty leaves it as it is.")
  public var expr3 = ""

  @Param("The first channel, or several that all receive the first formula.")
  public var channel0: ChannelSet = "R"

  @Param("The second channel, or several.")
  public var channel1: ChannelSet = "G"

  @Param("The third channel, or several.")
  public var channel2: ChannelSet = "B"

  @Param("The fourth channel, or several.")
  public var channel3: ChannelSet = "A"

  @Param("The name of a helping value, for the formulas after it.")
  public var tempName0 = ""

  @Param("The formula of the first helping value.")
  public var tempExpr0 = ""

  @Param("The name of a second helping value.")
  public var tempName1 = ""

  @Param("The formula of the second helping value.")
  public var tempExpr1 = ""

  @Param("The name of a third helping value.")
  public var tempName2 = ""

  @Param("The formula of the third helping value.")
  public var tempExpr2 = ""

  @Param("The name of a fourth helping value.")
  public var tempName3 = ""

  @Param("The formula of the fourth helping value.")
  public var tempExpr3 = ""

  @Param(
    "What neighbouring pixels outside an input's data window are: black, or the nearest in it.")
  public var edge = NeighbourEdge.black

  /// What lies outside the data window.
  public enum NeighbourEdge: String, ParamChoice {
    case black, nearest

    var mode: EdgeMode { self == .black ? .black : .clamp }
  }

  public static let conditions: [ParamCondition] =
    (0..<4).flatMap { number in
      [
        .only("channel\(number)", with: "expr\(number)"),
        .only("tempName\(number)", with: "tempExpr\(number)"),
      ]
    } + [
      .only(
        "edge",
        whereAny: (0..<4).flatMap { [("expr\($0)", looksAside), ("tempExpr\($0)", looksAside)] },
        "a formula reads neighbouring pixels")
    ]

  @Sendable private static func looksAside(_ formula: ValueData) -> Bool {
    if case .string(let text) = formula { PixelCompiler.readsElsewhere(text) } else { true }
  }

  public init() {}

  private var temporaries: [(name: String, text: String)] {
    [
      (tempName0, tempExpr0), (tempName1, tempExpr1), (tempName2, tempExpr2),
      (tempName3, tempExpr3),
    ]
  }

  private var formulas: [(name: String, text: String, channels: ChannelSet)] {
    [
      ("expr0", expr0, channel0), ("expr1", expr1, channel1), ("expr2", expr2, channel2),
      ("expr3", expr3, channel3),
    ].filter { !Self.isBlank($0.1) }
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  public func identity(_ context: NodeContext) -> Int? {
    formulas.isEmpty && context.spec(source) != nil ? source.slot : nil
  }

  public var isTimeVarying: Bool {
    let texts = [expr0, expr1, expr2, expr3, tempExpr0, tempExpr1, tempExpr2, tempExpr3]
    return texts.contains { text in
      let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." }
      return words.contains { $0 == "frame" || $0 == "t" }
    }
  }

  private func base(_ context: NodeContext) -> ImageSpec {
    if let spec = context.spec(source) { return spec }
    return ImageSpec(format: context.inputs.lazy.compactMap { $0?.format }.first ?? context.format)
  }

  private func outputs(_ set: ChannelSet, _ spec: ImageSpec) -> [Channel] {
    var spec = spec
    spec.add(set.spelledOut)
    return set.select(from: spec.channels)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = base(context)
    for other in context.inputs {
      if let other { spec.dataWindow = spec.dataWindow.union(other.dataWindow) }
    }
    for formula in formulas { spec.add(outputs(formula.channels, spec)) }
    return spec
  }

  // MARK: Compiling

  /// A plane the formulas read.
  struct Plane: Hashable {
    var input: Int
    var channel: Channel
    /// From the pixel that is made.
    var x = 0
    var y = 0
  }

  /// The formulas, compiled, and what they read.
  struct Compiled {
    var kernel: PixelProgram
    var planes: [Plane]
    /// The channels each formula's result goes to.
    var outputs: [[Channel]]
  }

  func compiled(_ context: NodeContext) throws(NodeError) -> Compiled {
    let spec = try spec(context)
    let planes = PlaneList()
    let frames = otherFrames(context.frame, context.inputs.map { $0 != nil })
    let first = context.inputs.count - frames.count
    var compiler = PixelCompiler(
      read: { name, access in
        guard let (port, channel) = channel(name, context) else { return nil }
        var input = port.slot
        if let frame = access.frame, frame != context.frame {
          guard let known = frames.firstIndex(of: InputFrame(slot: port.slot, frame: frame)) else {
            return nil
          }
          input = first + known
        }
        return Self.plane(input, channel, access.x, access.y, context, planes)
      }, lookUp: { symbol($0, context, spec, planes) })
    for (index, temp) in temporaries.enumerated() where !Self.isBlank(temp.text) {
      guard !Self.isBlank(temp.name) else {
        throw NodeError(.invalid, "tempExpr\(index) has no name: give tempName\(index)")
      }
      do { try compiler.define(temp.name, temp.text) } catch {
        throw self.error("tempExpr\(index)", error, context)
      }
    }
    for formula in formulas {
      do { try compiler.output(formula.text) } catch {
        throw self.error(formula.name, error, context)
      }
    }
    return Compiled(
      kernel: compiler.program(format: spec.format.window), planes: planes.planes,
      outputs: formulas.map { outputs($0.channels, spec) })
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let compiled = try compiled(context)
    let results = program.add(
      compiled.kernel, compiled.planes.map { .input($0.input, $0.channel) },
      outputs: compiled.outputs.count)
    for (index, channels) in compiled.outputs.enumerated() {
      let constant = compiled.kernel.constant(index)
      let plane = constant.map(PointProgram.Source.constant) ?? results[index]
      for channel in channels { program.set(channel, plane) }
    }
    return program
  }

  // MARK: Other pixels and frames

  /// Everything read at another pixel or frame, as far as the texts are right: planes are not known yet,
  /// so any name may be one.
  private func accesses(_ frame: Double, _ body: @escaping (String, PixelCompiler.Access) -> Void) {
    let texts = formulas.map(\.text) + temporaries.map(\.text)
    guard texts.contains(where: PixelCompiler.readsElsewhere) else { return }
    var compiler = PixelCompiler(
      read: { name, access in
        body(name, access)
        return .plane(0)
      },
      lookUp: { name in
        switch name {
        case "x": .position(.x)
        case "y": .position(.y)
        case "frame", "t": .constant(Float(frame))
        default: .plane(0)
        }
      })
    for temp in temporaries where !Self.isBlank(temp.text) {
      try? compiler.define(temp.name, temp.text)
    }
    for formula in formulas { try? compiler.output(formula.text) }
  }

  /// Images besides those of the node's own frame, in the order they are first met.
  private func otherFrames(_ frame: Double, _ connected: [Bool]) -> [InputFrame] {
    let found = FrameList()
    accesses(frame) { name, access in
      guard let other = access.frame, other != frame else { return }
      let port = port(name) { $0.slot < connected.count && connected[$0.slot] }
      found.add(InputFrame(slot: port.slot, frame: other))
    }
    return found.frames
  }

  private final class FrameList {
    private(set) var frames: [InputFrame] = []
    func add(_ frame: InputFrame) { if !frames.contains(frame) { frames.append(frame) } }
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    context.connected.indices.map { InputFrame(slot: $0, frame: context.frame) }
      + otherFrames(context.frame, context.connected)
  }

  /// Whether a pixel is made of others; two frames tell a step that happens to be 0 at one of them.
  private var readsNeighbours: Bool {
    let found = Found()
    for frame in [0.0, 1] {
      accesses(frame) { _, access in
        if access.x != 0 || access.y != 0 { found.isTrue = true }
      }
    }
    return found.isTrue
  }

  private final class Found { var isTrue = false }

  public var role: OperatorRole {
    readsNeighbours ? .tile(NeighbourExpression(self)) : .point(self)
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    readsNeighbours
      ? NeighbourExpression(self).demand(output, context)
      : context.inputs.map { $0 == nil ? .none : output }
  }

  private func error(_ name: String, _ error: PixelExpressionError, _ context: NodeContext)
    -> NodeError
  {
    var text = "\(name): column \(error.column): \(error.message)"
    if let unknown = error.unknown, let near = Spelling.nearest(unknown, names(context)) {
      text += "; did you mean '\(near)'?"
    }
    return NodeError(.invalid, text)
  }

  /// Everything a formula can name besides functions, as it is written there.
  private func names(_ context: NodeContext) -> [String] {
    var names = Self.words + Self.root.keys + temporaries.map(\.name).filter { !Self.isBlank($0) }
    for (prefix, port) in [("", source), ("a.", a), ("b.", b)] {
      names += (context.spec(port)?.channels ?? []).map { prefix + ChannelWord.quoted($0.name) }
    }
    return names
  }

  private static let words = ["x", "y", "cx", "cy", "width", "height", "frame", "t", "pi"]

  /// The planes the formulas read, in the order they were first met.
  private final class PlaneList {
    private(set) var planes: [Plane] = []

    func index(_ plane: Plane) -> Int {
      if let known = planes.firstIndex(of: plane) { return known }
      planes.append(plane)
      return planes.count - 1
    }
  }

  /// The root's channels by their long names and by one letter.
  private static let root = ChannelWord.roots.merging(
    ["r": .red, "g": .green, "b": .blue, "a": .alpha]) { $1 }

  private func symbol(
    _ name: String, _ context: NodeContext, _ spec: ImageSpec, _ planes: PlaneList
  ) -> PixelCompiler.Symbol? {
    switch name {
    case "x": return .position(.x)
    case "y": return .position(.y)
    case "cx": return .position(.cx)
    case "cy": return .position(.cy)
    case "width": return .constant(Float(spec.format.width))
    case "height": return .constant(Float(spec.format.height))
    case "frame", "t": return .constant(Float(context.frame))
    default: break
    }
    guard let (port, channel) = channel(name, context) else { return nil }
    return Self.plane(port.slot, channel, 0, 0, context, planes)
  }

  private static func plane(
    _ input: Int, _ channel: Channel, _ x: Int, _ y: Int, _ context: NodeContext,
    _ planes: PlaneList
  ) -> PixelCompiler.Symbol? {
    guard input < context.inputs.count, let spec = context.inputs[input], spec.has(channel) else {
      // The root's four are black where they are missing, as an image's are; others are mistakes.
      return Channel.rgba.contains(channel) ? .constant(0) : nil
    }
    return .plane(planes.index(Plane(input: input, channel: channel, x: x, y: y)))
  }

  /// The input a name means, of those connected.
  private func port(_ name: String, _ isConnected: (InputPort) -> Bool) -> InputPort {
    let word = ChannelWord.words(name)?.first
    for (prefix, port) in [("a", a), ("b", b)] where isConnected(port) {
      if word?.dropping(prefix: prefix + ".") != nil { return port }
      if Self.root[name] == nil, name.hasPrefix(prefix.uppercased()),
        Self.root[String(name.dropFirst())] != nil
      {
        return port
      }
    }
    return source
  }

  /// The input and channel a name means.
  private func channel(_ name: String, _ context: NodeContext) -> (InputPort, Channel)? {
    if let channel = Self.root[name] { return (source, channel) }
    guard let word = ChannelWord.words(name)?.first else { return nil }
    for (prefix, port) in [("a", a), ("b", b)] where context.spec(port) != nil {
      if let rest = word.dropping(prefix: prefix + ".") {
        return (port, Self.root[rest.text] ?? rest.channel)
      }
      if name.hasPrefix(prefix.uppercased()), let channel = Self.root[String(name.dropFirst())] {
        return (port, channel)
      }
    }
    if let spec = context.spec(source), spec.has(word.channel) { return (source, word.channel) }
    return nil
  }
}
