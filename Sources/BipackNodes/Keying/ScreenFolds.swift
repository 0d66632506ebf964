import BipackGraph
import BipackKernels
import BipackPixels

/// Folds, marks and seams put back into a smooth plate: where a pixel has the screen's chromaticity
/// and lies well clear of the subject, its own brightness, without grain.
///
/// Near the subject the smooth plate stands: a dark or blurred edge has the screen's chromaticity
/// too, only darker, and would be taken for a fold.
///
/// A picture twice as large as HD has folds twice as wide: it is looked at at half the size.
struct ScreenFolds {
  let picture: Expansion.Ref
  let plate: SmoothPlate
  /// Which of the plate's pictures it is.
  let index: Int
  let spec: ImageSpec

  private static let grain = LineFilter.gaussian(sigma: 1, radius: 3)
  private static let joint = LineFilter.gaussian(sigma: 1.5, radius: 5)

  /// How far the subject's surroundings are left alone, in pixels: blurred edges are so wide.
  private func clearance(_ width: Int) -> Int { min(max(16, width / 60), 96) }

  func expand(_ graph: inout Expansion) -> Expansion.Ref {
    let width = spec.format.window.width
    guard width > 2560, let half = plate.half else {
      let folds = folds(&graph, picture, plate.whole, width: width)
      return graph.add(FoldedPlatePart(), [plate.whole, folds])
    }
    var part = DoublePart()
    part.window = spec.dataWindow
    let folds = folds(&graph, half.pictures[index], half.plate, width: width / 2)
    return graph.add(FoldedPlatePart(), [plate.whole, graph.add(part, [folds])])
  }

  /// How bright the screen is around each pixel, beside the plate: a weight, and that times the ratio.
  private func folds(
    _ graph: inout Expansion, _ picture: Expansion.Ref, _ plate: Expansion.Ref, width: Int
  ) -> Expansion.Ref {
    let clearance = clearance(width)
    let calm = picture.filtered(&graph, Self.grain, channels: .rgb)
    let found = graph.add(FoldsPart(), [calm, plate])
    let other = ExtremesPart.expand(
      &graph, found.eroded(&graph, 2, KeyChannel.subject), x: clearance, y: clearance,
      ChannelSet(KeyChannel.subject.name), window: nil)
    let sums = graph.add(
      FoldSumsPart(), [calm, plate, other.eroded(&graph, 1, KeyChannel.screen)])
    return sums.filtered(&graph, Self.joint, edge: .black)
  }
}

/// Which pixels have the screen's chromaticity, and which certainly have not. Inputs: picture without
/// grain, plate.
private struct FoldsPart: KeyOperator {
  var made: [Channel] { [KeyChannel.screen, KeyChannel.subject] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Kernel(), rgb(0) + rgb(1))
  }

  private struct Kernel: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
      let (sr, sg, sb) = (strip.input(3), strip.input(4), strip.input(5))
      var screen = strip.output(0)
      var subject = strip.output(1)
      for i in 0..<strip.count {
        let (own, whole) = (r[i] + g[i] + b[i], sr[i] + sg[i] + sb[i])
        let (scale, plate) = (1 / (own > 1e-4 ? own : 1e-4), 1 / (whole > 1e-4 ? whole : 1e-4))
        let red = r[i] * scale - sr[i] * plate
        let green = g[i] * scale - sg[i] * plate
        let blue = b[i] * scale - sb[i] * plate
        let apart =
          (red < 0 ? -red : red) + (green < 0 ? -green : green) + (blue < 0 ? -blue : blue)
        let isBright = own > 0.4 * whole && own < 4 * whole
        screen[i] = apart < 0.08 && isBright ? 1 : 0
        subject[i] = apart > 0.3 || !isBright ? 1 : 0
      }
    }
  }
}

/// What is averaged: 1 where a pixel tells of a fold, and how bright it is there. Inputs: picture
/// without grain, plate, masks.
private struct FoldSumsPart: KeyOperator {
  var made: [Channel] { KeyChannel.folds }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(
      Kernel(), rgb(0) + rgb(1) + [.input(2, KeyChannel.screen), .input(2, KeyChannel.subject)])
  }

  private struct Kernel: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
      let (sr, sg, sb) = (strip.input(3), strip.input(4), strip.input(5))
      let (screen, subject) = (strip.input(6), strip.input(7))
      var weight = strip.output(0)
      var sum = strip.output(1)
      for i in 0..<strip.count {
        let square = sr[i] * sr[i] + sg[i] * sg[i] + sb[i] * sb[i]
        let along = r[i] * sr[i] + g[i] * sg[i] + b[i] * sb[i]
        let isClear = screen[i] > 0.5 && subject[i] < 0.5
        weight[i] = isClear ? 1 : 0
        sum[i] = isClear ? along / (square > 1e-12 ? square : 1e-12) : 0
      }
    }
  }
}

/// The plate times the brightness found, where there is enough of it. Inputs: plate, averaged sums.
private struct FoldedPlatePart: KeyOperator {
  var made: [Channel] { Channel.rgb }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Kernel(), rgb(0) + KeyChannel.folds.map { .input(1, $0) })
  }

  private struct Kernel: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (weight, sum) = (strip.input(3), strip.input(4))
      for channel in 0..<3 {
        let plate = strip.input(channel)
        var out = strip.output(channel)
        for i in 0..<strip.count {
          let w = weight[i]
          let ratio = sum[i] / (w > 1e-6 ? w : 1e-6)
          let share = w < 0.5 ? 2 * w : 1
          out[i] = plate[i] * (1 + (ratio - 1) * share)
        }
      }
    }
  }
}
