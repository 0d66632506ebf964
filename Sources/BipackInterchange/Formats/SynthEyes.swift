/// SynthEyes, Tracker 2-D Paths: `name frame x y flags`, x and y from -1 to 1, y down.
///
/// What -1 and 1 stand for was measured on the corners of one picture tracked there and elsewhere: with
/// x = width/2 + u (width - 1)/2 all agree to a fiftieth of a pixel.
enum SynthEyesPaths: InterchangeReader {
  static let name = "syntheyes"
  static let title = "SynthEyes Tracker 2-D Paths"

  static func recognises(_ text: TextLines) -> Bool {
    let lines = text.opening(3).map(\.words)
    return !lines.isEmpty
      && lines.allSatisfy { words in
        (words.count == 4 || words.count == 5) && Double(words[0].text) == nil
          && words.dropFirst().allSatisfy { $0.number != nil }
      }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.middleOut, firstFrame: 0)
    var track: ImportedTrack?
    for line in text where !line.isBlank {
      let words = line.words
      guard words.count == 4 || words.count == 5 else {
        throw InterchangeError(
          words[0], "found '\(line.trimmed.text.prefix(60))'", expected: "name frame x y flags")
      }
      if words[0].text != track?.name {
        result.begin(words[0].text, &track, line: line.number)
      }
      track?.add(try words[1...].key(), line: line.number)
    }
    result.add(track)
    return result
  }
}

/// SynthEyes, All Tracker Paths: names, each with its keys `frame x y` below; pixels, y down.
enum SynthEyesAllPaths: InterchangeReader {
  static let name = "syntheyes-all"
  static let title = "SynthEyes All Tracker Paths"

  static func recognises(_ text: TextLines) -> Bool {
    let lines = text.opening(2).map(\.words)
    return lines.count == 2 && lines[0].count < 3 && lines[1].count == 3
      && lines[1].allSatisfy { $0.number != nil }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.down, firstFrame: 0)
    var track: ImportedTrack?
    for line in text where !line.isBlank {
      let words = line.words
      guard words.count == 3, track != nil else {
        if words.count == 3, words.allSatisfy({ $0.number != nil }) {
          throw InterchangeError(words[0], expected: "the name of a tracker before its keys")
        }
        result.begin(line.trimmed.text, &track, line: line.number)
        continue
      }
      track?.add(try words[0...].key(), line: line.number)
    }
    result.add(track)
    return result
  }
}
