/// A Nuke script, or nodes copied out of one (.nk): trackers, corner pins, transforms, cameras, roto shapes.
/// Pixels from the lower left; frames are those of the script.
///
/// Positions depend on the height of the picture at the node: that of its first input, followed through the
/// script's stack to the node that has a `format`, or else of the script's Root.
enum NukeScript: InterchangeReader {
  static let name = "nuke"
  static let title = "Nuke script"

  static func recognises(_ text: TextLines) -> Bool {
    for line in text.opening(12) {
      let words = line.words
      let (first, second) = (words[0].text, words.count > 1 ? words[1].text : "")
      switch first {
      case "version" where second.first?.isNumber == true: return true
      case "set" where second == "cut_paste_input": return true
      case "define_window_layout_xml": return true
      default:
        if first.hasPrefix("#") || first == "push" || first == "set" || first == "version" {
          continue
        }
        return first.first?.isUppercase == true && second == "{" && words.count == 2
      }
    }
    return false
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var script = NukeReading()
    var reader = BraceReader(text.bytes[...], line: 1)
    while let command = try reader.nextCommand() { try script.take(command) }
    return try script.finished()
  }
}

/// What has been read of a script so far.
struct NukeReading {
  var result = Imported(.up)
  /// The size of each picture on the stack; nil where it is that of the script.
  private var stack: [PictureSize?] = []
  private var kept: [String: PictureSize?] = [:]
  private var groups: [[PictureSize?]] = []
  private var nodes: [(node: NukeNode, size: PictureSize?)] = []
  private var named: [String: NukeNode] = [:]
  private var skipped: Set<String> = []

  mutating func take(_ command: [BraceWord]) throws(InterchangeError) {
    let word = command[0].text
    switch (word, command.count) {
    case ("set", 3): kept[command[1].text] = .some(stack.last ?? nil)
    case ("push", 2): stack.append(kept[String(command[1].text.dropFirst())] ?? nil)
    case ("end_group", _):
      if let outside = groups.popLast() { stack = outside }
    case (_, 2) where command[1].kind == .block && word.first?.isUppercase == true:
      if command[1].isCut {
        result.note(
          command[0].line, "the file ends inside this \(word); it is read as far as it goes")
      }
      try take(try NukeNode(kind: word, command[1]))
    default: break
    }
  }

  private mutating func take(_ node: NukeNode) throws(InterchangeError) {
    result.classes[node.kind, default: 0] += 1
    if node.kind == "Root" {
      result.size = node.format
      return
    }
    nodes.append((node, pass(node)))
    named[node.name] = node
    if node.kind == "Group" || node.kind == "Gizmo" { groups.append(stack) }
  }

  /// Everything that was taken, read: only now all nodes are known that others are linked to.
  mutating func finished() throws(InterchangeError) -> Imported {
    for (node, size) in nodes { try read(node, size) }
    return result
  }

  private mutating func read(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    if node.isOn("disable") == true, Self.isRead(node.kind) {
      result.note(node.line, "\(node.name) is disabled in the script; it is read all the same")
    }
    switch node.kind {
    case "Tracker4": try tracker4(node, size)
    case "Tracker", "Tracker2", "Tracker3": try tracker3(node, size)
    case "PlanarTracker", "PlanarTracker1_0": try planar(node, size)
    case "Reconcile3D": try add(node, "output", named: node.name, size, isExpected: true)
    case "CornerPin2D": try pin(node, size)
    case "Transform", "TransformMasked": try transform(node, size)
    case "Camera", "Camera2", "Camera3", "Camera4": try camera(node)
    case "Roto", "RotoPaint": try roto(node, size)
    default:
      if !Self.quiet.contains(node.kind), skipped.insert(node.kind).inserted {
        result.note(node.line, "\(node.kind) nodes are not read")
      }
    }
  }

  private static func isRead(_ kind: String) -> Bool {
    ["Tracker", "Planar", "Reconcile", "CornerPin", "Transform", "Camera", "Roto"]
      .contains(where: kind.hasPrefix)
  }

  /// Nodes that nobody misses.
  private static let quiet: Set = [
    "Viewer", "Dot", "BackdropNode", "StickyNote", "NoOp", "Group", "Input", "Output", "Read",
    "Constant", "CheckerBoard2", "Reformat", "ColorWheel",
  ]

  /// Takes a node's inputs from the stack and puts the node there; gives the size of its picture.
  private mutating func pass(_ node: NukeNode) -> PictureSize? {
    let said = node["inputs"]?.text.split(separator: "+").compactMap { Int($0) }
    let count = min(max(said?.reduce(0) { min($0 + $1, 1000) } ?? 1, 0), stack.count)
    let input = count > 0 ? stack[stack.count - 1] : nil
    stack.removeLast(count)
    let size = node.format ?? input
    stack.append(size)
    return size
  }

  // MARK: Tracks

  private mutating func tracker4(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    guard let table = try node["tracks"]?.words(), table.count == 3 else {
      result.note(node.line, "\(node.name) has no tracks")
      return
    }
    var columns: [String] = []
    for column in try table[1].words() {
      let words = try column.words()
      guard words.count > 3 else {
        throw column.error(
          "found a column of \(words.count) words", expected: "type, flags, width, name")
      }
      columns.append(words[3].text)
    }
    guard let names = columns.firstIndex(of: "name"), let xs = columns.firstIndex(of: "track_x"),
      let ys = columns.firstIndex(of: "track_y")
    else {
      throw table[1].error(
        "the columns are \(columns.prefix(8).joined(separator: ", "))",
        expected: "name, track_x and track_y among them")
    }
    for row in try table[2].words() {
      let cells = try row.words()
      guard cells.count > max(names, xs, ys) else {
        throw row.error("a track with \(cells.count) columns", expected: "\(columns.count) columns")
      }
      try add(
        cells[xs], cells[ys], named: "\(node.name).\(cells[names].text)", size, isExpected: true)
    }
  }

  private mutating func tracker3(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    for number in 1...4 {
      let isOn = node.isOn("enable\(number)") ?? (number == 1)
      try add(
        node, "track\(number)", named: "\(node.name).track\(number)", size, isExpected: isOn)
    }
  }

  private mutating func planar(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    for corner in ["BottomLeft", "BottomRight", "TopRight", "TopLeft"] {
      let knob = "output\(corner)"
      try add(node, knob, named: "\(node.name).\(knob)", size, isExpected: true)
    }
  }

  private mutating func add(
    _ node: NukeNode, _ knob: String, named name: String, _ size: PictureSize?, isExpected: Bool
  ) throws(InterchangeError) {
    guard let words = try node[knob]?.words() else { return }
    guard words.count == 2 else {
      throw node[knob]?.error("found \(words.count) words", expected: "\(knob) {x y}")
        ?? InterchangeError("\(knob) is missing")
    }
    try add(words[0], words[1], named: name, size, isExpected: isExpected)
  }

  /// A track where both numbers have keys; the frames that only one of them has are named.
  private mutating func add(
    _ x: BraceWord, _ y: BraceWord, named name: String, _ size: PictureSize?, isExpected: Bool
  ) throws(InterchangeError) {
    guard let xs = try NukeCurve.number(x), let ys = try NukeCurve.number(y) else {
      result.note(
        x.line,
        "\(name) is an expression (\(x.text.prefix(60))) and is left out; bake it in Nuke to have it"
      )
      return
    }
    guard !xs.keys.isEmpty, !ys.keys.isEmpty else {
      if isExpected { result.note(x.line, "\(name) has no keys and is left out") }
      return
    }
    var track = ImportedTrack(name, line: x.line)
    track.size = size
    let others = Dictionary(ys.keys.map { ($0.frame, $0.value) }, uniquingKeysWith: { $1 })
    for key in xs.keys {
      if let other = others[key.frame] { track.add(key.frame, key.value, other, line: x.line) }
    }
    let lost = max(xs.keys.count, others.count) - track.samples.count
    if lost > 0 {
      result.note(
        x.line, "\(name): \(lost) keys of x and y are on frames of their own and left out")
    }
    result.add(track)
  }

  // MARK: Transforms

  private mutating func pin(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    var pin = ImportedPin(name: node.name, line: node.line)
    pin.size = size
    for number in 1...4 {
      pin.to.append(try corner(node, "to\(number)"))
      pin.from.append(try corner(node, "from\(number)", is: number))
      pin.isEnabled.append(node.isOn("enable\(number)") ?? true)
    }
    pin.isInverted = node.isOn("invert") ?? false
    result.pins.append(pin)
    name(node, besides: (1...4).flatMap { ["to\($0)", "from\($0)", "enable\($0)"] } + ["invert"])
  }

  /// A corner of a pin: its numbers, those it is linked to, or nil for a corner of the picture.
  private mutating func corner(_ node: NukeNode, _ knob: String, is number: Int? = nil)
    throws(InterchangeError) -> ImportedPoint?
  {
    guard let words = try node[knob]?.words() else { return nil }
    if words.count == 2, let number {
      let texts = words.map { $0.text.replacing("input.", with: "") }
      let right = number == 2 || number == 3
      if texts == [right ? "width" : "0", number > 2 ? "height" : "0"] { return nil }
    }
    if let point = try node.point(knob) { return point }
    if words.count == 2, let x = try linked(words[0], 0), let y = try linked(words[1], 1) {
      return ImportedPoint(x, y)
    }
    result.note(
      node[knob]?.line ?? node.line,
      "\(node.name).\(knob) is an expression (\(words.map(\.text).joined(separator: " ").prefix(60))) and is left out; bake it in Nuke to have it"
    )
    return nil
  }

  /// What `Tracker1.track1.x` or `parent.Reconcile1.output` stands for.
  private func linked(_ word: BraceWord, _ place: Int) throws(InterchangeError) -> ImportedNumber? {
    if let number = try NukeCurve.number(word) { return number }
    var parts = word.text.split(separator: ".").map(String.init)
    if parts.first == "parent" { parts.removeFirst() }
    guard parts.count == 2 || parts.count == 3, let node = named[parts[0]],
      let numbers = try node.numbers(parts[1], 2)
    else { return nil }
    return numbers[parts.count == 3 ? (parts[2] == "y" ? 1 : 0) : place]
  }

  private mutating func transform(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    var transform = ImportedTransform(node.name, line: node.line)
    transform.size = size
    if let point = try point(node, "translate") { transform.translate = point }
    if let point = try point(node, "scale") { transform.scale = point }
    transform.center = try point(node, "center")
    if let number = try number(node, "rotate") { transform.rotate = number }
    if let number = try number(node, "skewX") { transform.skewX = number }
    if let number = try number(node, "skewY") { transform.skewY = number }
    transform.skewOrder = node["skew_order"]?.text
    transform.isInverted = node.isOn("invert_matrix") ?? false
    result.transforms.append(transform)
    name(
      node,
      besides: [
        "translate", "scale", "center", "rotate", "skewX", "skewY", "skew_order", "invert_matrix",
      ])
  }

  // MARK: Shapes

  private mutating func roto(_ node: NukeNode, _ size: PictureSize?) throws(InterchangeError) {
    guard let reading = try NukeRoto(node) else { return }
    result.notes += reading.notes
    guard !reading.roto.shapes.isEmpty else { return }
    var roto = reading.roto
    roto.size = size
    let channels = try node["output"]?.words().map(\.text).filter { $0 != "none" } ?? []
    if channels.first.map({ $0 == "rgba" || $0 == "rgb" }) == true { roto.output = channels[0] }
    result.rotos.append(roto)
  }

  // MARK: Cameras

  private mutating func camera(_ node: NukeNode) throws(InterchangeError) {
    var camera = ImportedCamera(node.name, line: node.line)
    camera.translate = try space(node, "translate") ?? camera.translate
    camera.rotate = try space(node, "rotate") ?? camera.rotate
    camera.rotOrder = node["rot_order"]?.text ?? camera.rotOrder
    if let number = try number(node, "focal") { camera.focal = number }
    if let number = try number(node, "haperture") { camera.haperture = number }
    if let number = try number(node, "vaperture") { camera.vaperture = number }
    if let point = try point(node, "win_translate") { camera.winTranslate = point }
    if let point = try point(node, "win_scale") { camera.winScale = point }
    camera.isOrthographic = node["projection_mode"]?.text == "orthographic"
    result.cameras.append(camera)
    name(
      node,
      besides: [
        "translate", "rotate", "rot_order", "focal", "haperture", "vaperture", "win_translate",
        "win_scale", "projection_mode", "near", "far", "focal_point", "display", "selectable",
      ])
  }

  private mutating func space(_ node: NukeNode, _ knob: String) throws(InterchangeError)
    -> [ImportedNumber]?
  {
    guard let numbers = try node.numbers(knob, 3) else { return nil }
    if numbers.contains(where: { $0 == nil }) { left(out: knob, of: node) }
    return numbers.map { $0 ?? .constant(0) }
  }

  // MARK: What is not read

  private mutating func point(_ node: NukeNode, _ knob: String) throws(InterchangeError)
    -> ImportedPoint?
  {
    let point = try node.point(knob)
    if point == nil, node[knob] != nil { left(out: knob, of: node) }
    return point
  }

  private mutating func number(_ node: NukeNode, _ knob: String) throws(InterchangeError)
    -> ImportedNumber?
  {
    let number = try node.number(knob)
    if number == nil, node[knob] != nil { left(out: knob, of: node) }
    return number
  }

  private mutating func left(out knob: String, of node: NukeNode) {
    result.note(
      node[knob]?.line ?? node.line,
      "\(node.name).\(knob) is an expression and is left out; bake it in Nuke to have it")
  }

  /// Names the knobs of a node that are set and not read.
  private mutating func name(_ node: NukeNode, besides read: [String]) {
    let others = node.knobs.map(\.name).filter {
      !read.contains($0) && !Self.harmless.contains($0) && !$0.hasPrefix("note_font")
    }
    guard !others.isEmpty else { return }
    result.note(node.line, "\(node.name): not read are the knobs \(others.joined(separator: ", "))")
  }

  private static let harmless: Set = [
    "name", "xpos", "ypos", "selected", "label", "inputs", "tile_color", "gl_color", "help",
    "postage_stamp", "hide_input", "indicators", "disable", "dope_sheet", "lifetimeStart",
    "lifetimeEnd", "useLifetime", "cached", "bookmark", "icon", "autolabel", "updateUI",
  ]
}
