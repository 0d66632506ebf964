/// MatchMover tracks (.rz2): `imageSequence "name" { w h f("path") b(first last step) }`, then
/// `pointTrack "name" rgb(...) { frame x y kind(...) ... }`. Pixels, y down.
enum MatchMover: InterchangeReader {
  static let name = "matchmover"
  static let title = "MatchMover tracks"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.words.first?.text == "imageSequence"
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.down)
    var lines = LineQueue(text)
    while let line = lines.rest {
      lines.skip()
      let words = line.words
      switch words[0].text {
      case "imageSequence":
        _ = try opening(&lines)
        let sizes = try lines.next("the size of the pictures").words
        try sizes.expect(2, "width height", orMore: true)
        result.size = PictureSize.said(
          try sizes[0].number("the width"), try sizes[1].number("the height"))
        while try !lines.next("'}'").trimmed.text.hasPrefix("}") {}
      case "pointTrack":
        result.add(try track(line, &lines))
      default:
        result.note(line.number, "'\(words[0].text)' is not read")
        guard let next = lines.rest, next.trimmed.text.hasPrefix("{") else { continue }
        while try !lines.next("'}'").trimmed.text.hasPrefix("}") {}
      }
    }
    return result
  }

  private static func opening(_ lines: inout LineQueue) throws(InterchangeError) {
    let line = try lines.next("'{'")
    guard line.trimmed.text == "{" else {
      throw InterchangeError(line.trimmed, expected: "'{'")
    }
  }

  private static func track(_ heading: TextLine, _ lines: inout LineQueue)
    throws(InterchangeError) -> ImportedTrack
  {
    let parts = heading.text.split(separator: "\"", omittingEmptySubsequences: false)
    guard parts.count > 2 else {
      throw InterchangeError(heading.trimmed, expected: "pointTrack \"name\"")
    }
    var track = ImportedTrack(String(parts[1]), line: heading.number)
    try opening(&lines)
    while true {
      let line = try lines.next("'}' after the keys of '\(track.name)'")
      if line.trimmed.text.hasPrefix("}") { return track }
      let words = line.words
      try words.expect(3, "frame x y", orMore: true)
      track.add(
        try words[0...].key(), confidence: confidence(words), line: line.number)
    }
  }

  /// What stands behind the position: `p+( 0.95 )` of a tracked frame, `ki( 0.8 )` of one set by hand.
  private static func confidence(_ words: [TextWord]) -> Double? {
    guard words.count > 4, words[3].text.hasPrefix("p") else { return nil }
    return words[4].number
  }
}
