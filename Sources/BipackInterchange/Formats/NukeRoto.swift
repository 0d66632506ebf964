/// The `curves` of a Nuke Roto or RotoPaint node: layers in layers, shapes in them. Two spellings are read:
/// that of Nuke 7 and later, nested lists with numbers in hexadecimal, and that of Nuke 6 (`Version: 1.2`), which
/// mocha writes too.
///
/// In both a shape is two cubic curves, its outline and its feather: each point of them three places, the
/// tangent before, the point, the tangent behind. Tangents are relative to their point, the feather's points to
/// those of the outline; a feather of zeros, or `idem`, is none.
struct NukeRoto {
  fileprivate(set) var roto: ImportedRoto
  fileprivate(set) var notes: [InterchangeNote] = []
  static let deepest = 64

  /// Nil where there are no shapes to be found.
  init?(_ node: NukeNode) throws(InterchangeError) {
    guard let curves = node["curves"] else { return nil }
    roto = ImportedRoto(node.name, line: node.line)
    if let tree = try Self.block(in: curves, after: "Node:", depth: 8) {
      var reader = NukeRotoTree(self)
      try reader.layer(tree, in: nil, depth: 0)
      self = reader.result
    } else if let layer = try Self.list(in: curves, named: "layer", depth: 8) {
      var reader = NukeRotoLists(self)
      try reader.layer(layer, in: nil, depth: 0)
      self = reader.result
    } else {
      notes.append(
        InterchangeNote(
          curves.line, "\(node.name): the spelling of these curves is not known; they are left out")
      )
    }
  }

  /// The block behind a word, however deep.
  private static func block(in word: BraceWord, after name: String, depth: Int)
    throws(InterchangeError) -> BraceWord?
  {
    guard word.kind == .block, depth > 0 else { return nil }
    let words = try word.words()
    for (place, word) in words.enumerated() {
      if word.text == name, place + 1 < words.count, words[place + 1].kind == .block {
        return words[place + 1]
      }
    }
    for word in words {
      if let found = try block(in: word, after: name, depth: depth - 1) { return found }
    }
    return nil
  }

  /// The list that begins with a word, however deep.
  private static func list(in word: BraceWord, named name: String, depth: Int)
    throws(InterchangeError) -> [BraceWord]?
  {
    guard word.kind == .block, depth > 0 else { return nil }
    let words = try word.words()
    if words.first?.text == name { return words }
    for word in words {
      if let found = try list(in: word, named: name, depth: depth - 1) { return found }
    }
    return nil
  }

  mutating func note(_ line: Int, _ message: String) {
    notes.append(InterchangeNote(line, "\(roto.name): \(message)"))
  }

  /// Outline and feather together: three places for each point.
  mutating func set(
    _ shape: inout ImportedShape, _ outline: [ImportedPoint], _ feather: [ImportedPoint]
  ) {
    for place in stride(from: 0, to: outline.count - 2, by: 3) {
      var vertex = ImportedVertex(outline[place + 1])
      (vertex.left, vertex.right) = (outline[place], outline[place + 2])
      if place + 2 < feather.count,
        feather[place..<place + 3].contains(where: { !$0.isAlways(0, 0) })
      {
        vertex.featherOffset = feather[place + 1]
        shape.falloff = "linear"
        if let left = feather[place].minus(outline[place]),
          let right = feather[place + 2].minus(outline[place + 2])
        {
          (vertex.featherLeft, vertex.featherRight) = (left, right)
        } else {
          note(
            shape.line,
            "'\(shape.name)': the feather's tangents have keys on frames of their own; those of the edge are used"
          )
        }
      }
      shape.points.append(vertex)
    }
    if outline.count % 3 != 0 {
      note(
        shape.line, "'\(shape.name)' has \(outline.count) places, which is not three for each point"
      )
    }
  }

  /// What both spellings call by the same short names.
  mutating func set(_ shape: inout ImportedShape, _ attributes: [String: ImportedNumber]) {
    func first(_ name: String, or usual: Double) -> Double { attributes[name]?.first ?? usual }
    shape.isVisible = first("vis", or: 1) != 0
    shape.opacity = attributes["opc"] ?? shape.opacity
    shape.isInverted = first("inv", or: 0) != 0
    let color = ["r", "g", "b", "a"].map { attributes[$0] ?? .constant(1) }
    if color.contains(where: { !$0.isAlways(1) }) { shape.color = color }
    let mode = first("bm", or: 0)
    let blends: [Double: String] = [0: "over", 4: "max", 5: "min", 12: "minus", 13: "difference"]
    shape.blend = blends[mode]
    if shape.blend == nil {
      note(
        shape.line,
        "'\(shape.name)' has Nuke's blending mode \(Int(exactly: mode) ?? 0), which is not known; over is used"
      )
    }
    let (from, to) = (first("ltn", or: 1), first("ltm", or: 1))
    switch first("ltt", or: 0) {
    case 1: shape.range = [-Frames.most, to]
    case 2: shape.range = [from, from]
    case 3: shape.range = [from, Frames.most]
    case 4: shape.range = [from, to]
    default: break
    }
    for (name, usual) in [("fx", 0.0), ("fy", 0), ("ft", 0)] where first(name, or: usual) != usual {
      note(
        shape.line,
        "'\(shape.name)': the feather of the whole shape ('\(name)') is not read; use 'feather'")
    }
    if first("ff", or: 1) != 1 {
      note(shape.line, "'\(shape.name)': the falloff of its feather is not read")
    }
  }

  mutating func set(_ layer: inout ImportedLayer, _ attributes: [String: ImportedNumber]) {
    layer.isVisible = (attributes["vis"]?.first ?? 1) != 0
    layer.opacity = attributes["opc"] ?? layer.opacity
  }

  /// Puts a layer at the end, and gives its name for what is in it; the outermost is one only if it does
  /// anything.
  mutating func add(_ layer: ImportedLayer) -> String? {
    let does =
      layer.matrix != nil || layer.transform.does || !layer.isVisible || !layer.opacity.isAlways(1)
    guard layer.parent != nil || does || layer.name != "Root" else { return nil }
    roto.layers.append(layer)
    return layer.name
  }

  /// The flag of an open curve.
  static func isOpen(_ flags: Double) -> Bool {
    guard let flags = Int(exactly: flags) else { return false }
    return flags & 32 != 0
  }
}

extension ImportedTransform {
  /// Translation, rotation, scale, skew and centre in Nuke's order.
  mutating func set(_ numbers: [ImportedNumber]) {
    guard numbers.count > 7 else { return }
    translate = ImportedPoint(numbers[0], numbers[1])
    rotate = numbers[2]
    scale = ImportedPoint(numbers[3], numbers[4])
    skewX = numbers[5]
    center = ImportedPoint(numbers[6], numbers[7])
  }

  /// Whether it changes anything.
  var does: Bool {
    !translate.isAlways(0, 0) || !rotate.isAlways(0) || !scale.isAlways(1, 1) || !skewX.isAlways(0)
      || !skewY.isAlways(0)
  }
}

/// The spelling of Nuke 6: `Node: { NodeName: "Bezier1" { ... } NumOfChildren: 0 }`.
private struct NukeRotoTree {
  var result: NukeRoto

  init(_ result: NukeRoto) { self.result = result }

  mutating func layer(_ node: BraceWord, in parent: String?, depth: Int) throws(InterchangeError) {
    guard depth < NukeRoto.deepest else {
      throw node.error("layers are nested \(depth) deep", expected: "at most \(NukeRoto.deepest)")
    }
    let words = try node.words()
    guard words.count > 2, words[0].text == "NodeName:", words[2].kind == .block else {
      throw node.error("found a node without a name", expected: "NodeName: \"...\" {")
    }
    let (name, inside) = (words[1].text, try words[2].words())
    if let group = field("CurveGroup:", inside, 2) {
      try shape(group, name, in: parent)
      return
    }
    var layer = ImportedLayer(
      name: name, parent: parent, transform: ImportedTransform(name, line: node.line))
    try transform(&layer, inside)
    result.set(&layer, try attributes(inside))
    let own = result.add(layer)
    for (place, word) in words.enumerated() where word.text == "Node:" && place + 1 < words.count {
      try self.layer(words[place + 1], in: own, depth: depth + 1)
    }
  }

  /// The word so many places behind a name.
  private func field(_ name: String, _ words: [BraceWord], _ places: Int = 1) -> BraceWord? {
    guard let place = words.firstIndex(where: { $0.text == name }), place + places < words.count
    else { return nil }
    return words[place + places]
  }

  private mutating func shape(_ group: BraceWord, _ name: String, in layer: String?)
    throws(InterchangeError)
  {
    let words = try group.words()
    var shape = ImportedShape(name, line: group.line)
    shape.layer = layer
    if let numbers = try transform(words) { shape.transform.set(numbers) }
    result.set(&shape, try attributes(words))
    var curves: [[ImportedPoint]] = []
    for (place, word) in words.enumerated() where word.text == "CubicCurve:" {
      guard place + 2 < words.count else { break }
      let inside = try words[place + 2].words()
      if curves.isEmpty {
        shape.isBSpline = field("Type:", inside)?.text == "1"
        shape.isClosed = !NukeRoto.isOpen(field("Flag:", inside)?.number ?? 0)
      }
      curves.append(try points(inside, words[place + 2]))
    }
    guard let outline = curves.first, !outline.isEmpty else {
      result.note(group.line, "'\(name)' has no points and is left out")
      return
    }
    result.set(&shape, outline, curves.count > 1 ? curves[1] : [])
    result.roto.shapes.append(shape)
  }

  private func points(_ words: [BraceWord], _ block: BraceWord) throws(InterchangeError)
    -> [ImportedPoint]
  {
    guard let place = words.firstIndex(where: { $0.text == "NumOfPoints:" }) else { return [] }
    var numbers = NukeNumbers(words[min(place + 2, words.count)...], block)
    var points: [ImportedPoint] = []
    while try numbers.skip(untilCurve: 3) {
      points.append(ImportedPoint(try numbers.curve(), try numbers.curve()))
    }
    return points
  }

  private mutating func transform(_ layer: inout ImportedLayer, _ words: [BraceWord])
    throws(InterchangeError)
  {
    guard let numbers = try transform(words) else { return }
    layer.transform.set(numbers)
    // Behind the eight numbers stands a matrix, row by row.
    if numbers.count >= 24 { layer.matrix = Array(numbers[8..<24]) }
  }

  private func transform(_ words: [BraceWord]) throws(InterchangeError) -> [ImportedNumber]? {
    guard
      let place = words.firstIndex(where: { $0.text == "Transform:" || $0.text == "Transform2:" })
    else { return nil }
    let wanted = words[place].text == "Transform:" ? 8 : 24
    var numbers = NukeNumbers(words[(place + 1)...], words[place])
    var found: [ImportedNumber] = []
    while found.count < wanted, try numbers.skip(untilCurve: 2) {
      found.append(try numbers.curve())
    }
    return found.count == wanted ? found : nil
  }

  private func attributes(_ words: [BraceWord]) throws(InterchangeError) -> [String: ImportedNumber]
  {
    guard let place = words.firstIndex(where: { $0.text == "NumOfAttributes:" }) else { return [:] }
    var attributes: [String: ImportedNumber] = [:]
    var next = place + 2
    while next < words.count, words[next].kind == .quoted {
      var numbers = NukeNumbers(words[(next + 1)...], words[next])
      attributes[words[next].text] = try numbers.curve()
      next = numbers.place
    }
    return attributes
  }
}

/// Curves of the spelling of Nuke 6: `S 0 value`, `S n (frame value)...`, or `L` with nine words before its
/// count of keys, nine words for each key, and the value without keys.
private struct NukeNumbers {
  private let words: ArraySlice<BraceWord>
  private let owner: BraceWord
  private(set) var place: Int

  init(_ words: ArraySlice<BraceWord>, _ owner: BraceWord) {
    self.words = words
    self.owner = owner
    place = words.startIndex
  }

  /// Passes over at most so many plain numbers to the next curve; false where there is none.
  mutating func skip(untilCurve most: Int) throws(InterchangeError) -> Bool {
    for _ in 0...most {
      guard place < words.endIndex else { return false }
      if words[place].text == "S" || words[place].text == "L" { return true }
      guard words[place].number != nil else { return false }
      place += 1
    }
    return false
  }

  mutating func curve() throws(InterchangeError) -> ImportedNumber {
    let kind = try next("a curve")
    switch kind.text {
    case "S":
      let count = try self.count()
      if count == 0 { return .constant(try number()) }
      var keys: [ImportedKey] = []
      for _ in 0..<count { keys.append(ImportedKey(try frame(), try number())) }
      return Self.joined(keys)
    case "L":
      for _ in 0..<8 { _ = try next("the head of a curve") }
      let count = try self.count()
      var keys: [ImportedKey] = []
      for _ in 0..<count {
        _ = try next("a key")
        keys.append(ImportedKey(try frame(), try number(), .smooth))
        for _ in 0..<6 { _ = try next("a key") }
      }
      let usual = try number()
      return keys.isEmpty ? .constant(usual) : Self.joined(keys)
    default:
      throw kind.error("found '\(kind.text.prefix(40))'", expected: "a curve: S or L")
    }
  }

  /// One key is a constant.
  private static func joined(_ keys: [ImportedKey]) -> ImportedNumber {
    keys.count == 1 ? .constant(keys[0].value) : .keys(keys)
  }

  private mutating func next(_ what: String) throws(InterchangeError) -> BraceWord {
    guard place < words.endIndex else {
      throw owner.error("the curves end too early", expected: what)
    }
    place += 1
    return words[place - 1]
  }

  private mutating func count() throws(InterchangeError) -> Int {
    let word = try next("how many keys there are")
    guard let count = Int(word.text), count >= 0 else {
      throw word.error("found '\(word.text.prefix(40))'", expected: "how many keys there are")
    }
    return count
  }

  private mutating func number() throws(InterchangeError) -> Double {
    let word = try next("a number")
    guard let number = word.number else {
      throw word.error("found '\(word.text.prefix(40))'", expected: "a number")
    }
    return number
  }

  private mutating func frame() throws(InterchangeError) -> Double {
    let frame = try number()
    guard abs(frame) <= Frames.most else {
      throw words[place - 1].error(
        "found frame \(frame)", expected: "a frame within a thousand million")
    }
    return frame
  }
}

/// The spelling of Nuke 7 and later: `{layer Root {f 0} {t x y} {a ...} {curvegroup Bezier1 512 bezier {{cc ...} {cc
/// ...}} {tx ...} {a ...}}}`.
private struct NukeRotoLists {
  var result: NukeRoto

  init(_ result: NukeRoto) { self.result = result }

  mutating func layer(_ words: [BraceWord], in parent: String?, depth: Int) throws(InterchangeError)
  {
    guard words.count > 1, depth < NukeRoto.deepest else {
      throw words[0].error(
        "found a layer without a name, or layers nested too deep", expected: "layer name")
    }
    let name = words[1].text
    var layer = ImportedLayer(
      name: name, parent: parent, transform: ImportedTransform(name, line: words[0].line))
    var parts: [[BraceWord]] = []
    for word in words.dropFirst(2) where word.kind == .block { parts.append(try word.words()) }
    for part in parts {
      switch part.first?.text {
      case "t", "tx": try transform(&layer.transform, part)
      case "a": result.set(&layer, try attributes(part))
      default: break
      }
    }
    let own = result.add(layer)
    for part in parts {
      switch part.first?.text {
      case "layer": try self.layer(part, in: own, depth: depth + 1)
      case "curvegroup": try shape(part, in: own)
      case "cubiccurve":
        result.note(
          part[0].line,
          "'\(part.count > 1 ? part[1].text : "a stroke")' is a paint stroke and is not read")
      default: break
      }
    }
  }

  private mutating func shape(_ words: [BraceWord], in layer: String?) throws(InterchangeError) {
    guard words.count > 4 else {
      throw words[0].error(
        "found a shape of \(words.count) words", expected: "curvegroup name flags kind {...}")
    }
    var shape = ImportedShape(words[1].text, line: words[0].line)
    shape.layer = layer
    shape.isBSpline = words[3].text == "bspline"
    var curves: [[ImportedPoint]] = []
    for word in try words[4].words() {
      guard word.kind == .block else { continue }
      for part in try word.words().dropFirst() where part.kind == .block {
        let inside = try part.words()
        switch inside.first?.text {
        case "f" where curves.isEmpty && inside.count > 1:
          shape.isClosed = !NukeRoto.isOpen(inside[1].number ?? 0)
        case "px": curves.append(try points(inside.dropFirst(2)))
        case "p": curves.append(try points(inside.dropFirst()))
        default: break
        }
      }
    }
    for word in words.dropFirst(5) where word.kind == .block {
      let part = try word.words()
      switch part.first?.text {
      case "t", "tx": try transform(&shape.transform, part)
      case "a": result.set(&shape, try attributes(part))
      default: break
      }
    }
    guard let outline = curves.first, !outline.isEmpty else {
      result.note(shape.line, "'\(shape.name)' has no points and is left out")
      return
    }
    result.set(&shape, outline, curves.count > 1 ? curves[1] : [])
    result.roto.shapes.append(shape)
  }

  private mutating func points(_ words: ArraySlice<BraceWord>) throws(InterchangeError)
    -> [ImportedPoint]
  {
    var points: [ImportedPoint] = []
    for word in words where word.kind == .block {
      let parts = try word.words()
      guard parts.count > 1 else {
        throw word.error("found a place of \(parts.count) numbers", expected: "x and y")
      }
      points.append(ImportedPoint(try number(parts[0]), try number(parts[1])))
    }
    return points
  }

  /// `{tx frame x y}` and `{t x y}` are a centre alone; thirteen numbers are centre, translation, rotation and
  /// scale, each in x, y and z, and the skew.
  private mutating func transform(_ transform: inout ImportedTransform, _ words: [BraceWord])
    throws(InterchangeError)
  {
    var numbers: [ImportedNumber] = []
    for word in words[0].text == "tx" ? words.dropFirst(2) : words.dropFirst() {
      numbers.append(try number(word))
    }
    if numbers.count > 1 { transform.center = ImportedPoint(numbers[0], numbers[1]) }
    guard numbers.count > 12 else { return }
    transform.translate = ImportedPoint(numbers[3], numbers[4])
    transform.rotate = numbers[8]
    transform.scale = ImportedPoint(numbers[9], numbers[10])
    transform.skewX = numbers[12]
    if numbers.count > 13 {
      result.note(
        words[0].line,
        "'\(transform.name)' has \(numbers.count - 13) numbers behind its transform, which are not read"
      )
    }
  }

  private mutating func attributes(_ words: [BraceWord]) throws(InterchangeError) -> [String:
    ImportedNumber]
  {
    var attributes: [String: ImportedNumber] = [:]
    var next = 1
    while next + 1 < words.count {
      if words[next].kind == .bare { attributes[words[next].text] = try number(words[next + 1]) }
      next += 2
    }
    return attributes
  }

  /// `0`, `x44610000`, `{{frame value} ...}` with key frames, or `{=expression value}`, of which the value is taken.
  private mutating func number(_ word: BraceWord) throws(InterchangeError) -> ImportedNumber {
    if let plain = Self.plain(word) { return .constant(plain) }
    let words = word.kind == .block ? try word.words() : []
    if words.count > 1, words[0].text.hasPrefix("="), let value = Self.plain(words[1]) {
      result.note(
        word.line, "the expression '\(words[0].text.prefix(60))' is left out; its value is kept")
      return .constant(value)
    }
    var keys: [ImportedKey] = []
    for key in words {
      let parts = key.kind == .block ? try key.words() : []
      guard parts.count > 1, let frame = Self.plain(parts[0]), abs(frame) <= Frames.most,
        let value = Self.plain(parts[1])
      else {
        throw word.error(
          "found '\(word.text.prefix(40))'", expected: "a number, or key frames {{frame value} ...}"
        )
      }
      keys.append(ImportedKey(frame, value, .smooth))
    }
    guard let first = keys.first else {
      throw word.error("found '\(word.text.prefix(40))'", expected: "a number")
    }
    return keys.count == 1 ? .constant(first.value) : .keys(keys)
  }

  /// A number as it stands, or the bits of a single-precision one.
  private static func plain(_ word: BraceWord) -> Double? {
    guard word.kind == .bare else { return nil }
    let text = word.text
    if text.hasPrefix("x"), let bits = UInt32(text.dropFirst(), radix: 16) {
      let value = Double(Float(bitPattern: bits))
      return value.isFinite ? value : nil
    }
    return word.number
  }
}
