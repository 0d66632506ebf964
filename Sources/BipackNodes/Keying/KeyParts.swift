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

  /// The weight of what tells of folds, and their brightness.
  static let folds: [Channel] = ["key.fold.weight", "key.fold.sum"]

  static func sums(_ kind: KeyMoments.Kind) -> [Channel] {
    (0..<kind.sums).map { Channel("key.\(kind).sum\($0)") }
  }

  static func means(_ kind: KeyMoments.Kind) -> [Channel] {
    (0..<kind.means).map { Channel("key.\(kind).mean\($0)") }
  }
}

extension PointOperator {
  /// The red, green and blue of an input.
  func rgb(_ input: Int) -> [PointProgram.Source] { Channel.rgb.map { .input(input, $0) } }
}

/// Works pixel by pixel and gives planes of its own.
protocol KeyOperator: PointOperator {
  var made: [Channel] { get }
}

extension KeyOperator {
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = made
    return spec
  }

  /// One kernel that gives all planes, in their order.
  func making(_ kernel: any PointKernel, _ inputs: [PointProgram.Source]) -> PointProgram {
    var program = PointProgram()
    let planes = program.add(kernel, inputs, outputs: made.count)
    for (channel, plane) in zip(made, planes) { program.set(channel, plane) }
    return program
  }
}

/// Colour difference keys. Inputs: picture, plate.
struct DifferencePart: KeyOperator {
  var made: [Channel] { [KeyChannel.average, KeyChannel.greatest, KeyChannel.distance] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(ScreenDifferenceKernel(), rgb(0) + rgb(1))
  }
}

/// What is certain, from difference keys without their grain, and the same more widely blurred: a pixel
/// or two that grain has lifted are no strand.
struct CertainPart: KeyOperator {
  var made: [Channel] { [KeyChannel.subject, KeyChannel.screen] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(
      Certain(),
      [
        .input(0, KeyChannel.average), .input(0, KeyChannel.greatest),
        .input(0, KeyChannel.distance), .input(1, KeyChannel.average),
      ])
  }

  private struct Certain: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (average, greatest) = (strip.input(0), strip.input(1))
      let (distance, wide) = (strip.input(2), strip.input(3))
      var subject = strip.output(0)
      var screen = strip.output(1)
      for i in 0..<strip.count {
        subject[i] = greatest[i] > 0.9 ? 1 : 0
        let isLow = average[i] < 0.06 || wide[i] < 0.05
        screen[i] = isLow && distance[i] < 0.15 ? 1 : 0
      }
    }
  }
}

/// Takes subject what a key found solid, beside what was certain before. Inputs: the solid part
/// (1 or 0), what was certain.
struct GrownPart: KeyOperator {
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
struct SolidPart: KeyOperator {
  let limit: Double

  var made: [Channel] { [.alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Above(limit: Float(limit)), [.input(0, .alpha)])
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
