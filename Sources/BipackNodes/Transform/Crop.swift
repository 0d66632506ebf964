public import BipackGraph
import BipackKernels
public import BipackPixels

/// Cuts a picture to a box.
public struct Crop: TileNode {
  public static let abstract = """
    Cuts a picture to a box: `[left, top, right, bottom]` in pixels from the top left, right and \
    bottom excluded. The box becomes the data window, black where it is larger than the picture; \
    with `intersect` it is first cut to the picture. Outside it is black, or, with `crop` off, the \
    edge pixels of what the box holds of the picture repeat over the format. The edge may be soft inwards, and the box may become the format.
    """
  public static let category = "Transform"

  @Input("The picture to crop.")
  public var source

  @Param(unit: .pixels, "The box; right and bottom excluded. All 0 means the format.")
  public var box = Box(0, 0, 0, 0)

  @Param(0...65536, unit: .pixels, "Width of the soft edge inside the box.")
  public var softness = 0.0

  @Param("Whether the box becomes the format, its top left corner (0, 0).")
  public var reformat = false

  @Param(
    """
    Whether the box is first cut to the picture's own data window; else the data window grows to \
    the box.
    """)
  public var intersect = false

  @Param("Whether it is black outside the box; else the box's edge pixels repeat.")
  public var crop = true

  public init() {}

  /// The box in whole pixels.
  private func window(_ context: NodeContext) throws(NodeError) -> Rect {
    let spec = context.main
    var rect = spec.format.window
    if box != Box(0, 0, 0, 0) {
      guard box.x0 <= box.x1, box.y0 <= box.y1 else {
        throw NodeError(
          "the box is turned inside out: it is [left, top, right, bottom], right not left of left "
            + "and bottom not above top")
      }
      let limit = 1e9
      func whole(_ v: Double) -> Int { Int(min(max(v, -limit), limit).rounded()) }
      rect = Rect(x0: whole(box.x0), y0: whole(box.y0), x1: whole(box.x1), y1: whole(box.y1))
    }
    if intersect { rect = rect.intersection(spec.dataWindow) }
    if reformat {
      guard !rect.isEmpty else {
        throw NodeError(
          "the box is empty and cannot become the format: right must lie right of left, bottom below top"
        )
      }
      guard rect.width <= largestSide, rect.height <= largestSide else {
        throw NodeError("the box is larger than \(largestSide) pixels on a side")
      }
    }
    return rect.isEmpty ? .empty : rect
  }

  private var shift: Bool { reformat }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    let rect = try window(context)
    let inside = rect.intersection(spec.dataWindow)
    let window = crop ? rect : inside
    guard window.width <= largestSide, window.height <= largestSide else {
      throw NodeError(
        "the box is larger than \(largestSide) pixels on a side; `intersect` cuts it to the picture"
      )
    }
    spec.dataWindow = window
    if reformat {
      spec.format = Format(
        width: rect.width, height: rect.height, pixelAspect: spec.format.pixelAspect)
      spec.dataWindow = window.translated(x: -rect.x0, y: -rect.y0)
    }
    if !crop, !inside.isEmpty {
      let frame = reformat ? spec.format.window : spec.format.window.union(rect)
      spec.dataWindow = frame
    }
    return spec
  }

  private func isPlain(_ context: NodeContext) -> Bool { softness == 0 && crop && !reformat }

  public func identity(_ context: NodeContext) -> Int? {
    guard isPlain(context), let rect = try? window(context) else { return nil }
    return rect == context.main.dataWindow ? 0 : nil
  }

  /// A box inside the picture shares its pixels.
  public func computed(_ context: NodeContext) -> [Channel] {
    let isInside = (try? window(context)).map(context.main.dataWindow.contains) ?? false
    return isPlain(context) && isInside ? [] : context.main.channels
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    guard let rect = try? window(context) else { return [.none] }
    let origin = reformat ? rect : Rect(x: 0, y: 0, width: 1, height: 1)
    let moved = output.rect.translated(x: origin.x0, y: origin.y0)
    let inside = rect.intersection(context.main.dataWindow)
    return [output.with(rect: reached(moved, 0, 0, inside, crop ? .black : .clamp))]
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let rect = try window(context)
    return Kernel(
      rect: rect, inside: rect.intersection(context.main.dataWindow),
      dx: reformat ? rect.x0 : 0, dy: reformat ? rect.y0 : 0, softness: softness, crop: crop)
  }

  private struct Kernel: TileKernel {
    let rect: Rect
    let inside: Rect
    let dx: Int
    let dy: Int
    let softness: Double
    let crop: Bool

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let part = task.rect.translated(x: dx, y: dy)
      let across = (part.x0..<part.x1).map { ramp($0, rect.x0, rect.x1) }
      for i in task.channels.indices {
        let target = task.target(i)
        // The nearest pixels of the box, whatever the picture holds outside it.
        let known = reached(part, 0, 0, inside, crop ? .black : .clamp)
        guard !known.isEmpty else {
          target.fill(0)
          continue
        }
        let source = task.window(0, task.channels[i], known)
        for y in part.y0..<part.y1 {
          let row = target.base + (y - part.y0) * target.stride
          let from = source.row(min(max(y, known.y0), known.y1 - 1))
          let down = ramp(y, rect.y0, rect.y1)
          for x in part.x0..<part.x1 {
            let value = from[min(max(x, known.x0), known.x1 - 1) - known.x0]
            let isInside = !crop || inside.contains(x: x, y: y)
            let soft = across[x - part.x0] * down
            row[x - part.x0] = isInside ? (soft == 1 ? value : value * soft) : 0
          }
        }
      }
    }

    /// 0 at the edge of the box, 1 from `softness` inwards, a smooth step between.
    private func ramp(_ p: Int, _ low: Int, _ high: Int) -> Float {
      if softness <= 0 { return 1 }
      let depth = min(Double(p - low) + 0.5, Double(high - p) - 0.5)
      let t = min(max(depth / softness, 0), 1)
      return Float(t * t * (3 - 2 * t))
    }
  }
}
