import BipackGraph
import BipackKernels
import BipackPixels

/// Sums of many images of one picture, each the one before moved by the same step, by doubling: with S
/// the sum of the first n images, the sum of 2n is S and S moved by n steps. So 2^n images cost n
/// resamples. Each is by the given filter, so that the last images have been through n of them.
struct ImageSum {
  /// How many times the sum is doubled.
  var doublings: Int
  /// From each image to the next.
  var step: Matrix3
  /// How bright the next image is against this one.
  var weight = 1.0
  /// Whether the brightest image is taken instead of the mean. A maximum keeps every overshoot of a filter, and
  /// the next doubling adds to it, so images are then read without.
  var isMaximum = false
  var filter: ResampleFilter
  /// What the data window is cut to.
  var limit: Rect

  /// Adds the parts that sum the images of `first`, and returns the last.
  func add(to graph: inout Expansion, first: Expansion.Ref, format: Format) -> Expansion.Ref {
    var (sum, step, weight) = (first, step, weight)
    for doubling in 0..<doublings {
      let moved = graph.add(
        ConcatenatedWarp(
          WarpPlan(
            MapMoments(step), filter: filter, clamp: isMaximum, blackOutside: true,
            format: format)),
        [sum])
      let isLast = doubling + 1 == doublings
      sum = graph.add(
        ImagePair(weight: weight, isMaximum: isMaximum, limit: isLast ? limit : nil), [sum, moved])
      (step, weight) = (step * step, weight * weight)
    }
    return sum
  }
}

/// The weighted mean or the maximum of two pictures, the first of weight 1.
private struct ImagePair: PointOperator {
  let weight: Double
  let isMaximum: Bool
  let limit: Rect?

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.inputs.joined(or: context.main)
    if let limit { spec.dataWindow = spec.dataWindow.intersection(limit) }
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let kernel = Kernel(weight: Float(weight), isMaximum: isMaximum)
    for channel in try spec(context).channels {
      program.set(channel, program.add(kernel, [.input(0, channel), .input(1, channel)])[0])
    }
    return program
  }

  private struct Kernel: PointKernel {
    let weight: Float
    let isMaximum: Bool

    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      let weight = weight
      if isMaximum {
        for i in 0..<strip.count {
          let (first, second) = (a[i], b[i] * weight)
          out[i] = second > first || first.isNaN ? second : first
        }
      } else {
        let sum = 1 + weight
        for i in 0..<strip.count { out[i] = (a[i] + b[i] * weight) / sum }
      }
    }
  }
}

extension Matrix3 {
  /// Turns and scales about a point.
  static func about(_ center: Vec2, degrees: Double, scale: Vec2) -> Matrix3 {
    .translation(center.x, center.y) * .rotation(degrees: degrees) * .scale(scale.x, scale.y)
      * .translation(-center.x, -center.y)
  }
}
