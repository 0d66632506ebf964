import BipackGraph
import BipackKernels

extension Grain {
  /// How its pixels go together, and how much of each channel's strength is left: in a proxy a pixel is the mean of some.
  func correlation(enlarged factor: Double = 1, proxy: Double) throws(NodeError) -> (
    correlation: GrainCorrelation, share: [Double]
  ) {
    var known = GrainCorrelation(size: size, alike: alike)
    if !correlation.values.isEmpty {
      guard let given = GrainCorrelation(correlation.values) else {
        throw NodeError(
          "grain.correlation has \(correlation.values.count) numbers; expected 6 (r + 1) (2 r + 1) for a reach r of 0 to "
            + "\(GrainCorrelation.furthest): 6, 36, 90, 168 ...")
      }
      known = given
    }
    return known.enlarged(factor).averaged(Int(min(max(proxy, 1), 64).rounded()))
  }
}
