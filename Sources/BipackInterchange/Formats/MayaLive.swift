/// Maya Live: `# Size w h`, then for each point `# Name n` and lines `point frame x y residual`. x and y are in
/// half heights from the middle, y up.
enum MayaLive: InterchangeReader {
  static let name = "mayalive"
  static let title = "Maya Live tracks"

  static func recognises(_ text: TextLines) -> Bool {
    guard let words = text.opening(1).first?.words, words.count >= 4 else { return false }
    return words[0].text == "#" && words[1].text == "Size"
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.halfHeights, firstFrame: 0)
    var track: ImportedTrack?
    for line in text where !line.isBlank {
      let words = line.words
      if words[0].text == "#" {
        guard words.count > 1 else { continue }
        if words[1].text == "Size" {
          try words.expect(4, "# Size width height", orMore: true)
          let (width, height) = (
            try words[2].number("the width"), try words[3].number("the height")
          )
          guard let size = PictureSize.said(width, height) else {
            throw InterchangeError(words[2], expected: "a width and a height from 1 to 1000000")
          }
          result.size = size
        } else if words[1].text == "Name" {
          let name = words.dropFirst(2).map(\.text).joined(separator: " ")
          result.begin(name, &track, line: line.number)
        }
        continue
      }
      guard track != nil else {
        throw InterchangeError(words[0], expected: "a line '# Name ...' before the keys of a point")
      }
      try words.expect(4, "point frame x y residual", orMore: true)
      track?.add(try words[1...].key(), line: line.number)
    }
    result.add(track)
    return result
  }
}
