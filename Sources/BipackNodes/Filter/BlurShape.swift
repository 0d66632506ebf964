public import BipackGraph
import BipackKernels
import BipackPixels

/// The filters of the Blur family.
public enum BlurFilter: String, ParamChoice {
  case box, triangle, quadratic, gaussian
}

/// What lies outside the picture's data window for a filter.
public enum BlurEdge: String, ParamChoice {
  case black, nearest, mirror

  var mode: EdgeMode {
    switch self {
    case .black: .black
    case .nearest: .clamp
    case .mirror: .mirror
    }
  }
}

/// A blur, described: what it is made of and how far it reaches. Shared by Blur, Sharpen, Soften,
/// Laplacian, EdgeDetect and ErodeBlur.
///
/// `size` is a diameter in pixels of square shape: a box is exactly so wide, a triangle and a
/// quadratic are two and three boxes run one after another, a Gaussian has sigma = size / 2.4 (as
/// Natron defines it, after Nuke). Sizes that do nothing (a sigma under 0.1, a box up to 1) leave the
/// axis alone.
struct BlurShape {
  var filter: BlurFilter
  var width: Double
  var height: Double
  var edge: EdgeMode

  init(_ filter: BlurFilter, _ size: Vec2, _ edge: EdgeMode, pixelAspect: Double) {
    self.filter = filter
    self.edge = edge
    width = size.x / (pixelAspect > 0 ? pixelAspect : 1)
    height = size.y
  }

  private static func sigma(_ size: Double) -> Double { size / 2.4 >= 0.1 ? size / 2.4 : 0 }

  private var passes: Int { filter == .box ? 1 : filter == .triangle ? 2 : 3 }

  private func line(_ size: Double) -> LineFilter { .mean(width: size, passes: passes) }

  var isIdentity: Bool {
    filter == .gaussian
      ? Self.sigma(width) == 0 && Self.sigma(height) == 0 : width <= 1 && height <= 1
  }

  /// How far the data window grows on each side.
  var reach: (x: Int, y: Int) {
    if filter == .gaussian {
      return (
        GaussianPyramid.reach(sigma: Self.sigma(width)),
        GaussianPyramid.reach(sigma: Self.sigma(height))
      )
    }
    func grow(_ size: Double) -> Int { size > 1 ? passes * Int(((size - 1) / 2).rounded(.up)) : 0 }
    return (grow(width), grow(height))
  }

  /// Builds the blur of `source`, whose picture is `spec`, over `window`.
  func expand(
    _ graph: inout Expansion, _ source: Expansion.Ref, _ spec: ImageSpec, _ channels: ChannelSet,
    window: Rect
  ) -> Expansion.Ref {
    let chosen = FilteredChannels(set: channels)
    guard filter == .gaussian else {
      let (x, y) = (line(width), line(height))
      return separable(&graph, source, x, y, chosen, spec, window)
    }
    let pyramid = GaussianPyramid(sigmaX: Self.sigma(width), sigmaY: Self.sigma(height))
    if pyramid.depth == 0 || spec.dataWindow.isEmpty {
      return separable(&graph, source, pyramid.top.x, pyramid.top.y, chosen, spec, window)
    }
    // The pixels each level must have, from the bottom up, and those the blur at the top reads.
    var needed = [window]
    for level in 0..<pyramid.depth {
      let (x, y) = pyramid.halves(at: level)
      needed.append(GaussianPyramid.coarse(for: needed[level], x: x, y: y))
    }
    var made = needed
    made[pyramid.depth] = needed[pyramid.depth]
      .expanded(x: pyramid.top.x.reach, y: pyramid.top.y.reach)
    for level in (1..<pyramid.depth).reversed() {
      let (x, y) = pyramid.halves(at: level)
      made[level] = GaussianPyramid.fine(for: made[level + 1], x: x, y: y)
    }
    // Black around it, a level has pixels only where its source has.
    if edge == .black {
      var support = spec.dataWindow
      for level in 0..<pyramid.depth {
        let (x, y) = pyramid.halves(at: level)
        support = GaussianPyramid.support(of: support, x: x, y: y)
        made[level + 1] = made[level + 1].intersection(support)
      }
    }
    var current = source
    for level in 0..<pyramid.depth {
      var part = HalvePart()
      (part.x, part.y) = pyramid.halves(at: level)
      part.edge = level == 0 ? edge : .black
      part.channels = channels
      part.window = made[level + 1]
      current = graph.add(part, [current])
    }
    current = graph.add(
      SeparablePart(
        x: pyramid.top.x, y: pyramid.top.y, edge: .black, channels: FilteredChannels(set: .all),
        window: needed[pyramid.depth]), [current])
    for level in (0..<pyramid.depth).reversed() {
      var part = DoublePart()
      (part.x, part.y) = pyramid.halves(at: level)
      part.channels = level == 0 ? channels : .all
      part.window = needed[level]
      current = graph.add(part, level == 0 ? [source, current] : [current])
    }
    return current
  }

  private func separable(
    _ graph: inout Expansion, _ source: Expansion.Ref, _ x: LineFilter, _ y: LineFilter,
    _ channels: FilteredChannels, _ spec: ImageSpec, _ window: Rect
  ) -> Expansion.Ref {
    let isLong = max(x.reach, y.reach) > SeparablePart.tileReach
    guard isLong, x != .none, y != .none else {
      return graph.add(
        SeparablePart(x: x, y: y, edge: edge, channels: channels, window: window), [source])
    }
    // Rows first, as high as the columns will need. Black rows outside stay black; otherwise the
    // lines beyond the edge repeat, which the second pass does by itself from the source's own lines.
    var lines = window
    (lines.y0, lines.y1) = (spec.dataWindow.y0, spec.dataWindow.y1)
    if lines.isEmpty { lines = window }
    let rows = graph.add(
      SeparablePart(x: x, y: .none, edge: edge, channels: channels, window: lines), [source])
    return graph.add(
      SeparablePart(x: .none, y: y, edge: edge, channels: channels, window: window), [rows])
  }

  /// The data window of a blurred picture: grown by the reach, and not over a border of the format
  /// that the source kept to when `cropToFormat` is on.
  func dataWindow(_ spec: ImageSpec, cropToFormat: Bool) -> Rect {
    let (x, y) = reach
    return cropped(spec.dataWindow.expanded(x: x, y: y), spec, cropToFormat)
  }
}

/// `grown` without what sticks out of the format on sides where the source did not.
func cropped(_ grown: Rect, _ spec: ImageSpec, _ cropToFormat: Bool) -> Rect {
  guard cropToFormat, !grown.isEmpty else { return grown }
  let (format, source) = (spec.format.window, spec.dataWindow)
  var rect = grown
  if source.x0 >= format.x0 { rect.x0 = max(rect.x0, format.x0) }
  if source.y0 >= format.y0 { rect.y0 = max(rect.y0, format.y0) }
  if source.x1 <= format.x1 { rect.x1 = min(rect.x1, format.x1) }
  if source.y1 <= format.y1 { rect.y1 = min(rect.y1, format.y1) }
  return rect.isEmpty ? .empty : rect
}

/// The largest size a filter takes, in pixels.
let largestFilterSize = 65536.0
