import BipackGraph

/// What files of other programs hold, as Bipack has it: values (tracks, cameras) by name, and nodes (corner pins,
/// transforms, rotos).
///
/// It is written as a file of values, where a node's parameters are values as well,
///
///     { "values": { "track 1": { "position": { "keys": [[1001, [960, 540]], ...] } }, "pin.to1": ... } }
///
/// or as a document with the nodes.
package struct ImportedResult {
  package enum Form: String, CaseIterable, Sendable { case values, document }

  private var values: [(name: String, value: JSONValue)] = []
  private var nodes: [ImportedNode] = []
  private var size: PictureSize?
  private var frames: ClosedRange<Double>?
  private var names = UniqueNames()
  package private(set) var counts = ImportedCounts()

  package init() {}

  /// Adds what a file holds. What had to be left out or named otherwise is in the notes.
  package mutating func add(_ imported: Imported, _ settings: ImportSettings, _ title: String)
    throws(InterchangeError) -> [InterchangeNote]
  {
    let notes = names.notes.count
    let shift = settings.shift(of: imported)
    func size(_ own: PictureSize?, whole: Bool = false) throws(InterchangeError) -> PictureSize {
      try settings.size(own, imported, title, whole: whole)
    }
    for track in imported.tracks {
      let axes = imported.space.axes(in: try size(track.size))
      names.note(repeated: track)
      guard let value = track.track(axes, shift: shift) else { continue }
      add(Track.kind.type.written(value.data), track.name, track.line)
      widen(track.samples.map { $0.frame + shift })
      counts.tracks += 1
    }
    for camera in imported.cameras {
      add(try camera.json(shift), camera.name, camera.line)
      counts.cameras += 1
    }
    for pin in imported.pins {
      let whole = try size(pin.size, whole: true)
      add(pin.node(in: whole, imported.space.axes(in: whole), shift), pin.line, whole)
      widen(pin.to.flatMap { $0?.x.keys ?? [] }.map { $0.frame + shift })
      counts.pins += 1
    }
    for transform in imported.transforms {
      let whole = try size(transform.size, whole: true)
      add(transform.node(imported.space.axes(in: whole), shift), transform.line, whole)
      widen(transform.numbers.flatMap(\.keys).map { $0.frame + shift })
      counts.transforms += 1
    }
    for roto in imported.rotos {
      let whole = try size(roto.size, whole: true)
      var writer = RotoWriter(imported.space.axes(in: whole), whole, shift)
      add(writer.node(roto), roto.line, whole)
      widen(writer.frames)
      names.add(writer.notes)
      counts.shapes += roto.shapes.count
    }
    return Array(names.notes[notes...])
  }

  private mutating func add(_ value: JSONValue, _ name: String, _ line: Int) {
    values.append((names.name(name, line), value))
  }

  private mutating func add(_ node: ImportedNode, _ line: Int, _ size: PictureSize) {
    var node = node
    node.name = names.name(node.name, line)
    nodes.append(node)
    self.size = self.size ?? size
  }

  private mutating func widen(_ frames: [Double]) {
    guard let first = frames.min(), let last = frames.max() else { return }
    self.frames =
      min(
        first, self.frames?.lowerBound ?? first)...max(
        last, self.frames?.upperBound ?? last)
  }

  /// Nodes alone are a document; what has values in it is a file of values.
  package var usualForm: Form { values.isEmpty && !nodes.isEmpty ? .document : .values }

  /// What is not in a document; nil where nothing is missing.
  package var missingInDocument: String? {
    values.isEmpty ? nil : values.map { "'\($0.name)'" }.joined(separator: ", ")
  }

  package func text(_ form: Form) -> String {
    JSONFormatter.write(form == .values ? file : document)
  }

  private var file: JSONValue {
    let parameters = nodes.flatMap { node in
      node.params.map { ("\(node.name).\($0.name)", $0.value) }
    }
    return JSONValue(members: [("values", JSONValue(members: values + parameters))])
  }

  private var document: JSONValue {
    var members: [(String, JSONValue)] = [("bipack", 1)]
    if let size {
      members.append(
        (
          "format",
          ["width": JSONValue(number: size.width), "height": JSONValue(number: size.height)]
        ))
    }
    if let frames {
      let ends = [frames.lowerBound.rounded(.down), frames.upperBound.rounded(.up)]
      members.append(("frames", JSONValue(ends.map { JSONValue(number: $0) })))
    }
    let plate: JSONValue = ["type": "CheckerBoard", "note": "Put the plate here."]
    let isNeeded = nodes.contains { $0.input != nil }
    let named = (isNeeded ? [("plate", plate)] : []) + nodes.map { ($0.nodeName, $0.json) }
    members.append(("nodes", JSONValue(members: named)))
    return JSONValue(members: members)
  }
}

/// How much was read, for the summary.
package struct ImportedCounts: Hashable, Sendable {
  package var tracks = 0
  package var pins = 0
  package var transforms = 0
  package var cameras = 0
  package var shapes = 0

  /// `3 tracks, 1 camera`.
  package var text: String {
    let parts = [
      (tracks, "track"), (pins, "corner pin"), (transforms, "transform"), (cameras, "camera"),
      (shapes, "shape"),
    ]
    let said = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    return said.isEmpty ? "nothing" : said.joined(separator: ", ")
  }
}
