/// Chebyshev's iteration in three terms (Golub & Varga, *Chebyshev semi-iterative methods*, 1961): each step
/// goes beyond the residual by what the last step did, by factors that suit all eigenvalues between two
/// bounds. With the number of steps fixed the result is the same on every machine and any number of threads.
struct Chebyshev: Sendable {
  /// The bounds of the eigenvalues.
  let lowest: Double
  let highest: Double

  /// What the residual is multiplied by.
  var scale: Double { 1 / ((highest + lowest) / 2) }

  /// The factor of each step.
  func factors(steps: Int) -> [Double] {
    let ratio = (highest - lowest) / (highest + lowest)
    var omega = 1.0
    return (0..<steps).map { step in
      if step == 1 { omega = 2 / (2 - ratio * ratio) }
      if step > 1 { omega = 4 / (4 - ratio * ratio * omega) }
      return omega
    }
  }
}
