/// The shapes of a Natron Roto: layers in layers, each with items; a shape is control points with their own curves
/// for x, y and both tangents, all of them places in the picture, and as many points of its feather.
struct NatronRoto {
  private(set) var roto: ImportedRoto

  init(_ context: MarkupElement, _ name: String, _ result: inout Imported) throws(InterchangeError)
  {
    roto = ImportedRoto(name, line: context.line)
    for layer in context.all("BaseLayer") { try read(layer, &result) }
  }

  private mutating func read(_ layer: MarkupElement, _ result: inout Imported)
    throws(InterchangeError)
  {
    for item in layer.children where item.name == "Item" || item.name == "Bezier" {
      if item["NumPoints"] != nil {
        try add(item, &result)
      } else if item["NumChildren"] != nil {
        try read(item, &result)
      } else if item["RotoDrawableItemSerialization"] != nil {
        result.note(item.line, "\(roto.name): a stroke is not read")
      }
    }
  }

  private mutating func add(_ item: MarkupElement, _ result: inout Imported)
    throws(InterchangeError)
  {
    guard let drawn = item["RotoDrawableItemSerialization"] else {
      throw item.missing("RotoDrawableItemSerialization")
    }
    let own = drawn["RotoItemSerialization"]
    let name = own?["Label"]?.word().text ?? own?["Name"]?.word().text ?? "shape"
    var shape = ImportedShape(name, line: item.line)
    shape.isClosed = item["Closed"]?.word().text != "0"
    shape.isVisible = own?["Activated"]?.word().text != "0"
    let knobs = try NatronKnobs(drawn)
    shape.transform = knobs.transform(name, item.line)
    shape.opacity = knobs.number("opacity") ?? shape.opacity
    shape.feather = knobs.number("feather") ?? shape.feather
    shape.isInverted = knobs.isOn("inverted") ?? false
    shape.color = knobs.numbers("color")
    shape.blend = knobs.label("operator")
    shape.falloff = "linear"
    if let falloff = knobs.number("featherFallOff"), !falloff.isAlways(1) {
      result.note(item.line, "'\(name)': the falloff of its feather is not read; it is linear here")
    }
    shape.range = Self.range(knobs)
    let edges = item.all("FP")
    for (place, point) in item.all("CP").enumerated() {
      var vertex = try Self.vertex(point)
      if edges.indices.contains(place) {
        let edge = try Self.vertex(edges[place])
        if edge != vertex {
          let (offset, left, right) = (
            edge.position.minus(vertex.position), edge.left.minus(vertex.left),
            edge.right.minus(vertex.right)
          )
          if let offset, let left, let right {
            (vertex.featherOffset, vertex.featherLeft, vertex.featherRight) = (offset, left, right)
          } else {
            result.note(
              edges[place].line,
              "\(name): the feather of point \(place + 1) has keys on frames of its own and is left out"
            )
          }
        }
      }
      shape.points.append(vertex)
    }
    roto.shapes.append(shape)
  }

  /// First and last frame, from the kind of its life and the frame that goes with it.
  private static func range(_ knobs: NatronKnobs) -> [Double] {
    let frame = knobs.number("lifeTimeFrame")?.first ?? 0
    let kind = knobs.label("lifeTime")?.lowercased() ?? ""
    if kind.contains("single") { return [frame, frame] }
    if kind.contains("start") { return [-Frames.most, frame] }
    return kind.contains("end") ? [frame, Frames.most] : []
  }

  private static func vertex(_ point: MarkupElement) throws(InterchangeError) -> ImportedVertex {
    func number(_ name: String) throws(InterchangeError) -> ImportedNumber {
      if let set = point["\(name)_animation"]?["KeyFrameSet"], let keys = try NatronKnobs.keys(set)
      {
        return .keys(keys)
      }
      guard let value = point[name] else { throw point.missing(name) }
      return .constant(try value.word().number(name))
    }
    let position = ImportedPoint(try number("X"), try number("Y"))
    var vertex = ImportedVertex(position)
    let left = ImportedPoint(try number("Left_X"), try number("Left_Y"))
    let right = ImportedPoint(try number("Right_X"), try number("Right_Y"))
    guard let before = left.minus(position), let after = right.minus(position) else {
      throw InterchangeError(
        line: point.line, "the tangents of a point have keys on other frames than the point",
        expected: "keys of all on the same frames",
        advice: "set a key for the whole shape in Natron")
    }
    (vertex.left, vertex.right) = (before, after)
    return vertex
  }
}

extension ImportedPoint {
  /// Nil where the two have keys on different frames.
  func minus(_ other: ImportedPoint) -> ImportedPoint? {
    guard let x = x.minus(other.x), let y = y.minus(other.y) else { return nil }
    return ImportedPoint(x, y)
  }
}

extension ImportedNumber {
  fileprivate func minus(_ other: ImportedNumber) -> ImportedNumber? {
    switch (self, other) {
    case (_, .constant(let value)): return mapped { $0 - value }
    case (.constant(let value), .keys): return other.mapped(slope: -1) { value - $0 }
    case (.keys(let keys), .keys(let others)):
      guard keys.map(\.frame) == others.map(\.frame) else { return nil }
      return .keys(
        zip(keys, others).map { key, other in
          var key = key
          key.value -= other.value
          return key
        })
    }
  }
}
