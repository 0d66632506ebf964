import BipackPixels
import Testing

@testable import BipackKernels

@Suite struct PictureMapTests {
  private static let pool = BlockPool()
  private static let window = Rect(x0: 0, y0: 0, x1: 60, y1: 40)

  /// A bent map with tears, holes, and numbers that are none.
  private static func image() -> Image {
    var (us, vs, alphas): ([Float], [Float], [Float]) = ([], [], [])
    for y in 0..<window.height {
      for x in 0..<window.width {
        let (s, t) = (Float(x) / 60, Float(y) / 40)
        us.append(x == 31 ? s + 3 : s + 0.1 * t * t)
        vs.append(y > 20 ? 1 - t : 0.9 - t * s)
        alphas.append((x &* 7 + y &* 5) % 11 == 0 ? 0 : 1)
      }
    }
    us[17] = .nan
    vs[60 * 12 + 9] = .infinity
    us[60 * 39 + 59] = 2e6
    vs[60 * 30] = -.infinity
    return Image(
      spec: ImageSpec(format: Format(width: 60, height: 40)), pool: pool,
      pixels: [.red: us, .green: vs, .alpha: alphas])
  }

  /// Pixel centres are read row by row, other places one by one; both are the same to the bit.
  @Test(arguments: [true, false]) func rowsAndPoints(hasAlpha: Bool) throws {
    let map = PictureMap(
      slot: 0, u: .red, v: .green, alpha: hasAlpha ? .alpha : nil, window: Self.window,
      frame: Rect(x0: 3, y0: -2, x1: 203, y1: 98), isDown: hasAlpha)
    let pictures = MapPictures(images: [Self.image()], edge: .black, pool: Self.pool)
    for rect in [
      Self.window, Rect(x0: 5, y0: 7, x1: 33, y1: 29), Rect(x0: 59, y0: 39, x1: 60, y1: 40),
    ] {
      let rows = Positions(rect, pool: Self.pool)
      let points = Positions(count: rect.area, pool: Self.pool)
      points.x.update(from: rows.x, count: rect.area)
      points.y.update(from: rows.y, count: rect.area)
      #expect(map.pull(rows, pictures) && map.pull(points, pictures))
      for i in 0..<rect.area {
        #expect(rows.seen[i] == points.seen[i])
        for (a, b) in zip(rows.numbers(i), points.numbers(i)) { #expect(a == b) }
      }
      #expect(rows.box?.x0 == points.box?.x0)
    }
  }

  /// The box is around those that are seen, whatever their number; others may be anywhere.
  @Test(arguments: [1, 7, 8, 29]) func boxAndHold(count: Int) throws {
    let points = Positions(count: count, pool: Self.pool)
    for i in 0..<count { (points.x[i], points.y[i]) = (Double(i * i % 13), Double(7 - i)) }
    for i in 0..<count where i % 3 == 2 {
      points.seen[i] = 0
      (points.x[i], points.y[i]) = (.nan, 1e9)
    }
    let seen = (0..<count).filter { $0 % 3 != 2 }
    let box = try #require(points.box)
    #expect(box.x0 == seen.map { points.x[$0] }.min() && box.x1 == seen.map { points.x[$0] }.max())
    #expect(box.y0 == seen.map { points.y[$0] }.min() && box.y1 == seen.map { points.y[$0] }.max())
    points.hold(to: Rect(x0: 2, y0: 1, x1: 9, y1: 6))
    let held = try #require(points.box)
    #expect(held.x0 >= 2.5 && held.x1 <= 8.5 && held.y0 >= 1.5 && held.y1 <= 5.5)
    for i in 0..<count { points.hide(i) }
    #expect(points.box == nil)
  }
}

extension Positions {
  fileprivate func numbers(_ i: Int) -> [Double] { [x[i], y[i], xx[i], xy[i], yx[i], yy[i]] }
}
