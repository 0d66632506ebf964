/// Silhouette's shapes (.fxs): `Shape` elements with a property `path` of key frames, each a `Path` of points
/// `(x,y)` or `(x,y),(x,y),(x,y)`: the point, and the ends of its tangents before and behind. Heights of the
/// picture from its middle, y down; frames count from 0.
enum SilhouetteShapes: InterchangeReader {
  static let name = "silhouette"
  static let title = "Silhouette shapes"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(3).contains { $0.trimmed.text.hasPrefix("<Silhouette") }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    let root = try MarkupReader.root(text)
    var result = Imported(.heights, firstFrame: 0)
    if root.attributes["width"] != nil {
      result.size = PictureSize.said(try root.number("width"), try root.number("height"))
    }
    var roto = ImportedRoto("Roto", line: root.line)
    try read(root, in: nil, &roto, &result)
    if !roto.shapes.isEmpty { result.rotos.append(roto) }
    return result
  }

  private static func read(
    _ element: MarkupElement, in layer: String?, _ roto: inout ImportedRoto,
    _ result: inout Imported
  ) throws(InterchangeError) {
    for child in element.children {
      switch child.name {
      case "Shape":
        guard let shape = try shape(child, in: layer, &result) else { continue }
        roto.shapes.append(shape)
      case "Layer":
        let name = child.attributes["label"] ?? "layer"
        let line = child.line
        let properties = child["Properties"]?.children.compactMap { $0.attributes["id"] } ?? []
        if properties.contains(where: { $0.hasPrefix("transform") }) {
          result.note(line, "the transform of layer '\(name)' is not read; bake it into its shapes")
        }
        roto.layers.append(
          ImportedLayer(name: name, parent: layer, transform: ImportedTransform(name, line: line)))
        try read(child, in: name, &roto, &result)
      default: try read(child, in: layer, &roto, &result)
      }
    }
  }

  private static func shape(_ element: MarkupElement, in layer: String?, _ result: inout Imported)
    throws(InterchangeError) -> ImportedShape?
  {
    let name = element.attributes["label"] ?? "shape"
    var shape = ImportedShape(name, line: element.line)
    shape.layer = layer
    shape.isBSpline = element.attributes["shape_type"]?.lowercased() == "bspline"
    shape.isVisible = element.attributes["hidden"]?.lowercased() != "true"
    for property in element["Properties"]?.children ?? [] {
      switch property.attributes["id"] {
      case "path":
        shape.points = try points(property, &shape)
      case "opacity":
        shape.opacity = try number(property).mapped(slope: 0.01) { $0 / 100 }
      case "invert": shape.isInverted = property["Value"]?.word().text.lowercased() == "true"
      case "mode":
        let word = property["Value"]?.word().text ?? "Add"
        let modes = [
          "Add": "over", "Subtract": "subtract", "Difference": "difference", "Max": "max",
          "Inside": "intersect",
        ]
        shape.blend = modes[word] ?? word
      case "motionBlur", "outlineColor": break
      default:
        result.note(property.line, "'\(name)': '\(property.attributes["id"] ?? "")' is not read")
      }
    }
    if shape.points.isEmpty { result.note(element.line, "'\(name)' has no points and is left out") }
    return shape.points.isEmpty ? nil : shape
  }

  private static func number(_ property: MarkupElement) throws(InterchangeError) -> ImportedNumber {
    if let value = property["Value"] { return .constant(try value.word().number("the value")) }
    var keys: [ImportedKey] = []
    for key in property.all("Key") {
      let joint: ImportedKey.Joint = key.attributes["interp"] == "hold" ? .hold : .linear
      keys.append(
        ImportedKey(try key.word("frame").frame(), try key.word().number("the value"), joint))
    }
    return keys.isEmpty ? .constant(1) : .keys(keys)
  }

  /// The points of the path, each number with a key for each key of the path.
  private static func points(_ property: MarkupElement, _ shape: inout ImportedShape)
    throws(InterchangeError) -> [ImportedVertex]
  {
    var keys: [(frame: Double, joint: ImportedKey.Joint, places: [[Double]])] = []
    for key in property.children where key.name == "Key" || key.name == "Value" {
      guard let path = key["Path"] else { continue }
      shape.isClosed = path.attributes["closed"]?.lowercased() != "false"
      if path.attributes["type"]?.lowercased() == "bspline" { shape.isBSpline = true }
      var places: [[Double]] = []
      for point in path.all("Point") { places.append(try numbers(point)) }
      let frame = key.attributes["frame"] == nil ? 0 : try key.word("frame").frame()
      keys.append((frame, key.attributes["interp"] == "hold" ? .hold : .linear, places))
    }
    guard let first = keys.first else { return [] }
    if let odd = keys.firstIndex(where: { $0.places.count != first.places.count }) {
      throw InterchangeError(
        line: property.line,
        "'\(shape.name)' has \(keys[odd].places.count) points at frame \(keys[odd].frame) and \(first.places.count) before",
        expected: "as many points in every key")
    }
    func number(_ point: Int, _ place: Int, from other: Int? = nil) -> ImportedNumber {
      let values = keys.map { key in
        let numbers = key.places[point]
        return place < numbers.count ? numbers[place] - (other.map { numbers[$0] } ?? 0) : 0
      }
      if keys.count == 1 { return .constant(values[0]) }
      return .keys(zip(keys, values).map { ImportedKey($0.frame, $1, $0.joint) })
    }
    return first.places.indices.map { point in
      var vertex = ImportedVertex(ImportedPoint(number(point, 0), number(point, 1)))
      if first.places[point].count == 6, !shape.isBSpline {
        vertex.left = ImportedPoint(number(point, 2, from: 0), number(point, 3, from: 1))
        vertex.right = ImportedPoint(number(point, 4, from: 0), number(point, 5, from: 1))
      }
      return vertex
    }
  }

  /// `(0.1,-0.2),(0.1,-0.3),(0.1,-0.1)`.
  private static func numbers(_ point: MarkupElement) throws(InterchangeError) -> [Double] {
    let parts = point.text.split { "(),".contains($0) || $0.isWhitespace }
    var numbers: [Double] = []
    for part in parts {
      numbers.append(
        try TextWord(text: String(part), line: point.line, column: 1).number("a point"))
    }
    guard numbers.count >= 2 else {
      throw InterchangeError(
        line: point.line, "found '\(point.text.trimmed.prefix(40))'",
        expected: "(x,y) or three of them")
    }
    return numbers
  }
}
