import BipackGraph

/// A node of Bipack with the parameters that are not as they would be anyway.
struct ImportedNode {
  var type: String
  var name: String
  /// The input that takes the plate, if any does.
  var input: String? = "source"
  var params: [(name: String, value: JSONValue)] = []

  init(_ type: String, _ name: String) {
    self.type = type
    self.name = name
  }

  mutating func set(_ name: String, _ value: JSONValue) { params.append((name, value)) }

  mutating func set(_ name: String, _ value: ImportedNumber, unless usual: Double) {
    if !value.isAlways(usual) { set(name, value.json) }
  }

  mutating func set(_ name: String, _ value: ImportedPoint, unless usual: Double) {
    if !value.isAlways(usual, usual) { set(name, value.json) }
  }

  /// As a document calls it: letters, digits and `_`.
  var nodeName: String { Self.nodeName(name) }

  static func nodeName(_ name: String) -> String {
    let plain = String(
      name.unicodeScalars.map { scalar -> Character in
        let isWord =
          scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        return isWord ? Character(scalar) : "_"
      })
    return plain.first?.isNumber ?? true ? "_" + plain : plain
  }

  var json: JSONValue {
    let plate = input.map { [($0, JSONValue("plate"))] } ?? []
    let members = params.map { ($0.name, $0.value) }
    return JSONValue(members: [("type", JSONValue(type))] + plate + members)
  }
}

extension ImportedPin {
  /// A CornerPin: its points go round from the top left.
  func node(in size: PictureSize, _ axes: (x: Axis, y: Axis), _ shift: Double) -> ImportedNode {
    var node = ImportedNode("CornerPin", name)
    let (w, h) = (size.width, size.height)
    let corners = [(0, 0), (w, 0), (w, h), (0, h)].map { ImportedPoint.constant($0, $1) }
    let hasFrom = from.contains { $0 != nil }
    for (place, corner) in corners.enumerated() {
      let own = corners.count - 1 - place
      node.set("to\(place + 1)", (to[own]?.placed(axes, shift) ?? corner).json)
      if hasFrom { node.set("from\(place + 1)", (from[own]?.placed(axes, shift) ?? corner).json) }
      if !isEnabled[own] { node.set("enable\(place + 1)", false) }
    }
    if isInverted { node.set("invert", true) }
    return node
  }
}

extension ImportedTransform {
  var numbers: [ImportedNumber] {
    [translate.x, translate.y, rotate, scale.x, scale.y, skewX, skewY]
      + (center.map { [$0.x, $0.y] } ?? [])
  }

  /// A Transform.
  func node(_ axes: (x: Axis, y: Axis), _ shift: Double) -> ImportedNode {
    var node = ImportedNode("Transform", name)
    set(&node, axes, shift)
    if isInverted { node.set("invert", true) }
    return node
  }

  /// The parameters that transforms, layers and shapes have.
  func set(_ node: inout ImportedNode, _ axes: (x: Axis, y: Axis), _ shift: Double) {
    node.set("translate", translate.stepped(axes, shift), unless: 0)
    node.set("rotate", rotate.shifted(shift), unless: 0)
    node.set("scale", ImportedPoint(scale.x.shifted(shift), scale.y.shifted(shift)), unless: 1)
    node.set("skewX", skewX.shifted(shift), unless: 0)
    node.set("skewY", skewY.shifted(shift), unless: 0)
    if let skewOrder, skewOrder != "XY" { node.set("skewOrder", JSONValue(skewOrder)) }
    if let center { node.set("center", center.placed(axes, shift).json) }
  }
}
