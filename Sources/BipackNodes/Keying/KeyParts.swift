import BipackGraph
import BipackKernels
import BipackPixels

/// The planes that pass between the parts of a key.
enum KeyChannel {
  static let average: Channel = "key.average"
  static let greatest: Channel = "key.greatest"
  static let distance: Channel = "key.distance"
  /// 1 where a pixel is certainly subject, certainly screen.
  static let subject: Channel = "key.subject"
  static let screen: Channel = "key.screen"
  static let sums: [Channel] = (0..<KeyMoments.sums).map { Channel("key.sum\($0)") }
  static let means: [Channel] = (0..<KeyMoments.means).map { Channel("key.mean\($0)") }
}

/// A part of a key that works pixel by pixel and gives planes of its own.
protocol KeyPart: PointNode {
  var made: [Channel] { get }
}

extension KeyPart {
  static var abstract: String { "A part of a key." }
  static var category: String { "Keying" }
  static var isMaskable: Bool { false }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = made
    return spec
  }

  func rgb(_ input: Int) -> [PointProgram.Source] { Channel.rgb.map { .input(input, $0) } }

  /// One kernel that gives all planes, in their order.
  func making(_ kernel: any PointKernel, _ inputs: [PointProgram.Source]) -> PointProgram {
    var program = PointProgram()
    let planes = program.add(kernel, inputs, outputs: made.count)
    for (channel, plane) in zip(made, planes) { program.set(channel, plane) }
    return program
  }
}

/// Colour difference keys. Inputs: picture, plate.
struct DifferencePart: KeyPart {
  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) {}

  var made: [Channel] { [KeyChannel.average, KeyChannel.greatest, KeyChannel.distance] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(ScreenDifferenceKernel(), rgb(0) + rgb(1))
  }
}

/// What is certain, from difference keys without their grain.
struct CertainPart: KeyPart {
  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) {}

  var made: [Channel] { [KeyChannel.subject, KeyChannel.screen] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(
      Certain(),
      [
        .input(0, KeyChannel.average), .input(0, KeyChannel.greatest),
        .input(0, KeyChannel.distance),
      ])
  }

  private struct Certain: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (average, greatest) = (strip.input(0), strip.input(1))
      let distance = strip.input(2)
      var subject = strip.output(0)
      var screen = strip.output(1)
      for i in 0..<strip.count {
        subject[i] = greatest[i] > 0.9 ? 1 : 0
        screen[i] = average[i] < 0.06 && distance[i] < 0.15 ? 1 : 0
      }
    }
  }
}

/// Takes subject what a key found solid, beside what was certain before. Inputs: the solid part
/// (1 or 0), what was certain.
struct GrownPart: KeyPart {
  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) {}

  var made: [Channel] { [KeyChannel.subject, KeyChannel.screen] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let most = program.add(
      Greater(), [.input(0, .alpha), .input(1, KeyChannel.subject)])
    program.set(KeyChannel.subject, most[0])
    program.set(KeyChannel.screen, .input(1, KeyChannel.screen))
    return program
  }

  private struct Greater: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = a[i] > b[i] ? a[i] : b[i] }
    }
  }
}

/// 1 where alpha is above a limit, else 0.
struct SolidPart: KeyPart {
  private static let limit: Float = 0.9

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) { hasher.combine(Self.limit) }

  var made: [Channel] { [.alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Above(limit: Self.limit), [.input(0, .alpha)])
  }

  private struct Above: PointKernel {
    let limit: Float

    func apply(_ strip: borrowing Strip) {
      let input = strip.input(0)
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = input[i] > limit ? 1 : 0 }
    }
  }
}

/// Moments of what is certain, at half the size. Inputs: picture, plate, what is certain.
struct KeySumsPart: FilterPart {
  var window = Rect.empty

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  init(window: Rect) { self.window = window }
  func hash(into hasher: inout StableHasher) { window.hash(into: &hasher) }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.channels = KeyChannel.sums
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let fine = GaussianPyramid.fine(for: output.rect, x: true, y: true)
    let rect = reached(fine, 0, 0, context.main.dataWindow, .black)
    return [
      Demand(rect: rect, channels: Set(Channel.rgb)),
      Demand(rect: rect, channels: Set(Channel.rgb)),
      Demand(rect: rect, channels: [KeyChannel.subject, KeyChannel.screen]),
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel() }

  private struct Kernel: TileKernel {
    func render(_ task: borrowing TileTask) throws(NodeError) {
      let fine = GaussianPyramid.fine(for: task.rect, x: true, y: true)
      let planes = Planes(fine, task.pool)
      let color = planes.add(task.input(0), Channel.rgb)
      let plate = planes.add(task.input(1), Channel.rgb)
      let certain = planes.add(task.input(2), [KeyChannel.subject, KeyChannel.screen])
      withExtendedLifetime(planes) {
        KeyMoments.halvedSums(
          color: color, plate: plate, subject: certain[0], screen: certain[1], rect: task.rect,
          into: task.channels.indices.map { task.target($0) }, pool: task.pool)
      }
    }
  }
}

/// Sums to means. Inputs: a coarser level's means, doubled, and this level's sums; or sums only, at the
/// coarsest.
struct KeyMeansPart: KeyPart {
  /// The share of certain subject under a filter from which a level stands for itself.
  private static let enough: Float = 0.014

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  func hash(into hasher: inout StableHasher) { hasher.combine(Self.enough) }

  var made: [Channel] { KeyChannel.means }

  /// Where there is no subject far and wide it may be any grey: then the key is the colour difference.
  /// Mean, second moments, grain.
  private static let anyGrey: [Float] = [
    0.2, 0.2, 0.2, 0.2002, 0.2, 0.2, 0.2002, 0.2, 0.2002, 1e-5,
  ]

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let isTop = context.inputs.count < 2
    let coarse: [PointProgram.Source] =
      isTop
      ? Self.anyGrey.map { .constant($0) } : KeyChannel.means.map { .input(0, $0) }
    let fine = KeyChannel.sums.map { PointProgram.Source.input(isTop ? 0 : 1, $0) }
    return making(KeyMeansKernel(enough: Self.enough), coarse + fine)
  }
}

/// Alpha from the subject's moments, and its colour. Inputs: picture, plate, where to begin, what is
/// certain, means at half the size.
struct KeyProjectPart: FilterPart {
  /// What is found.
  enum Goal: String {
    /// Alpha, from a difference key.
    case alpha
    /// That and the subject's colour.
    case both
    /// The colour, of an alpha that is known.
    case color
  }
  var goal = Goal.both

  init() {}
  init(from decoder: any Decoder) throws { throw NotInDocuments() }
  init(_ goal: Goal) { self.goal = goal }
  func hash(into hasher: inout StableHasher) { hasher.combine(goal.rawValue) }

  private var start: Channel { goal == .color ? .alpha : KeyChannel.average }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = goal == .alpha ? [.alpha] : Channel.rgba
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let colors = output.with(rect: output.rect, Channel.rgb)
    let coarse = GaussianPyramid.coarse(for: output.rect, x: true, y: true)
    let half = context.inputs.count > 4 ? context.inputs[4]?.dataWindow ?? .empty : .empty
    return [
      colors, colors, output.with(rect: output.rect, [start]),
      output.with(rect: output.rect, [KeyChannel.subject, KeyChannel.screen]),
      output.with(rect: coarse.intersection(half), KeyChannel.means),
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(start: start, settings: KeyMoments.Settings(keepsAlpha: goal == .color))
  }

  private struct Kernel: TileKernel {
    let start: Channel
    let settings: KeyMoments.Settings

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let rect = task.rect
      let planes = Planes(rect, task.pool)
      let certain = planes.add(task.input(3), [KeyChannel.subject, KeyChannel.screen])
      if !settings.keepsAlpha,
        KeyMoments.isKnown(subject: certain[0], screen: certain[1], count: rect.area)
      {
        giveKnown(task, certain[0])
        return
      }
      let color = planes.add(task.input(0), Channel.rgb)
      let plate = planes.add(task.input(1), Channel.rgb)
      let begin = planes.add(task.input(2), [start])
      let half = Planes(GaussianPyramid.coarse(for: rect, x: true, y: true), task.pool)
      let means = half.add(task.input(4), KeyChannel.means)
      // Alpha and colour come together: what nobody asked for goes to a scratch plane.
      let spare = (0..<4).map { _ in task.pool.scratch(count: rect.area) }
      func target(_ channel: Channel) -> (base: UnsafeMutablePointer<Float>, stride: Int) {
        if let index = task.channels.firstIndex(of: channel) { return task.target(index) }
        return (spare[channel.slot ?? 0].base, rect.width)
      }
      var colors: [(base: UnsafeMutablePointer<Float>, stride: Int)] = []
      if task.channels.contains(where: { $0 != .alpha }) {
        for channel in Channel.rgb { colors.append(target(channel)) }
      }
      withExtendedLifetime((planes, half, spare)) {
        KeyMoments.project(
          settings, color: color, plate: plate, start: begin[0], subject: certain[0],
          screen: certain[1], means: means, rect: rect, alpha: target(.alpha), into: colors,
          pool: task.pool)
      }
    }

    /// Where all is known alpha is what it is, and the colour the picture's.
    private func giveKnown(_ task: borrowing TileTask, _ subject: UnsafePointer<Float>) {
      let rect = task.rect
      for (index, channel) in task.channels.enumerated() {
        let (base, stride) = task.target(index)
        if channel == .alpha {
          for y in 0..<rect.height {
            (base + y * stride).update(from: subject + y * rect.width, count: rect.width)
          }
        } else if let picture = task.input(0) {
          picture.gather(channel, rect, edge: .black, into: base, stride: stride)
        }
      }
    }
  }
}

extension Demand {
  func with(rect: Rect, _ channels: [Channel]) -> Demand {
    Demand(rect: rect, channels: Set(channels))
  }
}

/// Planes of several inputs over one rectangle, one row after the other, black outside.
final class Planes {
  private let rect: Rect
  private let pool: BlockPool
  private var held: [Scratch] = []

  init(_ rect: Rect, _ pool: BlockPool) {
    self.rect = rect
    self.pool = pool
  }

  /// Adds channels of an image; zeros where it or they are missing. Valid while this object lives.
  func add(_ image: Image?, _ channels: [Channel]) -> [UnsafePointer<Float>] {
    channels.map { channel in
      let plane = pool.scratch(count: rect.area)
      held.append(plane)
      if let image {
        image.gather(channel, rect, edge: .black, into: plane.base, stride: rect.width)
      } else {
        plane.base.update(repeating: 0, count: rect.area)
      }
      return UnsafePointer(plane.base)
    }
  }
}
