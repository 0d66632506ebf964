/// Shake's tracker text, also Nuke's CameraTracker user tracks: `TrackName n`, a line of headings, and
/// `frame x y correlation`. Pixels from the lower left.
enum ShakeTracks: InterchangeReader {
  static let name = "shake"
  static let title = "Shake tracker text"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.words.first?.text == "TrackName"
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.up)
    var track: ImportedTrack?
    for line in text where !line.isBlank {
      let words = line.words
      if words[0].text == "TrackName" {
        let name = words.dropFirst().map(\.text).joined(separator: " ")
        result.begin(name, &track, line: line.number)
        continue
      }
      if words[0].text == "Frame" { continue }
      guard track != nil else {
        throw InterchangeError(words[0], expected: "a line 'TrackName ...' before the keys")
      }
      guard words.count == 3 || words.count == 4 else {
        throw InterchangeError(words[0], expected: "frame x y correlation")
      }
      track?.add(
        try words[0...].key(),
        confidence: words.count == 4 ? try words[3].number("the correlation") : nil,
        line: line.number)
    }
    result.add(track)
    return result
  }
}

/// A script of Shake: its `Tracker`, `Stabilize` and `MatchMove` nodes, whose tracks are arguments `"name",
/// x curve, y curve`. A curve is `Linear(first, value@frame, ...)`, `Hermite(first, [value,left,right]@frame,
/// ...)`, `CSpline(...)`.
enum ShakeScript: InterchangeReader {
  static let name = "shake-script"
  static let title = "Shake script"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.text.hasPrefix("// Shake v") == true
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.up)
    var source = CallText(text)
    while let call = try source.nextCall() {
      result.classes[call.function, default: 0] += 1
      guard ["Tracker", "Stabilize", "MatchMove"].contains(call.function) else { continue }
      for place in call.arguments.indices.dropLast(2) {
        let (name, x, y) = (
          call.arguments[place], call.arguments[place + 1], call.arguments[place + 2]
        )
        guard name.text.hasPrefix("\""), let xs = try curve(x), let ys = try curve(y) else {
          continue
        }
        var track = ImportedTrack(
          "\(call.name).\(name.text.filter { $0 != "\"" })", line: name.line)
        let byFrame = Dictionary(ys.map { ($0.frame, $0.value) }, uniquingKeysWith: { $1 })
        for key in xs {
          guard let other = byFrame[key.frame] else { continue }
          track.add(key.frame, key.value, other, line: x.line)
        }
        result.add(track)
      }
    }
    return result
  }

  /// The keys of `Hermite(0,[0.5,0,0]@1)`; nil for what is no curve.
  private static func curve(_ word: TextWord) throws(InterchangeError) -> [ImportedKey]? {
    guard let open = word.text.firstIndex(of: "("), word.text.hasSuffix(")"),
      ["Linear", "Hermite", "CSpline", "JSpline", "NSpline"].contains(String(word.text[..<open]))
    else { return nil }
    let inside = word.text[word.text.index(after: open)...].dropLast()
    var keys: [ImportedKey] = []
    for part in CallText.split(inside).dropFirst() {
      guard let at = part.lastIndex(of: "@"), let frame = Double(part[part.index(after: at)...]),
        abs(frame) <= Frames.most,
        let first = part[..<at].drop(while: { $0 == "[" }).split(separator: ",").first,
        let value = Double(first.filter { $0 != "]" }), value.isFinite
      else {
        throw InterchangeError(
          word, "found '\(part.prefix(40))' in a curve", expected: "value@frame")
      }
      keys.append(ImportedKey(frame, value))
    }
    return keys
  }
}
