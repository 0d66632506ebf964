public import BipackGraph
import BipackKernels
import BipackPixels

/// Mixes red, green and blue by a matrix.
public struct ColorMatrix: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Makes each of red, green and blue a mixture of all three: the rows of the matrix are what makes \
    red, green and blue.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels that receive the result.")
  public var channels = ChannelSet.rgb

  @Param(
    """
    Nine numbers, row by row; or twelve, each row with an offset as its fourth.
    """)
  public var matrix: NumberList = [1, 0, 0, 0, 1, 0, 0, 0, 1]

  @Param("Uses the inverse of the matrix.")
  public var invert = false

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  /// Three rows of four.
  private func rows() throws(NodeError) -> [Double] {
    var m = matrix.values
    if m.count == 9 { for end in [9, 6, 3] { m.insert(0, at: end) } }
    guard m.count == 12 else {
      throw NodeError(.invalid, "matrix: expected 9 or 12 numbers, found \(matrix.values.count)")
    }
    return invert ? try Self.inverse(m) : m
  }

  private static func inverse(_ m: [Double]) throws(NodeError) -> [Double] {
    func at(_ row: Int, _ column: Int) -> Double { m[4 * (row % 3) + column % 3] }
    func cofactor(_ row: Int, _ column: Int) -> Double {
      at(row + 1, column + 1) * at(row + 2, column + 2)
        - at(row + 1, column + 2) * at(row + 2, column + 1)
    }
    let determinant = (0..<3).reduce(0) { $0 + at(0, $1) * cofactor(0, $1) }
    guard determinant != 0, determinant.isFinite else {
      throw NodeError(.invalid, "matrix: it has no inverse, its determinant is \(determinant)")
    }
    return (0..<3).flatMap { row in
      let factors = (0..<3).map { cofactor($0, row) / determinant }
      let offset = (0..<3).reduce(0) { $0 - factors[$1] * m[4 * $1 + 3] }
      return factors + [offset]
    }
  }

  private static let unit: [Double] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]

  public func identity(_ context: NodeContext) -> Int? {
    (try? rows()) == Self.unit ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let kernel = ColorMatrixKernel(rows: try rows())
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}
