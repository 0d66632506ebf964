/// PFTrack's and PFMatchit's 2D tracks (.2dt, .txt): a name in quotes; the camera's name in quotes (PFTrack 5) or
/// its number (PFMatchit); how many keys; `frame x y residual`. Pixels from the middle of the lower left one.
/// PFTrack counts frames from 0, PFMatchit, which numbers cameras, from 1.
enum PFTrack: InterchangeReader {
  static let name = "pftrack"
  static let title = "PFTrack 2D tracks"

  static func recognises(_ text: TextLines) -> Bool {
    let lines = text.opening(40).drop { $0.trimmed.text.hasPrefix("#") }.prefix(2)
    guard lines.count == 2, let name = lines.first?.trimmed.text, let next = lines.last else {
      return false
    }
    return name.count > 1 && name.hasPrefix("\"") && name.hasSuffix("\"")
      && (next.trimmed.text.hasPrefix("\"") || Int(next.trimmed.text) != nil)
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.upFromPixelCentres, firstFrame: 0)
    var lines = LineQueue(text)
    while let line = lines.rest {
      lines.skip()
      if line.trimmed.text.hasPrefix("#") { continue }
      var name = try quoted(line.trimmed, "the name of a track in quotes")
      var count = try lines.next("how many keys '\(name)' has").trimmed
      if count.text.hasPrefix("\"") {
        name += "_" + (try quoted(count, "the name of a camera in quotes"))
        count = try lines.next("how many keys '\(name)' has").trimmed
      } else if let next = lines.rest, next.words.count == 1, Int(next.trimmed.text) != nil {
        // The number of a camera, and then that of the keys.
        lines.skip()
        name += "_" + count.text
        count = next.trimmed
        result.firstFrame = 1
      }
      var track = ImportedTrack(name, line: line.number)
      let keys = try count.count("keys")
      for key in 0..<keys {
        let words = try lines.next("key \(key + 1) of \(keys) of '\(name)'").words
        try words.expect(3, "frame x y residual", orMore: true)
        track.add(try words[0...].key(), line: words[0].line)
      }
      result.add(track)
    }
    return result
  }

  private static func quoted(_ word: TextWord, _ what: String) throws(InterchangeError) -> String {
    guard word.text.count > 1, word.text.hasPrefix("\""), word.text.hasSuffix("\"") else {
      throw InterchangeError(word, expected: what)
    }
    return String(word.text.dropFirst().dropLast())
  }
}
