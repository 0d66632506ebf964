import BipackPixels

/// A homography as a part of a map. Points on or behind its horizon come from nowhere.
extension Matrix3: MapPart {
  package func pull(_ positions: Positions, _ pictures: MapPictures) -> Bool {
    guard let m = inverse?.m else {
      for i in 0..<positions.count { positions.hide(i) }
      return true
    }
    for i in 0..<positions.count where positions.seen[i] != 0 {
      let (px, py) = (positions.x[i], positions.y[i])
      let depth = m[6] * px + (m[7] * py + m[8])
      let w = 1 / depth
      let u = (m[0] * px + (m[1] * py + m[2])) * w
      let v = (m[3] * px + (m[4] * py + m[5])) * w
      // On the horizon nothing is finite.
      guard depth > 0, u.magnitude < RealRect.furthest, v.magnitude < RealRect.furthest else {
        positions.hide(i)
        continue
      }
      positions.move(
        i, u, v, (m[0] - u * m[6]) * w, (m[1] - u * m[7]) * w, (m[3] - v * m[6]) * w,
        (m[4] - v * m[7]) * w)
    }
    return true
  }

  package func image(of bounds: RealRect) -> RealRect? { apply(bounds) }

  package var isInvertible: Bool { isFinite && inverse != nil }

  package func joined(with next: any MapPart) -> [any MapPart]? {
    guard let next = next as? Matrix3 else { return nil }
    return [next * self]
  }
}
