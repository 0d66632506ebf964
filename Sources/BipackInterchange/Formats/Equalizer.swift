/// 3DEqualizer 4, 2D points: how many; then for each its name, its colour, how many keys, and the keys
/// `frame x y`. Pixels from the lower left; frames count from 1.
enum EqualizerPoints: InterchangeReader {
  static let name = "3de4"
  static let title = "3DEqualizer 4 2D points"

  static func recognises(_ text: TextLines) -> Bool {
    let lines = text.opening(5).map(\.words)
    guard lines.count >= 4, lines[0].count == 1, Int(lines[0][0].text) != nil else { return false }
    return lines[2].count == 1 && Int(lines[2][0].text) != nil && lines[3].count == 1
      && Int(lines[3][0].text) != nil && (lines.count == 4 || lines[4].count == 3)
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.up, firstFrame: 1)
    var lines = LineQueue(text)
    let count = try lines.next("how many points there are").trimmed.count("points there are")
    for index in 0..<count {
      let name = try lines.next("the name of point \(index + 1) of \(count)").trimmed
      _ = try lines.next("the colour of '\(name.text)'").trimmed.number("the colour")
      let keys = try lines.next("how many keys '\(name.text)' has").trimmed.count("keys")
      var track = ImportedTrack(name.text, line: name.line)
      for key in 0..<keys {
        let words = try lines.next("key \(key + 1) of \(keys) of '\(name.text)'").words
        try words.expect(3, "frame x y")
        track.add(try words[0...].key(), line: words[0].line)
      }
      result.add(track)
    }
    if let line = lines.rest {
      throw InterchangeError(
        line.trimmed, "there is more after the last of \(count) points",
        expected: "as many points as the first line says")
    }
    return result
  }
}

/// 3DEqualizer 3, tracking curves: a line with the picture's size, then names, each with its keys behind a tab.
enum EqualizerCurves: InterchangeReader {
  static let name = "3de3"
  static let title = "3DEqualizer 3 tracking curves"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.text.hasPrefix("// 3DE Multiple Tracking Curves") == true
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.up, firstFrame: 1)
    var track: ImportedTrack?
    for line in text where !line.isBlank {
      let words = line.words
      if words[0].text == "//" {
        if let by = words.firstIndex(where: { $0.text == "x" }), by > 0, by + 1 < words.count {
          result.size = PictureSize.said(
            words[by - 1].number ?? 0, words[by + 1].number ?? 0)
        }
        continue
      }
      guard line.bytes.first?.isBlank == true else {
        result.begin(line.trimmed.text, &track, line: line.number)
        continue
      }
      guard track != nil else {
        throw InterchangeError(words[0], expected: "the name of a point before its keys")
      }
      try words.expect(3, "frame x y")
      track?.add(try words[0...].key(), line: line.number)
    }
    result.add(track)
    return result
  }
}
