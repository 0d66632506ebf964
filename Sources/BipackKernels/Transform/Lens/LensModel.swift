import BipackPixels

/// What a lens node does to a picture.
package enum LensDirection: Hashable, Sendable {
  /// Takes the lens out: straight lines become straight.
  case undistort
  /// Puts it in: a rendered picture gets the look of the plate.
  case distort

  package var opposite: LensDirection { self == .undistort ? .distort : .undistort }
}

/// A model of a lens: a formula that takes points one way, in coordinates of its own, and everything a map
/// needs from it. The other way is Newton's method with the formula's own derivatives, to a hundred-millionth
/// of the model's unit (the last step is shorter than that, so what is left is its square). Where the formula
/// folds back on itself a lens means nothing: such points come from nowhere.
///
/// A new model is one file here, the formula, and one beside the node, its parameters.
package protocol LensModel: MapPart, Equatable {
  /// The model's coordinates in pixels.
  var frame: LensFrame { get }
  var direction: LensDirection { get set }
  /// Which way the formula takes points.
  static var formulaDirection: LensDirection { get }
  func formula(_ x: Double, _ y: Double) -> LensPoint
}

/// A point and its derivatives.
package struct LensPoint: Hashable, Sendable {
  package var x: Double
  package var y: Double
  /// Of x by x, of x by y, of y by x, of y by y.
  package var xx: Double
  package var xy: Double
  package var yx: Double
  package var yy: Double

  @inline(__always)
  var determinant: Double { xx * yy - xy * yx }

  /// Whether it keeps its neighbours in order: nothing is turned over or folded.
  @inline(__always)
  var isSound: Bool {
    determinant > 1e-6 && xx + yy > 0 && x.magnitude < 1e6 && y.magnitude < 1e6
  }
}

/// Where the origin of a lens model lies in pixels, and how many of its units a pixel is. A negative unit in y
/// is a y that grows upwards.
package struct LensFrame: Hashable, Sendable {
  package var origin: (x: Double, y: Double) { (originX, originY) }
  private let originX: Double
  private let originY: Double
  package let unitX: Double
  package let unitY: Double

  package init(origin: (x: Double, y: Double), unit: (x: Double, y: Double)) {
    (originX, originY) = origin
    (unitX, unitY) = unit
  }
}

extension LensModel {
  /// The point the formula takes to (`x`, `y`), with the derivatives of that way; nil where there is none.
  @inline(__always)
  func solved(_ x: Double, _ y: Double) -> LensPoint? {
    var (p, q) = (x, y)
    for _ in 0..<30 {
      let f = formula(p, q)
      guard f.isSound else { return nil }
      let (dx, dy) = (f.x - x, f.y - y)
      let inverse = 1 / f.determinant
      let (dp, dq) = ((f.yy * dx - f.xy * dy) * inverse, (f.xx * dy - f.yx * dx) * inverse)
      p -= dp
      q -= dq
      if dp.magnitude + dq.magnitude < 1e-8 {
        return LensPoint(
          x: p, y: q, xx: f.yy * inverse, xy: -f.xy * inverse, yx: -f.yx * inverse,
          yy: f.xx * inverse)
      }
    }
    return nil
  }

  /// Where the lens takes a point in a direction.
  @inline(__always)
  func follow(_ x: Double, _ y: Double, _ way: LensDirection) -> LensPoint? {
    if way != Self.formulaDirection { return solved(x, y) }
    let point = formula(x, y)
    return point.isSound ? point : nil
  }

  package func pull(_ positions: Positions, _ pictures: MapPictures) -> Bool {
    let (origin, unitX, unitY) = (frame.origin, frame.unitX, frame.unitY)
    let (slant, back) = (unitX / unitY, unitY / unitX)
    let way = direction.opposite
    for i in 0..<positions.count where positions.seen[i] != 0 {
      let (x, y) = ((positions.x[i] - origin.x) * unitX, (positions.y[i] - origin.y) * unitY)
      guard let point = follow(x, y, way) else {
        positions.hide(i)
        continue
      }
      positions.move(
        i, point.x / unitX + origin.x, point.y / unitY + origin.y, point.xx, point.xy * back,
        point.yx * slant, point.yy)
    }
    return true
  }

  /// Where a point of the picture goes.
  package func push(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
    let (origin, unitX, unitY) = (frame.origin, frame.unitX, frame.unitY)
    return follow((x - origin.x) * unitX, (y - origin.y) * unitY, direction).map {
      ($0.x / unitX + origin.x, $0.y / unitY + origin.y)
    }
  }

  /// By points of a grid, closest at the edge.
  package func image(of bounds: RealRect) -> RealRect? {
    let (inner, outer) = (16, 256)
    var result: RealRect?
    func include(_ s: Double, _ t: Double) {
      let x = bounds.x0 + (bounds.x1 - bounds.x0) * s
      let y = bounds.y0 + (bounds.y1 - bounds.y0) * t
      guard let p = push(x, y) else { return }
      var box = result ?? RealRect(x0: p.x, y0: p.y, x1: p.x, y1: p.y)
      (box.x0, box.y0) = (min(box.x0, p.x), min(box.y0, p.y))
      (box.x1, box.y1) = (max(box.x1, p.x), max(box.y1, p.y))
      result = box
    }
    for i in 0...outer {
      let s = Double(i) / Double(outer)
      for t in [0.0, 1] {
        include(s, t)
        include(t, s)
      }
    }
    for i in 1..<inner {
      for j in 1..<inner { include(Double(i) / Double(inner), Double(j) / Double(inner)) }
    }
    return result
  }

  /// There and back again through one lens is nothing.
  package func joined(with next: any MapPart) -> [any MapPart]? {
    var back = self
    back.direction = direction.opposite
    return next.isEqual(to: back) ? [] : nil
  }
}
