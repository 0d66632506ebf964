public import BipackGraph
public import BipackKernels
import BipackPixels

/// Many pictures side by side.
public struct ContactSheet: CompositeNode {
  public static let abstract = """
    Shows all its inputs in rows and columns, each scaled to fit its place whole. The places are equal, \
    to a pixel, with `gap` pixels between them; what is between and around the pictures is black and \
    transparent. Of each picture its format is shown. Rows or columns left at 0 are as many as needed, \
    both at 0 make a sheet about as wide as high in pictures.
    """
  public static let category = "Merge"
  public static let isMaskable = false

  /// Where the first row is.
  public enum RowOrder: String, ParamChoice {
    case topBottom = "TopBottom"
    case bottomTop = "BottomTop"
  }

  /// Where the first column is.
  public enum ColumnOrder: String, ParamChoice {
    case leftRight = "LeftRight"
    case rightLeft = "RightLeft"
  }

  @Inputs(1...256, "The pictures, row by row; a place without a picture stays black.")
  public var inputs

  @Param(0...256, "How many rows; 0 is as many as needed.")
  public var rows = 0

  @Param(0...256, "How many columns; 0 is as many as needed.")
  public var columns = 0

  @Param(0...65536, unit: .pixels, "Pixels between the pictures.")
  public var gap = 0.0

  @Param("Whether pictures are centred in their places; else they lie at the top left.")
  public var center = true

  @Param("Whether the first row is at the top or at the bottom.")
  public var rowOrder = RowOrder.topBottom

  @Param("Whether the first column is at the left or at the right.")
  public var columnOrder = ColumnOrder.leftRight

  @Param("The sheet, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  @Param("How pictures are read between their pixels.")
  public var filter = ResampleFilter.cubic

  public init() {}

  /// The places, in the order of the inputs.
  func places(_ count: Int, _ format: Format) throws(NodeError) -> [Rect] {
    func needed(_ by: Int) -> Int { (count + by - 1) / by }
    var (rows, columns) = (rows, columns)
    if columns == 0 {
      columns = rows > 0 ? needed(rows) : Int(Double(count).squareRoot().rounded(.up))
    }
    if rows == 0 { rows = needed(columns) }
    guard count <= rows * columns else {
      throw NodeError(
        "\(count) pictures do not fit into \(rows) rows of \(columns); leave rows or columns at 0")
    }
    let window = format.window
    let wide = (Double(window.width) - gap * Double(columns - 1)) / Double(columns)
    let high = (Double(window.height) - gap * Double(rows - 1)) / Double(rows)
    guard wide >= 1, high >= 1 else {
      throw NodeError(
        "\(rows) rows of \(columns) with \(gap) pixels between them leave no room for pictures in "
          + "\(window.width) x \(window.height)")
    }
    return (0..<count).map { index in
      var (row, column) = (index / columns, index % columns)
      if rowOrder == .bottomTop { row = rows - 1 - row }
      if columnOrder == .rightLeft { column = columns - 1 - column }
      let (x, y) = (Double(column) * (wide + gap), Double(row) * (high + gap))
      return Rect(
        x0: window.x0 + Int(x.rounded()), y0: window.y0 + Int(y.rounded()),
        x1: window.x0 + Int((x + wide).rounded()), y1: window.y0 + Int((y + high).rounded()))
    }
  }

  /// The picture scaled to fit a place, and the pixels it takes there.
  static func fit(_ picture: Format, into place: Rect, of sheet: Format, center: Bool) -> (
    Matrix3, Rect
  ) {
    let (width, height) = (Double(picture.window.width), Double(picture.window.height))
    let shape = picture.pixelAspect / sheet.pixelAspect
    let down = min(Double(place.width) / (width * shape), Double(place.height) / height)
    let across = down * shape
    let size = (x: width * across, y: height * down)
    var corner = (x: Double(place.x0), y: Double(place.y0))
    if center {
      // Pictures begin at whole pixels.
      corner.x += max(0, (Double(place.width) - size.x) / 2 + 1e-9).rounded(.down)
      corner.y += max(0, (Double(place.height) - size.y) / 2 + 1e-9).rounded(.down)
    }
    let matrix =
      Matrix3.translation(corner.x, corner.y) * .scale(across, down)
      * .translation(-Double(picture.window.x0), -Double(picture.window.y0))
    let taken = Rect(
      x0: Int(corner.x), y0: Int(corner.y), x1: Int((corner.x + size.x - 1e-6).rounded(.up)),
      y1: Int((corner.y + size.y - 1e-6).rounded(.up)))
    return (matrix, taken.intersection(place))
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let format = try format.resolve(context)
    let places = try places(inputs.slots.count, format)
    let alphas = context.inputs.joined(or: context.main).channels.filter(\.isAlpha)
    var parts: [Expansion.Ref] = []
    var taken: [Rect] = []
    for (slot, place) in zip(inputs.slots, places) {
      guard slot < context.inputs.count, let picture = context.inputs[slot],
        !picture.format.window.isEmpty
      else { continue }
      let (matrix, rect) = Self.fit(picture.format, into: place, of: format, center: center)
      let plan = WarpPlan(
        MapMoments(matrix), filter: filter, blackOutside: false, format: format, crop: rect)
      let whole = graph.implying(alphas, .input(slot), of: picture)
      parts.append(graph.add(ConcatenatedWarp(plan), [whole]))
      taken.append(rect)
    }
    return graph.add(SheetPart(format: format, places: taken), parts)
  }
}

/// Puts pictures that lie apart onto one sheet.
private struct SheetPart: TileOperator {
  let format: Format
  let places: [Rect]

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.inputs.joined(or: context.main)
    spec.format = format
    spec.dataWindow = spec.channels.isEmpty ? .empty : format.window
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    zip(places, context.inputs).map { place, input in
      guard let input else { return .none }
      return output.with(rect: output.rect.intersection(place).intersection(input.dataWindow))
    }
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel(places: places) }

  private struct Kernel: TileKernel {
    let places: [Rect]

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for (i, channel) in task.channels.enumerated() {
        let target = task.target(i)
        target.fill(0)
        for (index, place) in places.enumerated() {
          let part = place.intersection(task.rect)
          if part.isEmpty { continue }
          task.input(index)?.gather(channel, edge: .black, into: target.part(part))
        }
      }
    }
  }
}
