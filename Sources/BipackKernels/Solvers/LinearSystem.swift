/// Linear equations.
struct LinearSystem {
  let matrix: [Double]
  let right: [Double]

  /// Gauss' elimination with pivots; nil when there is too little to go by.
  func solved() -> [Double]? {
    var (a, b) = (matrix, right)
    let count = b.count
    let least = 1e-9 * (0..<count).reduce(0) { Swift.max($0, a[$1 * count + $1]) }
    for column in 0..<count {
      let rest = column..<count
      guard let pivot = rest.max(by: { abs(a[$0 * count + column]) < abs(a[$1 * count + column]) }),
        abs(a[pivot * count + column]) > least
      else { return nil }
      if pivot != column {
        for j in 0..<count { a.swapAt(pivot * count + j, column * count + j) }
        b.swapAt(pivot, column)
      }
      for row in 0..<count where row != column {
        let factor = a[row * count + column] / a[column * count + column]
        if factor == 0 { continue }
        for j in column..<count { a[row * count + j] -= factor * a[column * count + j] }
        b[row] -= factor * b[column]
      }
    }
    return (0..<count).map { b[$0] / a[$0 * count + $0] }
  }
}
