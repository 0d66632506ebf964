import BipackPixels

/// Where the pixels of a picture go, and where those of the result come from.
///
/// A map is a list of parts, first to last: matrices, lenses, pictures of positions (ST maps). One after the
/// other they make one map, so that a chain of transforms of any kinds reads its source once: each output
/// pixel is followed back through all parts (`pull`), last to first, and what it finds at the end is
/// one place in the source and how far the places of its neighbours are from it, the Jacobian. `Warp`
/// reads the source there; the Jacobian shapes its kernel (`Footprint`).
///
/// Positions are followed many at a time (`Positions`), one call a part: what kind of map a part is
/// is asked once for thousands of pixels.
///
/// Before there are pixels a map says what will be needed: `image` where a picture goes, `sources` where
/// a rectangle comes from. A part that only pixels could answer for comes from everywhere.
///
/// A new kind of map is one file: a `MapPart`.
package struct Map: Sendable {
  /// First to last. Neighbours that make one part have become one.
  package private(set) var parts: [any MapPart] = []

  package static let identity = Map()

  private init() {}

  package init(_ part: any MapPart) { parts = [part] }

  /// First this map, then `next`.
  package func then(_ next: Map) -> Map {
    var result = self
    for part in next.parts {
      if let joined = result.parts.last?.joined(with: part) {
        result.parts.removeLast()
        result.parts += joined
      } else {
        result.parts.append(part)
      }
    }
    return result
  }

  /// The map as a matrix, if it is one.
  package var matrix: Matrix3? {
    parts.isEmpty ? .identity : parts.count == 1 ? parts[0] as? Matrix3 : nil
  }

  /// Whether every part has a way back.
  package var isInvertible: Bool { parts.allSatisfy(\.isInvertible) }

  package func isEqual(to other: Map) -> Bool {
    parts.count == other.parts.count && zip(parts, other.parts).allSatisfy { $0.isEqual(to: $1) }
  }

  /// Follows positions back to the source; false where pictures would have to be read in too large a piece:
  /// the caller then tries with fewer positions.
  package func pull(_ positions: Positions, _ pictures: MapPictures) -> Bool {
    for part in parts.reversed() {
      if !part.pull(positions, pictures) { return false }
      positions.leaveCentres()
    }
    return true
  }

  /// A box around where `bounds` goes; nil when nothing of it is seen.
  package func image(of bounds: RealRect) -> RealRect? {
    var box = bounds
    for part in parts {
      guard let next = part.image(of: box) else { return nil }
      box = next
    }
    return box
  }

  /// A box around where `bounds` comes from, and how far the kernel reaches around each place there, in
  /// supports of the filter; nil where there is no telling.
  package func sources(of bounds: RealRect) -> (box: RealRect, reach: Footprint.Reach)? {
    Self.sources(of: bounds, through: parts[...])
  }

  /// The pictures of positions it reads to fill `bounds`, and where; nil is anywhere.
  package func pictures(for bounds: RealRect) -> [(picture: MapPicture, box: RealRect?)] {
    parts.indices.compactMap { index in
      parts[index].picture.map { picture in
        (picture, Self.sources(of: bounds, through: parts[(index + 1)...])?.box)
      }
    }
  }

  /// Follows a grid of points. Between them the map may bulge by what they lie off straight lines.
  private static func sources(of bounds: RealRect, through parts: ArraySlice<any MapPart>)
    -> (box: RealRect, reach: Footprint.Reach)?
  {
    if parts.contains(where: { $0.picture != nil }) { return nil }
    let side = 17
    let grid = Positions(grid: bounds, side: side)
    for part in parts.reversed() { _ = part.pull(grid, .none) }
    guard let box = grid.box, grid.isWhole else { return nil }
    var bulge = 0.0
    for values in [grid.x, grid.y] {
      for line in 0..<side {
        for i in 1..<side - 1 {
          let (row, column) = (values + line * side + i, values + i * side + line)
          bulge = max(
            bulge, abs(row[-1] - 2 * row[0] + row[1]),
            abs(column[-side] - 2 * column[0] + column[side]))
        }
      }
    }
    let slack = 2 * bulge + 2
    guard slack < 0.5 * max(box.x1 - box.x0, box.y1 - box.y0) + 8 else { return nil }
    var reach = grid.reach
    // Between the points the Jacobian differs as well.
    reach.x = min(1.25 * reach.x, Footprint.furthest)
    reach.y = min(1.25 * reach.y, Footprint.furthest)
    return (box.expanded(x: slack, y: slack), reach)
  }
}

/// One map of a chain.
package protocol MapPart: Sendable {
  /// Takes positions after the part back to where they come from, with their derivatives by the chain rule,
  /// and hides those that come from nowhere. A position depends on itself alone, not on its neighbours.
  /// False, and the positions are spoilt, where too much of a picture would be read at once.
  func pull(_ positions: Positions, _ pictures: MapPictures) -> Bool

  /// A box around where `bounds` goes; nil when nothing of it is seen.
  func image(of bounds: RealRect) -> RealRect?

  var isInvertible: Bool { get }

  /// The picture the part is made of, if it is.
  var picture: MapPicture? { get }

  /// What this part and then `next` come to where that is simpler: nothing or one part. Nil by default.
  func joined(with next: any MapPart) -> [any MapPart]?

  func isEqual(to other: any MapPart) -> Bool

  /// The same in a chain whose pictures are other inputs, `first` places further on.
  func shifted(by first: Int) -> Self
}

extension MapPart {
  package var isInvertible: Bool { true }
  package var picture: MapPicture? { nil }
  package func joined(with next: any MapPart) -> [any MapPart]? { nil }
  package func shifted(by first: Int) -> Self { self }
}

extension MapPart where Self: Equatable {
  package func isEqual(to other: any MapPart) -> Bool { other as? Self == self }
}

extension Map {
  /// The same with its pictures `places` inputs further on.
  package func shifted(by places: Int) -> Map {
    var result = Map()
    result.parts = parts.map { $0.shifted(by: places) }
    return result
  }
}

/// A picture that holds positions: which input, and which of its channels.
package struct MapPicture: Hashable, Sendable {
  package var slot: Int
  package var channels: [Channel]
}

/// The pixels a map may read while positions are followed.
package struct MapPictures: Sendable {
  /// By the inputs of the operator.
  let images: [Image?]
  /// What is beyond a picture's edge: nothing, or its edge.
  let edge: EdgeMode
  let pool: BlockPool?

  package init(images: [Image?], edge: EdgeMode, pool: BlockPool) {
    (self.images, self.edge, self.pool) = (images, edge, pool)
  }

  private init() { (images, edge, pool) = ([], .black, nil) }

  /// None: for maps without pictures.
  package static let none = MapPictures()
}
