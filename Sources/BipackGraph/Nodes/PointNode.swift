public import BipackPixels

/// An operator whose output pixels depend on the same pixels of its inputs only.
///
/// The engine runs chains and trees of them as one program over cache-resident strips.
public protocol PointOperator: Operator {
  /// What to compute for each output channel of `spec`. Called once per frame.
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram
}

extension PointOperator {
  public var role: OperatorRole { .point(self) }
}

/// A point operator that stands in documents.
public protocol PointNode: PointOperator, Node {}

/// How each output channel of a point operator comes about.
///
/// Channels that are only passed on (or are one number) cost nothing: their planes are shared.
/// Output channels the program does not mention are taken from the first input.
public struct PointProgram: Sendable {
  /// Where a plane comes from.
  public enum Source: Hashable, Sendable {
    /// A channel of an input, 0 where the input lacks it.
    case input(Int, Channel)
    /// An output of an earlier `Work`: its index, and which output.
    case work(Int, Int)
    case constant(Float)
    /// 1 inside the data window of an input, 0 outside: the alpha of a picture that has none.
    case opaque(Int)
  }

  /// One kernel with the planes it reads and how many it writes.
  public struct Work: Sendable {
    public var kernel: any PointKernel
    public var inputs: [Source]
    public var outputs: Int

    public init(kernel: any PointKernel, inputs: [Source], outputs: Int) {
      self.kernel = kernel
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  public private(set) var works: [Work] = []
  /// A list: programs mention few channels, and planning asks for them all the time.
  private var outputs: [(channel: Channel, source: Source)] = []

  public init() {}

  /// Adds a kernel and gives its outputs.
  public mutating func add(_ kernel: any PointKernel, _ inputs: [Source], outputs: Int = 1)
    -> [Source]
  {
    works.append(Work(kernel: kernel, inputs: inputs, outputs: outputs))
    return (0..<outputs).map { .work(works.count - 1, $0) }
  }

  /// Says where an output channel comes from.
  public mutating func set(_ channel: Channel, _ source: Source) {
    if let known = outputs.firstIndex(where: { $0.channel == channel }) {
      outputs[known].source = source
    } else {
      outputs.append((channel, source))
    }
  }

  /// Where an output channel comes from; unmentioned ones are the first input's.
  public func source(of channel: Channel) -> Source {
    outputs.first { $0.channel == channel }?.source ?? .input(0, channel)
  }
}

extension PointProgram {
  /// One kernel for each of `channels` of the first input, each seeing only its own plane.
  /// `kernel` gets the channel's slot in its layer (0...3 for R, G, B, A; 0 for others); nil leaves
  /// the channel untouched.
  ///
  /// With `unpremultiplied`, colour is divided by its alpha before and multiplied after; channels
  /// without an alpha, and alpha itself, are worked on directly.
  public static func perChannel(
    _ channels: [Channel], of spec: ImageSpec, unpremultiplied: Bool = false,
    _ kernel: (_ slot: Int) -> (any PointKernel)?
  ) -> PointProgram {
    var program = PointProgram()
    for channel in channels where spec.has(channel) {
      guard let kernel = kernel(channel.slot ?? 0) else { continue }
      let alpha = unpremultiplied && !channel.isAlpha ? spec.alpha(for: channel) : nil
      var plane = Source.input(0, channel)
      if let alpha { plane = program.add(Unpremultiply(), [plane, .input(0, alpha)])[0] }
      plane = program.add(kernel, [plane])[0]
      if let alpha { plane = program.add(Premultiply(), [plane, .input(0, alpha)])[0] }
      program.set(channel, plane)
    }
    return program
  }

  /// One kernel for the red, green and blue of each layer of the first input that has a channel in
  /// `channels`: three planes in, three out. Only channels in `channels` receive the result. A
  /// missing colour of a layer reads as 0.
  public static func perColor(
    _ channels: [Channel], of spec: ImageSpec, unpremultiplied: Bool = false,
    _ kernel: (_ layer: String) -> any PointKernel
  ) -> PointProgram {
    perColor(channels, of: spec, unpremultiplied: unpremultiplied) { program, planes, layer in
      program.add(kernel(layer), planes, outputs: 3)
    }
  }

  /// The same with several steps: `steps` gets the red, green and blue planes of a layer, adds to the
  /// program what it needs and gives back three planes.
  public static func perColor(
    _ channels: [Channel], of spec: ImageSpec, unpremultiplied: Bool = false,
    steps: (inout PointProgram, _ planes: [Source], _ layer: String) -> [Source]
  ) -> PointProgram {
    var program = PointProgram()
    for layer in spec.layers {
      let colors = (0..<3).map { slot in
        spec.channels.first { $0.layer == layer && $0.slot == slot }
      }
      guard colors.contains(where: { $0.map(channels.contains) ?? false }) else { continue }
      let alpha = unpremultiplied ? colors.compactMap { $0 }.first.flatMap(spec.alpha) : nil
      var planes = program.colors(colors, over: alpha)
      planes = steps(&program, planes, layer)
      if let alpha {
        planes = planes.map { program.add(Premultiply(), [$0, .input(0, alpha)])[0] }
      }
      for (color, plane) in zip(colors, planes) {
        if let color, channels.contains(color) { program.set(color, plane) }
      }
    }
    return program
  }

  /// The planes of channels of the first input, 0 for a missing one, divided by `alpha` if there is one.
  public mutating func colors(_ channels: [Channel?], over alpha: Channel?) -> [Source] {
    let planes: [Source] = channels.map { $0.map { .input(0, $0) } ?? .constant(0) }
    guard let alpha else { return planes }
    return planes.map { add(Unpremultiply(), [$0, .input(0, alpha)])[0] }
  }
}

/// Colour divided by alpha; where alpha is 0 the colour is left as it is.
package struct Unpremultiply: PointKernel {
  package init() {}
  package func apply(_ strip: borrowing Strip) {
    let (color, alpha) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let a = alpha[i]
      out[i] = color[i] / (a == 0 ? 1 : a)
    }
  }
}

/// Colour multiplied by alpha, the inverse of `Unpremultiply`: where alpha is 0, left as it is.
package struct Premultiply: PointKernel {
  package init() {}
  package func apply(_ strip: borrowing Strip) {
    let (color, alpha) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let a = alpha[i]
      out[i] = color[i] * (a == 0 ? 1 : a)
    }
  }
}
