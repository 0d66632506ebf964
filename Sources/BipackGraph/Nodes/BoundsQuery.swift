public import BipackPixels

/// Where in an input something is: the smallest rectangle around all pixels of a channel between two
/// numbers. A pixel that is not a number counts.
///
/// A composite asks while it is planned (`CompositeOperator.bounds`), and the answers decide what it
/// demands: the hair of a subject costs the hair, in a frame of any size.
public struct BoundsQuery: Hashable, Sendable {
  /// Which of the input images.
  public var input: Int
  public var channel: Channel
  /// Pixels up to this do not count, nor do those from `below` on.
  public var above: Double
  public var below: Double

  public init(_ input: Int, _ channel: Channel, above: Double, below: Double = .infinity) {
    self.input = input
    self.channel = channel
    self.above = above
    self.below = below
  }
}

extension NodeContext {
  /// The part of `window` worth working on for the queries at `places`: around all of their answers with
  /// `margin` pixels more, cut at multiples of 64, so that it moves seldom. Nil where an answer is not known,
  /// or the part is so large that the whole is as well done.
  public func workArea(_ places: Range<Int>, margin: Int, in window: Rect) -> Rect? {
    var around = Rect.empty
    for place in places {
      guard bounds.indices.contains(place), let answer = bounds[place] else { return nil }
      around = around.union(answer)
    }
    if around.isEmpty { around = Rect(x: window.x0, y: window.y0, width: 1, height: 1) }
    func down(_ v: Int) -> Int { (v - margin) & ~63 }
    func up(_ v: Int) -> Int { (v + margin + 63) & ~63 }
    let area = Rect(
      x0: down(around.x0), y0: down(around.y0), x1: up(around.x1), y1: up(around.y1)
    ).intersection(window)
    return area.isEmpty || area.area > window.area / 4 ? nil : area
  }
}
