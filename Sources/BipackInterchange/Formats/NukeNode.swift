/// A node of a Nuke script: its class and its knobs.
struct NukeNode {
  var kind: String
  var line: Int
  var knobs: [(name: String, words: [BraceWord])]

  init(kind: String, _ block: BraceWord) throws(InterchangeError) {
    self.kind = kind
    line = block.line
    knobs = []
    for command in try block.commands() where command.count > 1 {
      if command[0].text == "addUserKnob" { continue }
      knobs.append((command[0].text, Array(command.dropFirst())))
    }
  }

  var name: String { self["name"]?.text ?? kind }

  /// The last value of a knob.
  subscript(knob: String) -> BraceWord? { knobs.last { $0.name == knob }?.words.first }

  func isOn(_ knob: String) -> Bool? {
    guard let text = self[knob]?.text else { return nil }
    return text == "true" || text == "1"
  }

  /// The numbers of a knob, nil for each that is an expression; nil where the knob is not there.
  func numbers(_ knob: String, _ count: Int) throws(InterchangeError) -> [ImportedNumber?]? {
    guard let word = self[knob] else { return nil }
    var numbers: [ImportedNumber?] = []
    for part in try word.words().prefix(count) {
      numbers.append(try NukeCurve.number(part))
    }
    // One number stands for all.
    if numbers.count == 1, let only = numbers[0] { return Array(repeating: only, count: count) }
    while numbers.count < count { numbers.append(nil) }
    return numbers
  }

  func point(_ knob: String) throws(InterchangeError) -> ImportedPoint? {
    guard let numbers = try numbers(knob, 2), let x = numbers[0], let y = numbers[1] else {
      return nil
    }
    return ImportedPoint(x, y)
  }

  func number(_ knob: String) throws(InterchangeError) -> ImportedNumber? {
    try numbers(knob, 1)?[0]
  }

  /// `"2048 1556 0 0 2048 1556 1 name"`: the size of a format, read from its first two numbers.
  var format: PictureSize? {
    let words = self["format"]?.text.split(separator: " ") ?? []
    guard words.count > 1, let width = Double(words[0]), let height = Double(words[1]) else {
      return nil
    }
    return PictureSize.said(width, height)
  }
}
