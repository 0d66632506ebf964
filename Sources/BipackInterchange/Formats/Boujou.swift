/// boujou, 2D tracks: `track view x y`, a name on each line. y points down and counts from 1.
enum BoujouTracks: InterchangeReader {
  static let name = "boujou"
  static let title = "boujou 2D tracks"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.text.hasPrefix("# boujou 2d tracks export") == true
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.downFromOne, firstFrame: 0)
    var track: ImportedTrack?
    for line in text where !line.isBlank {
      let words = line.words
      if words[0].text.hasPrefix("#") { continue }
      try words.expect(4, "track view x y")
      if words[0].text != track?.name {
        result.begin(words[0].text, &track, line: line.number)
      }
      track?.add(try words[1...].key(), line: line.number)
    }
    result.add(track)
    return result
  }
}
