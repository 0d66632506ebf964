import BipackPixels

/// A picture to look for grain in: three planes of light, row by row, and what tells grain from picture beside them.
package struct GrainPicture: Sendable {
  package enum Beside: Sendable {
    case nothing
    /// The same without grain.
    case clean([[Float]])
    /// Another frame: its grain is different, and its picture may be the same.
    case frame([[Float]])
  }

  let width: Int
  let height: Int
  let planes: [[Float]]
  let beside: Beside

  package init(width: Int, height: Int, planes: [[Float]], beside: Beside) {
    (self.width, self.height) = (width, height)
    (self.planes, self.beside) = (planes, beside)
  }
}

/// A square of a picture, seen without its mean and its slope: what is left is grain, or texture.
package struct GrainBlock: Sendable {
  /// Pixels along a side.
  static let side = 16
  static let area = side * side

  let x: Int
  let y: Int
  let isDifference: Bool
  /// Of red, green and blue.
  let light: SIMD3<Double>
  let variance: SIMD3<Double>
  /// The variance of means of four by four: texture has more of it than grain.
  let coarse: SIMD3<Double>
}

/// All squares of a picture that may show grain: whole numbers, not cut off at black or white.
struct GrainBlocks: Sendable {
  private let picture: GrainPicture
  private let darkest: [Float]
  private let brightest: [Float]

  init(_ picture: GrainPicture) {
    self.picture = picture
    darkest = picture.planes.map { $0.reduce(Float.infinity) { $1 < $0 ? $1 : $0 } }
    brightest = picture.planes.map { $0.reduce(-Float.infinity) { $1 > $0 ? $1 : $0 } }
  }

  /// Squares overlap by a half where a picture is small.
  private var step: Int {
    picture.width * picture.height > 1_200_000 ? GrainBlock.side : GrainBlock.side / 2
  }

  func all(_ loops: Loops) -> [GrainBlock] {
    let side = GrainBlock.side
    if picture.width < side || picture.height < side { return [] }
    let rows = (picture.height - side) / step + 1
    return loops.map(rows, otherwise: []) { row in
      stride(from: 0, through: picture.width - side, by: step).compactMap { block($0, row * step) }
    }.flatMap { $0 }
  }

  private func block(_ x: Int, _ y: Int) -> GrainBlock? {
    var rest = [Float](repeating: 0, count: GrainBlock.area)
    var (light, variance, coarse) = (SIMD3<Double>(), SIMD3<Double>(), SIMD3<Double>())
    var isDifference = false
    if case .frame = picture.beside { isDifference = true }
    for channel in 0..<3 {
      if isCut(channel, x, y) { return nil }
      light[channel] = fill(&rest, channel, x, y)
      variance[channel] =
        rest.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(GrainBlock.area)
      coarse[channel] = Self.coarse(rest)
      guard light[channel].isFinite, variance[channel] < 1e12, variance[channel] > 1e-16 else {
        return nil
      }
    }
    return GrainBlock(
      x: x, y: y, isDifference: isDifference, light: light, variance: variance, coarse: coarse)
  }

  /// Whether more than a few pixels are the darkest or the brightest there are.
  private func isCut(_ channel: Int, _ x: Int, _ y: Int) -> Bool {
    let (dark, bright) = (darkest[channel], brightest[channel])
    var count = 0
    for row in y..<y + GrainBlock.side {
      let start = row * picture.width + x
      for value in picture.planes[channel][start..<start + GrainBlock.side]
      where value <= dark || value >= bright { count += 1 }
    }
    return count > GrainBlock.area / 50
  }

  /// A channel of a square without its mean and its slope; the result is how light it is.
  @discardableResult
  func fill(_ rest: inout [Float], _ channel: Int, _ x: Int, _ y: Int) -> Double {
    let (side, width) = (GrainBlock.side, picture.width)
    let here = picture.planes[channel]
    var light = 0.0
    switch picture.beside {
    case .nothing:
      for row in 0..<side {
        for column in 0..<side {
          let value = here[(y + row) * width + x + column]
          rest[row * side + column] = value
          light += Double(value)
        }
      }
    case .clean(let clean):
      for row in 0..<side {
        for column in 0..<side {
          let place = (y + row) * width + x + column
          rest[row * side + column] = here[place] - clean[channel][place]
          light += Double(clean[channel][place])
        }
      }
    case .frame(let other):
      let half = Float(0.5).squareRoot()
      for row in 0..<side {
        for column in 0..<side {
          let place = (y + row) * width + x + column
          rest[row * side + column] = (here[place] - other[channel][place]) * half
          light += Double(here[place] + other[channel][place]) / 2
        }
      }
    }
    Self.flatten(&rest)
    return light / Double(GrainBlock.area)
  }

  private static func flatten(_ rest: inout [Float]) {
    let side = GrainBlock.side
    var (sum, across, down) = (0.0, 0.0, 0.0)
    for row in 0..<side {
      for column in 0..<side {
        let value = Double(rest[row * side + column])
        sum += value
        across += value * GrainPlane.slope(column)
        down += value * GrainPlane.slope(row)
      }
    }
    let mean = sum / Double(GrainBlock.area)
    let squares = GrainPlane.squares
    for row in 0..<side {
      let middle = mean + down / squares * GrainPlane.slope(row)
      for column in 0..<side {
        rest[row * side + column] -= Float(middle + across / squares * GrainPlane.slope(column))
      }
    }
  }

  private static func coarse(_ rest: [Float]) -> Double {
    let side = GrainBlock.side
    var total = 0.0
    for y in stride(from: 0, to: side, by: 4) {
      for x in stride(from: 0, to: side, by: 4) {
        var sum = 0.0
        for row in y..<y + 4 {
          for column in x..<x + 4 { sum += Double(rest[row * side + column]) }
        }
        total += sum * sum / 256
      }
    }
    return total / 16
  }
}

/// The plane that is taken out of a square, and what that takes out of grain.
enum GrainPlane {
  static func slope(_ place: Int) -> Double { Double(place) - Double(GrainBlock.side - 1) / 2 }

  /// Sum of the slope's squares over a square.
  static let squares =
    Double(GrainBlock.side) * (0..<GrainBlock.side).reduce(0) { $0 + slope($1) * slope($1) }

  /// The three parts of a plane at each pixel, each of length 1 over a square.
  private static let parts: [[Double]] = {
    let side = GrainBlock.side
    let places = 0..<GrainBlock.area
    return [
      places.map { _ in 1 / Double(side) },
      places.map { slope($0 % side) / squares.squareRoot() },
      places.map { slope($0 / side) / squares.squareRoot() },
    ]
  }()

  /// What products of pixels would be measured of grain with this covariance: `value` at distances 0 to `reach` down and
  /// -`reach` to `reach` to the right, as they come. With S the covariance and Q the plane it is that of (1 - QQ') S (1 - QQ').
  static func measured(reach: Int, _ value: (_ dx: Int, _ dy: Int) -> Double) -> [Double] {
    let side = GrainBlock.side
    let width = 2 * reach + 1
    var table = [Double](repeating: 0, count: width * width)
    for dy in -reach...reach {
      for dx in -reach...reach { table[(dy + reach) * width + dx + reach] = value(dx, dy) }
    }
    func at(_ p: Int, _ q: Int) -> Double {
      let (dx, dy) = (q % side - p % side, q / side - p / side)
      if abs(dx) > reach || abs(dy) > reach { return 0 }
      return table[(dy + reach) * width + dx + reach]
    }
    let seen = parts.map { part in
      (0..<GrainBlock.area).map { p in
        var sum = 0.0
        for y in max(0, p / side - reach)...min(side - 1, p / side + reach) {
          for x in max(0, p % side - reach)...min(side - 1, p % side + reach) {
            sum += at(p, y * side + x) * part[y * side + x]
          }
        }
        return sum
      }
    }
    let within = parts.map { a in seen.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    func left(_ p: Int, _ q: Int) -> Double {
      var result = at(p, q)
      for k in 0..<3 {
        result -= seen[k][p] * parts[k][q] + parts[k][p] * seen[k][q]
        for l in 0..<3 { result += parts[k][p] * within[k][l] * parts[l][q] }
      }
      return result
    }
    var result: [Double] = []
    for dy in 0...reach {
      for dx in -reach...reach {
        var (sum, count) = (0.0, 0.0)
        for y in 0..<side - dy {
          for x in max(0, -dx)..<min(side, side - dx) {
            sum += left(y * side + x, (y + dy) * side + x + dx)
            count += 1
          }
        }
        result.append(sum / count)
      }
    }
    return result
  }
}
