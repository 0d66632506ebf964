/// A Natron project (.ntp): trackers, corner pins, transforms and roto shapes. Pixels from the lower left; frames
/// are those of the project, whose format gives the picture's height.
enum NatronProject: InterchangeReader {
  static let name = "natron"
  static let title = "Natron project"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(8).contains { $0.trimmed.text.hasPrefix("<Project ") }
      && text.opening(3).contains { $0.trimmed.text.hasPrefix("<boost_serialization") }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.up)
    let root = try MarkupReader.root(text)
    result.size = size(root)
    var skipped: Set<String> = []
    for node in nodes(root) {
      let kind = node["Plugin_id"]?.word().text ?? ""
      let name = node["Plugin_script_name"]?.word().text ?? kind
      result.classes[kind, default: 0] += 1
      let knobs = try NatronKnobs(node)
      switch kind {
      case "net.sf.openfx.TrackerPM":
        result.add(track(knobs, "center", name, node.line, &result))
      case "fr.inria.built-in.Tracker":
        for item in items(node["TrackerContext"], with: "centerPoint") {
          let track = item["Script_Name"] ?? item["ScriptName"] ?? item["Name"]
          result.add(
            try self.track(
              NatronKnobs(item), "centerPoint", "\(name).\(track?.word().text ?? "track")",
              item.line,
              &result))
        }
      case "net.sf.openfx.CornerPinPlugin":
        result.pins.append(pin(knobs, name, node.line))
        note(knobs, name, node.line, &result)
      case "net.sf.openfx.TransformPlugin", "net.sf.openfx.TransformMaskedPlugin":
        result.transforms.append(knobs.transform(name, node.line))
        note(knobs, name, node.line, &result)
      case "fr.inria.built-in.Roto", "fr.inria.built-in.RotoPaint":
        if let context = node["RotoContext"] {
          let roto = try NatronRoto(context, name, &result).roto
          if !roto.shapes.isEmpty { result.rotos.append(roto) }
        }
      default:
        if !kind.hasPrefix("fr.inria.built-in."), skipped.insert(kind).inserted {
          result.note(node.line, "\(kind) is not read")
        }
      }
    }
    return result
  }

  /// Names the knobs of a node that are set and not read.
  private static func note(
    _ knobs: NatronKnobs, _ name: String, _ line: Int, _ result: inout Imported
  ) {
    let others = knobs.names.filter { !read.contains($0) }
    guard !others.isEmpty else { return }
    result.note(line, "\(name): not read are the knobs \(others.joined(separator: ", "))")
  }

  private static let read: Set = Set(
    (1...4).flatMap { ["to\($0)", "from\($0)", "enable\($0)"] } + [
      "invert", "translate", "rotate", "scale", "uniform", "skewX", "skewY", "skewOrder", "center",
      "userTextArea", "nodeLabel", "hideInputs", "previewEnabled",
    ])

  /// Every node, those in groups too.
  private static func nodes(_ element: MarkupElement) -> [MarkupElement] {
    let inside = element.children.flatMap(nodes)
    return element["Plugin_id"] == nil ? inside : [element] + inside
  }

  /// The elements that have a knob of this name themselves.
  private static func items(_ element: MarkupElement?, with knob: String) -> [MarkupElement] {
    guard let element else { return [] }
    if element.children.contains(where: { $0["Name"]?.word().text == knob }) { return [element] }
    return element.children.flatMap { items($0, with: knob) }
  }

  /// `HD 1920x1080`: the project's format.
  private static func size(_ root: MarkupElement) -> PictureSize? {
    for item in items(root, with: "outputFormat") {
      let knob = item.children.first { $0["Name"]?.word().text == "outputFormat" }
      for word in knob?["ChoiceLabel"]?.text.split(whereSeparator: \.isWhitespace) ?? [] {
        let sides = word.split(separator: "x").map { Double($0) }
        if sides.count == 2, let width = sides[0], let height = sides[1] {
          return PictureSize.said(width, height)
        }
      }
    }
    return nil
  }

  private static func track(
    _ knobs: NatronKnobs, _ knob: String, _ name: String, _ line: Int, _ result: inout Imported
  ) -> ImportedTrack? {
    guard let point = knobs.point(knob), !point.x.keys.isEmpty else { return nil }
    var track = ImportedTrack(name, line: line)
    let ys = Dictionary(point.y.keys.map { ($0.frame, $0.value) }, uniquingKeysWith: { $1 })
    for key in point.x.keys {
      if let y = ys[key.frame] { track.add(key.frame, key.value, y, line: line) }
    }
    return track
  }

  private static func pin(_ knobs: NatronKnobs, _ name: String, _ line: Int) -> ImportedPin {
    var pin = ImportedPin(name: name, line: line)
    for number in 1...4 {
      pin.to.append(knobs.point("to\(number)"))
      pin.from.append(knobs.point("from\(number)"))
      pin.isEnabled.append(knobs.isOn("enable\(number)") ?? true)
    }
    pin.isInverted = knobs.isOn("invert") ?? false
    return pin
  }
}

/// The knobs of a Natron node or shape that are not as they were at first.
struct NatronKnobs {
  private var knobs: [String: [ImportedNumber]] = [:]
  private var labels: [String: String] = [:]

  /// Those written directly in an element.
  init(_ element: MarkupElement) throws(InterchangeError) {
    for knob in element.children {
      guard let name = knob["Name"]?.word().text, knob["Dimension"] != nil else { continue }
      labels[name] = knob["ChoiceLabel"]?.word().text
      var numbers: [ImportedNumber] = []
      for dimension in knob.all("item") {
        if let set = dimension["Curve"]?["KeyFrameSet"], let keys = try Self.keys(set) {
          numbers.append(.keys(keys))
        } else if let value = dimension["Value"]?.word().number {
          numbers.append(.constant(value))
        }
      }
      knobs[name] = numbers
    }
  }

  /// Nil where there are no keys.
  static func keys(_ set: MarkupElement) throws(InterchangeError) -> [ImportedKey]? {
    var keys: [ImportedKey] = []
    for item in set.all("item") {
      guard let time = item["Time"], let value = item["Value"] else {
        throw item.missing("Time and Value")
      }
      var key = ImportedKey(try time.word().frame(), try value.word().number("the value"))
      switch item["InterpolationMethod"]?.word().text {
      case "0": key.joint = .hold
      case "1": key.joint = .linear
      default: key.joint = .smooth
      }
      keys.append(key)
    }
    return keys.isEmpty ? nil : keys
  }

  var names: [String] { knobs.keys.sorted() }
  func number(_ name: String) -> ImportedNumber? { knobs[name]?.first }
  func numbers(_ name: String) -> [ImportedNumber]? { knobs[name] }
  func isOn(_ name: String) -> Bool? { number(name).map { $0.first != 0 } }
  func label(_ name: String) -> String? { labels[name] }

  func point(_ name: String) -> ImportedPoint? {
    guard let numbers = knobs[name], numbers.count > 1 else { return nil }
    return ImportedPoint(numbers[0], numbers[1])
  }

  /// The knobs that transforms and shapes have.
  func transform(_ name: String, _ line: Int) -> ImportedTransform {
    var transform = ImportedTransform(name, line: line)
    transform.translate = point("translate") ?? transform.translate
    transform.rotate = number("rotate") ?? transform.rotate
    if let scale = point("scale") {
      transform.scale = isOn("uniform") == true ? ImportedPoint(scale.x, scale.x) : scale
    }
    transform.skewX = number("skewX") ?? number("skewx") ?? transform.skewX
    transform.skewY = number("skewY") ?? number("skewy") ?? transform.skewY
    transform.skewOrder = label("skewOrder")
    transform.center = point("center")
    transform.isInverted = isOn("invert") ?? false
    return transform
  }
}
