/// A half-open rectangle of pixels: `x0 <= x < x1`, `y0 <= y < y1`, y down.
///
/// Every region in Bipack (data windows, demands, tiles) is a `Rect`. An empty rectangle has no
/// pixels wherever it lies; `Rect.empty` is the canonical one.
@frozen
public struct Rect: Hashable, Sendable {
  public var x0: Int
  public var y0: Int
  public var x1: Int
  public var y1: Int

  @inlinable
  public init(x0: Int, y0: Int, x1: Int, y1: Int) {
    self.x0 = x0
    self.y0 = y0
    self.x1 = x1
    self.y1 = y1
  }

  @inlinable
  public init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
    self.init(x0: x, y0: y, x1: x + width, y1: y + height)
  }

  public static let empty = Rect(x0: 0, y0: 0, x1: 0, y1: 0)

  @inlinable public var isEmpty: Bool { x1 <= x0 || y1 <= y0 }
  @inlinable public var width: Int { max(0, x1 - x0) }
  @inlinable public var height: Int { max(0, y1 - y0) }
  /// Pixels inside; 0 when empty.
  @inlinable public var area: Int { width * height }

  @inlinable
  public func contains(x: Int, y: Int) -> Bool { x >= x0 && x < x1 && y >= y0 && y < y1 }

  /// Whether every pixel of `other` is inside; an empty rectangle is inside every other.
  @inlinable
  public func contains(_ other: Rect) -> Bool {
    other.isEmpty || (other.x0 >= x0 && other.x1 <= x1 && other.y0 >= y0 && other.y1 <= y1)
  }

  /// The pixels in both; canonical `.empty` when there are none.
  @inlinable
  public func intersection(_ other: Rect) -> Rect {
    let r = Rect(
      x0: max(x0, other.x0), y0: max(y0, other.y0), x1: min(x1, other.x1), y1: min(y1, other.y1))
    return r.isEmpty ? .empty : r
  }

  /// The smallest rectangle holding both; an empty side is ignored.
  @inlinable
  public func union(_ other: Rect) -> Rect {
    if isEmpty { return other.isEmpty ? .empty : other }
    if other.isEmpty { return self }
    return Rect(
      x0: min(x0, other.x0), y0: min(y0, other.y0), x1: max(x1, other.x1), y1: max(y1, other.y1))
  }

  /// Grown on every side (negative shrinks); an empty rectangle stays empty.
  @inlinable
  public func expanded(x: Int, y: Int) -> Rect {
    if isEmpty { return .empty }
    let r = Rect(x0: x0 - x, y0: y0 - y, x1: x1 + x, y1: y1 + y)
    return r.isEmpty ? .empty : r
  }

  @inlinable
  public func expanded(_ pixels: Int) -> Rect { expanded(x: pixels, y: pixels) }

  /// The pixels, in a picture `factor` times as large, that its own lie on: rounded outward.
  package func scaled(by factor: Double) -> Rect {
    if isEmpty { return .empty }
    func low(_ v: Int) -> Int { Int((Double(v) * factor).rounded(.down)) }
    func high(_ v: Int) -> Int { Int((Double(v) * factor).rounded(.up)) }
    return Rect(x0: low(x0), y0: low(y0), x1: high(x1), y1: high(y1))
  }

  @inlinable
  public func translated(x: Int, y: Int) -> Rect {
    isEmpty ? .empty : Rect(x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y)
  }
}

extension Rect: CustomStringConvertible {
  /// `1920x1080+0+0`, as X11 and ImageMagick write a geometry.
  public var description: String {
    "\(width)x\(height)\(x0 < 0 ? "" : "+")\(x0)\(y0 < 0 ? "" : "+")\(y0)"
  }
}
