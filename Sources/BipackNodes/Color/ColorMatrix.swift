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
    Nine numbers, row by row; or twelve, each row with an offset as its fourth. Also as a list of rows: \
    `[[1, 0, 0], [0, 1, 0], [0, 0, 1]]`.
    """)
  public var matrix: NumberList = [1, 0, 0, 0, 1, 0, 0, 0, 1]

  @Param("Uses the inverse of the matrix.")
  public var invert = false

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private func prepared() throws(NodeError) -> ColorMatrix3 {
    let m = matrix.values
    guard m.count == 9 || m.count == 12 else {
      throw NodeError(.invalid, "matrix: expected 9 or 12 numbers, found \(m.count)")
    }
    let prepared = m.count == 9 ? ColorMatrix3(m) : ColorMatrix3(rows: m)
    guard invert else { return prepared }
    guard let inverse = prepared.inverse else {
      throw NodeError(
        .invalid, "matrix: it has no inverse, its determinant is \(prepared.determinant)")
    }
    return inverse
  }

  public func identity(_ context: NodeContext) -> Int? {
    (try? prepared()) == .identity ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let kernel = ColorMatrixKernel(try prepared())
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}
