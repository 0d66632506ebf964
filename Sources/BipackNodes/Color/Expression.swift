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
    `height`, `frame` (or `t`) and `pi` are what they say. Operators: + - * / % ** ^ (power) < <= > \
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

  public init() {}

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
    for port in [a, b] {
      if let other = context.spec(port) {
        spec.dataWindow = spec.dataWindow.union(other.dataWindow)
      }
    }
    for formula in formulas { spec.add(outputs(formula.channels, spec)) }
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let spec = try spec(context)
    let planes = PlaneList()
    var compiler = PixelCompiler { symbol($0, context, spec, planes) }
    for (index, temp) in [
      (tempName0, tempExpr0), (tempName1, tempExpr1), (tempName2, tempExpr2),
      (tempName3, tempExpr3),
    ].enumerated() where !Self.isBlank(temp.1) {
      guard !Self.isBlank(temp.0) else {
        throw NodeError(.invalid, "tempExpr\(index) has no name: give tempName\(index)")
      }
      do { try compiler.define(temp.0, temp.1) } catch {
        throw Self.error("tempExpr\(index)", error)
      }
    }
    for formula in formulas {
      do { try compiler.output(formula.text) } catch { throw Self.error(formula.name, error) }
    }
    let kernel = compiler.program(format: spec.format.window)
    let results = program.add(kernel, planes.sources, outputs: formulas.count)
    for (index, formula) in formulas.enumerated() {
      let plane = kernel.constant(index).map(PointProgram.Source.constant) ?? results[index]
      for channel in outputs(formula.channels, spec) { program.set(channel, plane) }
    }
    return program
  }

  private static func error(_ name: String, _ error: PixelExpressionError) -> NodeError {
    NodeError(.invalid, "\(name): column \(error.column): \(error.message)")
  }

  /// The planes the formulas read, in the order they were first met.
  private final class PlaneList {
    var sources: [PointProgram.Source] = []

    func index(_ source: PointProgram.Source) -> Int {
      if let known = sources.firstIndex(of: source) { return known }
      sources.append(source)
      return sources.count - 1
    }
  }

  private static let root: [String: Channel] = [
    "r": .red, "g": .green, "b": .blue, "a": .alpha, "red": .red, "green": .green, "blue": .blue,
    "alpha": .alpha,
  ]

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
    guard let input = context.spec(port), input.has(channel) else {
      // The root's four are black where they are missing, as an image's are; others are mistakes.
      return Channel.rgba.contains(channel) ? .constant(0) : nil
    }
    return .plane(planes.index(.input(port.slot, channel)))
  }

  /// The input and channel a name means.
  private func channel(_ name: String, _ context: NodeContext) -> (InputPort, Channel)? {
    if let channel = Self.root[name] { return (source, channel) }
    for (prefix, port) in [("a", a), ("b", b)] where context.spec(port) != nil {
      if name.hasPrefix(prefix + ".") {
        let rest = String(name.dropFirst(2))
        return (port, Self.root[rest] ?? Channel(rest))
      }
      if name.hasPrefix(prefix.uppercased()), let channel = Self.root[String(name.dropFirst())] {
        return (port, channel)
      }
    }
    if let spec = context.spec(source), spec.has(Channel(name)) { return (source, Channel(name)) }
    return nil
  }
}
