/// After Effects' keyframe data, as it copies them and as mocha and others export: a head with the picture's
/// size, then a block for each property: its path, a line of headings, and lines `frame x y`. Pixels from
/// the top left; frames count from 0.
///
/// Corner pins become corner pins, `Position` with `Scale`, `Rotation` or `Anchor Point` a transform, the points
/// of motion trackers, point controls and a `Position` alone tracks.
enum AfterEffects: InterchangeReader {
  static let name = "after-effects"
  static let title = "After Effects keyframe data"

  static func recognises(_ text: TextLines) -> Bool {
    let first = text.opening(1).first?.trimmed.text ?? ""
    return first.hasPrefix("Adobe After Effects") && first.hasSuffix("Keyframe Data")
  }

  private struct Block {
    var path: [String]
    var line: Int
    var values: [[ImportedKey]] = []
    /// Where there are no key frames.
    var constants: [Double] = []

    var isEmpty: Bool { values.isEmpty && constants.isEmpty }
    /// What the path ends with, without the number behind it.
    var property: String { AfterEffects.plain(path.last ?? "") }

    func number(_ place: Int) -> ImportedNumber? {
      if values.indices.contains(place) { return .keys(values[place]) }
      return constants.indices.contains(place) ? .constant(constants[place]) : nil
    }

    var point: ImportedPoint? {
      guard let x = number(0), let y = number(1) else { return nil }
      return ImportedPoint(x, y)
    }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.down, firstFrame: 0)
    var (width, height) = (0.0, 0.0)
    var blocks: [Block] = []
    for line in text where !line.isBlank {
      let cells = line.cells
      if !line.text.hasPrefix("\t") {
        if line.number == 1 || cells[0].text.hasPrefix("Adobe After Effects") { continue }
        if cells[0].text.hasPrefix("End of Keyframe Data") { break }
        blocks.append(Block(path: cells.map(\.text).filter { !$0.isEmpty }, line: line.number))
        continue
      }
      if blocks.isEmpty {
        guard cells.count > 2 else { continue }
        if cells[1].text == "Source Width" { width = try cells[2].number("the width") }
        if cells[1].text == "Source Height" { height = try cells[2].number("the height") }
        continue
      }
      if cells.count > 1, cells[1].text == "Frame" { continue }
      try add(cells, to: &blocks[blocks.count - 1])
    }
    result.size = PictureSize.said(width, height)
    sort(blocks, into: &result)
    return result
  }

  private static func add(_ cells: [TextWord], to block: inout Block) throws(InterchangeError) {
    let numbers = cells.dropFirst(2).filter { !$0.text.isEmpty }
    guard cells.count > 2, !numbers.isEmpty else { return }
    if cells[1].text.isEmpty {
      block.constants = []
      for word in numbers { block.constants.append(try word.number(block.property)) }
      return
    }
    let frame = try cells[1].frame()
    if block.values.isEmpty { block.values = Array(repeating: [], count: numbers.count) }
    guard numbers.count == block.values.count else {
      throw InterchangeError(
        cells[1], "found \(numbers.count) numbers",
        expected: "\(block.values.count), as in the lines before")
    }
    for (place, word) in numbers.enumerated() {
      block.values[place].append(ImportedKey(frame, try word.number(block.property)))
    }
  }

  // MARK: What the blocks mean

  private static func sort(_ blocks: [Block], into result: inout Imported) {
    var transform: [String: Block] = [:]
    for block in blocks {
      if block.isEmpty {
        result.note(block.line, "\(block.path.joined(separator: " / ")) has no values")
      } else if block.path.first == "Transform" {
        transform[block.property] = block
      } else if let corner = corner(block) {
        set(block, corner, &result)
      } else if ["Feature Center", "Attach Point", "Point"].contains(block.property),
        block.values.count > 1
      {
        result.add(track(block, block.path.dropFirst().joined(separator: " ")))
      } else {
        result.note(block.line, "\(block.path.joined(separator: " / ")) is not read")
      }
    }
    add(transform, &result)
  }

  private static func track(_ block: Block, _ name: String) -> ImportedTrack {
    var track = ImportedTrack(name, line: block.line)
    for (x, y) in zip(block.values[0], block.values[1]) {
      track.add(x.frame, x.value, y.value, line: block.line)
    }
    return track
  }

  /// Which corner of a pin a block is, counted from the bottom left.
  private static func corner(_ block: Block) -> Int? {
    guard block.path.contains(where: { $0.contains("Corner Pin") }) else { return nil }
    let words = [
      ["Lower Left", "-0003"], ["Lower Right", "-0004"], ["Upper Right", "-0002"],
      ["Upper Left", "-0001"],
    ]
    return words.firstIndex { $0[0] == block.property || block.property.hasSuffix($0[1]) }
  }

  private static func set(_ block: Block, _ corner: Int, _ result: inout Imported) {
    let name = block.path.count > 2 ? block.path[1] : block.path[0]
    if result.pins.last?.name != name {
      var pin = ImportedPin(name: name, line: block.line)
      pin.to = Array(repeating: nil, count: 4)
      pin.from = pin.to
      pin.isEnabled = Array(repeating: true, count: 4)
      result.pins.append(pin)
    }
    result.pins[result.pins.count - 1].to[corner] = block.point
  }

  private static func add(_ blocks: [String: Block], _ result: inout Imported) {
    for name in blocks.keys.sorted()
    where !["Position", "Anchor Point", "Scale", "Rotation"].contains(name) {
      result.note(blocks[name]?.line ?? 1, "Transform / \(name) is not read")
    }
    let (position, anchor) = (blocks["Position"], blocks["Anchor Point"])
    let (scale, rotation) = (blocks["Scale"], blocks["Rotation"])
    if let position, anchor == nil, scale == nil, rotation == nil {
      if position.values.count > 1 { result.add(track(position, "Position")) }
      return
    }
    guard let first = position ?? anchor ?? scale ?? rotation else { return }
    var transform = ImportedTransform("Transform", line: first.line)
    let center = anchor?.point ?? .constant(0, 0)
    if let place = position?.point {
      transform.translate = ImportedPoint(
        difference(place.x, center.x, first.line, &result),
        difference(place.y, center.y, first.line, &result))
    }
    transform.center = center
    if let size = scale?.point {
      transform.scale = ImportedPoint(
        size.x.mapped(slope: 0.01) { $0 / 100 }, size.y.mapped(slope: 0.01) { $0 / 100 })
    }
    // Clockwise there.
    if let angle = rotation?.number(0) { transform.rotate = angle.mapped(slope: -1) { -$0 } }
    result.transforms.append(transform)
  }

  /// Where the layer goes from its anchor.
  private static func difference(
    _ place: ImportedNumber, _ anchor: ImportedNumber, _ line: Int, _ result: inout Imported
  ) -> ImportedNumber {
    switch (place, anchor) {
    case (_, .constant(let anchor)): return place.mapped { $0 - anchor }
    case (.constant(let place), .keys): return anchor.mapped(slope: -1) { place - $0 }
    case (.keys(let places), .keys(let anchors)):
      if places.map(\.frame) == anchors.map(\.frame) {
        return .keys(zip(places, anchors).map { ImportedKey($0.frame, $0.value - $1.value) })
      }
      result.note(
        line,
        "Position and Anchor Point have keys on different frames; the anchor is taken as it is at its first key"
      )
      return place.mapped { $0 - anchor.first }
    }
  }

  /// `Upper Left #2` is `Upper Left`.
  fileprivate static func plain(_ name: String) -> String {
    guard let mark = name.firstRange(of: " #") else { return name }
    return String(name[..<mark.lowerBound])
  }
}
