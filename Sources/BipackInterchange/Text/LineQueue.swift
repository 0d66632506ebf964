/// The lines of a text that are not blank, one after the other.
struct LineQueue {
  private let text: TextLines
  private var index = 0

  init(_ text: TextLines) { self.text = text }

  /// The next line without taking it; nil at the end.
  var rest: TextLine? {
    mutating get {
      while index < text.count, text[index].isBlank { index += 1 }
      return index < text.count ? text[index] : nil
    }
  }

  mutating func next(_ what: String) throws(InterchangeError) -> TextLine {
    guard let line = rest else {
      throw InterchangeError(
        line: text.count, "the file ends too early", expected: what, advice: "export it again")
    }
    index += 1
    return line
  }

  mutating func skip() { index += 1 }
}

extension [TextWord] {
  /// Fails unless there are so many, or more.
  func expect(_ count: Int, _ what: String, orMore: Bool = false) throws(InterchangeError) {
    if self.count == count || orMore && self.count > count { return }
    guard let first else { throw InterchangeError("found nothing", expected: what) }
    let found = map(\.text).joined(separator: " ")
    throw InterchangeError(first, "found '\(found.prefix(60))'", expected: what)
  }
}

extension ArraySlice<TextWord> {
  /// The first three: a frame, and where a point is there.
  func key() throws(InterchangeError) -> (frame: Double, x: Double, y: Double) {
    let words = Array(prefix(3))
    return (try words[0].frame(), try words[1].number("x"), try words[2].number("y"))
  }
}

extension ImportedTrack {
  mutating func add(
    _ key: (frame: Double, x: Double, y: Double), confidence: Double? = nil, line: Int
  ) {
    add(key.frame, key.x, key.y, confidence: confidence, line: line)
  }
}

extension Imported {
  /// Puts a track at the end and begins the next.
  mutating func begin(_ name: String, _ track: inout ImportedTrack?, line: Int) {
    add(track)
    track = ImportedTrack(name, line: line)
  }

  /// Puts a track at the end; one without keys is named and left out.
  mutating func add(_ track: ImportedTrack?) {
    guard let track else { return }
    if track.samples.isEmpty {
      note(track.line, "track '\(track.name)' has no keys and is left out")
    } else {
      tracks.append(track)
    }
  }
}
