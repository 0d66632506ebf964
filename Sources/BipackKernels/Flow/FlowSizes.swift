import BipackPixels

/// The sizes at which flow is looked for, the finest first, each half as large as the one before.
///
/// Places are those of the document, halved: what a pixel of a size covers does not depend on where its picture
/// begins.
package struct FlowSizes: Sendable, Hashable {
  /// What the picture covers at each size.
  package let windows: [Rect]

  /// The shorter side of the smallest is at most this many pixels.
  private static let smallest = 24
  /// A size whose shorter side is at most this is worked on as a whole, whatever the region.
  static let whole = 68
  /// How like each other two pictures are is told at the smallest size whose shorter side is more.
  private static let telling = 32

  /// `window`: the finest.
  package init(_ window: Rect) {
    var windows = [window]
    while let last = windows.last, min(last.width, last.height) > Self.smallest {
      windows.append(Self.halved(last, 1))
    }
    self.windows = windows
  }

  var telling: Int {
    windows.lastIndex { min($0.width, $0.height) > Self.telling } ?? 0
  }

  /// The pixels that hold anything of `rect` when it is halved some times.
  package static func halved(_ rect: Rect, _ times: Int) -> Rect {
    if rect.isEmpty { return .empty }
    return Rect(
      x0: rect.x0 >> times, y0: rect.y0 >> times, x1: ((rect.x1 - 1) >> times) + 1,
      y1: ((rect.y1 - 1) >> times) + 1)
  }
}
