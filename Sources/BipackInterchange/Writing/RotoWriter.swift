import BipackGraph

/// Turns imported shapes into a Roto node: y turned over, tangents too, the lowest shape first. The node draws on
/// nothing, so that its alpha is the matte.
struct RotoWriter {
  private let axes: (x: Axis, y: Axis)
  private let size: PictureSize
  private let shift: Double
  private(set) var notes: [InterchangeNote] = []
  /// Every frame with a key.
  private(set) var frames: [Double] = []

  init(_ axes: (x: Axis, y: Axis), _ size: PictureSize, _ shift: Double) {
    self.axes = axes
    self.size = size
    self.shift = shift
  }

  mutating func node(_ roto: ImportedRoto) -> ImportedNode {
    var node = ImportedNode("Roto", roto.name)
    node.input = nil
    if let output = roto.output { node.set("output", JSONValue(output)) }
    if !roto.layers.isEmpty { node.set("layers", JSONValue(roto.layers.map { layer($0) })) }
    var shapes: [JSONValue] = []
    for shape in roto.shapes.reversed() { shapes.append(self.shape(shape)) }
    node.set("shapes", JSONValue(shapes))
    return node
  }

  private func layer(_ layer: ImportedLayer) -> JSONValue {
    var part = ImportedNode("", layer.name)
    part.set("name", JSONValue(layer.name))
    if let parent = layer.parent { part.set("layer", JSONValue(parent)) }
    layer.transform.set(&part, axes, shift)
    if let matrix = layer.matrix { part.set("matrix", self.matrix(matrix)) }
    part.set("opacity", layer.opacity.shifted(shift), unless: 1)
    if !layer.isVisible { part.set("visible", false) }
    return part.object
  }

  private mutating func shape(_ shape: ImportedShape) -> JSONValue {
    var part = ImportedNode("", shape.name)
    part.set("name", JSONValue(shape.name))
    if let layer = shape.layer { part.set("layer", JSONValue(layer)) }
    if shape.isBSpline { part.set("curve", "bspline") }
    part.set("path", path(shape))
    blend(shape, &part)
    part.set("opacity", shape.opacity.shifted(shift), unless: 1)
    if let color = shape.color, color.contains(where: { !$0.isAlways(1) }) {
      let alpha = color.count == 3 ? [ImportedNumber.constant(1)] : []
      part.set("color", ImportedNumber.json((color + alpha).map { $0.shifted(shift) }))
    }
    if shape.isInverted { part.set("invert", true) }
    if !shape.isVisible { part.set("visible", false) }
    if shape.range.count == 2 {
      part.set("range", JSONValue(shape.range.map { JSONValue(number: $0 + shift) }))
    }
    part.set("feather", shape.feather.shifted(shift), unless: 0)
    let isSoft = shape.points.contains { !$0.featherOffset.isAlways(0, 0) }
    if let falloff = shape.falloff, isSoft || !shape.feather.isAlways(0) {
      part.set("falloff", JSONValue(falloff))
    }
    shape.transform.set(&part, axes, shift)
    return part.object
  }

  private static let blends: Set = [
    "over", "union", "subtract", "intersect", "plus", "minus", "multiply", "screen", "max", "min",
    "difference",
  ]

  private mutating func blend(_ shape: ImportedShape, _ part: inout ImportedNode) {
    guard let blend = shape.blend, blend != "over" else { return }
    if Self.blends.contains(blend) {
      part.set("blend", JSONValue(blend))
    } else {
      notes.append(
        InterchangeNote(
          shape.line, "'\(shape.name)' is put on by '\(blend)', which Roto has not; over is used"))
    }
  }

  // MARK: Paths

  /// Key frames of the whole path where all of its numbers have keys on the same frames, or else of each number.
  private mutating func path(_ shape: ImportedShape) -> JSONValue {
    let points = shape.points.map { placed($0) }
    let keyed = points.flatMap { $0 }.flatMap { [$0.x, $0.y] }.map(\.keys).filter { !$0.isEmpty }
    frames += keyed.flatMap { $0 }.map(\.frame)
    guard let first = keyed.first else {
      return closed(shape, points.map { Self.point($0.map(\.json)) })
    }
    guard keyed.allSatisfy({ $0.map(\.frame) == first.map(\.frame) }),
      zip(first, first.dropFirst()).allSatisfy({ $0.frame < $1.frame })
    else { return closed(shape, points.map { Self.point($0.map(\.json)) }) }
    let keys = first.indices.map { place -> JSONValue in
      let whole = closed(shape, points.map { Self.point($0.map { $0.json(key: place) }) })
      let joint = first[place].interpolation
      let word = joint == .linear ? [] : [JSONValue(joint.rawValue)]
      return JSONValue([JSONValue(number: first[place].frame), whole] + word)
    }
    return JSONValue(members: [("keys", JSONValue(keys))])
  }

  private func closed(_ shape: ImportedShape, _ points: [JSONValue]) -> JSONValue {
    JSONValue(
      members: (shape.isClosed ? [("closed", true)] : []) + [("points", JSONValue(points))])
  }

  /// Position, tangents, and the feather's offset and tangents, in pixels.
  private func placed(_ vertex: ImportedVertex) -> [ImportedPoint] {
    [vertex.position.placed(axes, shift)]
      + [
        vertex.left, vertex.right, vertex.featherOffset, vertex.featherLeft, vertex.featherRight,
      ].map { $0.stepped(axes, shift) }
  }

  private static let names = [
    "position", "left", "right", "featherOffset", "featherLeft", "featherRight",
  ]

  /// A point of a path; a position alone where there is nothing else.
  private static func point(_ parts: [JSONValue]) -> JSONValue {
    let members = zip(names, parts).filter { name, value in
      name == "position" || value.array?.allSatisfy { $0.number == 0 } != true
    }
    return members.count == 1 ? parts[0] : JSONValue(members: Array(members))
  }

  // MARK: Matrices

  /// A matrix of the space as a homography of the plane, y turned over.
  private func matrix(_ numbers: [ImportedNumber]) -> JSONValue {
    let frames = Set(numbers.flatMap(\.keys).map(\.frame)).sorted()
    func rows(_ frame: Double) -> JSONValue {
      let m = numbers.map { $0.value(at: frame) }
      let plane = [m[0], m[1], m[3], m[4], m[5], m[7], m[12], m[13], m[15]]
      let turned = Self.turned(plane, size.height)
      return JSONValue(
        (0..<3).map { row in
          JSONValue(turned[3 * row..<3 * row + 3].map { JSONValue(number: $0) })
        })
    }
    guard !frames.isEmpty else { return rows(0) }
    let keys = frames.map { JSONValue([JSONValue(number: $0 + shift), rows($0)]) }
    return JSONValue(members: [("keys", JSONValue(keys))])
  }

  /// The same map where y counts from the other side of a picture of this height.
  static func turned(_ m: [Double], _ height: Double) -> [Double] {
    func product(_ a: [Double], _ b: [Double]) -> [Double] {
      (0..<9).map { place in
        let (row, column) = (place / 3 * 3, place % 3)
        let first = a[row] * b[column]
        let second = a[row + 1] * b[column + 3]
        return first + second + a[row + 2] * b[column + 6]
      }
    }
    let flip: [Double] = [1, 0, 0, 0, -1, height, 0, 0, 1]
    return product(flip, product(m, flip))
  }
}

extension ImportedNode {
  /// Its parameters alone.
  var object: JSONValue { JSONValue(members: params.map { ($0.name, $0.value) }) }
}

extension ImportedPoint {
  /// As it is at one of its keys.
  fileprivate func json(key place: Int) -> JSONValue {
    func value(_ number: ImportedNumber) -> JSONValue {
      JSONValue(number: number.keys.isEmpty ? number.first : number.keys[place].value)
    }
    return [value(x), value(y)]
  }
}

extension ImportedNumber {
  /// On a straight line between its keys.
  func value(at frame: Double) -> Double {
    guard let first = keys.first, let last = keys.last else { return self.first }
    if frame <= first.frame { return first.value }
    guard let next = keys.firstIndex(where: { $0.frame > frame }), next > 0 else {
      return last.value
    }
    let (a, b) = (keys[next - 1], keys[next])
    if a.joint == .hold || b.frame <= a.frame { return a.value }
    return a.value + (b.value - a.value) * (frame - a.frame) / (b.frame - a.frame)
  }
}
