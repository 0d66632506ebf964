/// Flame's stabilizer: channels of key frames. A tracker is where its reference is, less the shift that holds it
/// there: `tracker1/ref/x` at its first key minus `tracker1/shift/x`. Pixels from the lower left;
/// frames count from 1.
enum FlameStabilizer: InterchangeReader {
  static let name = "flame"
  static let title = "Flame stabilizer"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.words.first?.text == "StabilizerFileVersion"
  }

  private struct Channel {
    var value = 0.0
    var keys: [(frame: Double, value: Double, line: Int)] = []

    /// At its first key, or its own value.
    var reference: Double { keys.first?.value ?? value }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.up, firstFrame: 1)
    var (width, height) = (0.0, 0.0)
    var channels: [String: Channel] = [:]
    var trackers: [(name: String, line: Int)] = []
    var open: String?
    var frame: Double?
    var (isComplete, isKey) = (false, false)
    for line in text where !line.isBlank {
      let words = line.words
      let value = words.count > 1 ? words[1] : nil
      switch (words[0].text, value) {
      case ("FrameWidth", let value?): width = try value.number("the width")
      case ("FrameHeight", let value?): height = try value.number("the height")
      case ("Channel", let value?):
        open = value.text
        (frame, isKey) = (nil, false)
        channels[value.text] = Channel()
        let parts = value.text.split(separator: "/")
        if parts.count == 3, !trackers.contains(where: { $0.name == parts[0] }) {
          trackers.append((String(parts[0]), line.number))
        }
      case ("Key", _?) where open != nil: isKey = true
      case ("Frame", let value?) where isKey: frame = try value.frame()
      case ("Value", let value?):
        guard let open else { continue }
        let number = try value.number("the value of \(open)")
        if isKey {
          guard let frame else {
            throw InterchangeError(words[0], expected: "a line 'Frame' before the value of a key")
          }
          channels[open]?.keys.append((frame, number, line.number))
        } else {
          channels[open]?.value = number
        }
      case ("End", nil):
        if isKey { (isKey, frame) = (false, nil) } else { open = nil }
      case ("ChannelEnd", _): isComplete = true
      default: break
      }
    }
    guard isComplete else {
      throw InterchangeError(
        line: text.count, "the file ends too early", expected: "'ChannelEnd' after the channels",
        advice: "export it again")
    }
    result.size = PictureSize.said(width, height)
    for tracker in trackers {
      result.add(try track(tracker.name, tracker.line, channels))
    }
    return result
  }

  private static func track(_ name: String, _ line: Int, _ channels: [String: Channel])
    throws(InterchangeError) -> ImportedTrack
  {
    func channel(_ path: String) -> Channel { channels["\(name)/\(path)"] ?? Channel() }
    let (refX, refY) = (channel("ref/x").reference, channel("ref/y").reference)
    let ys = Dictionary(
      channel("shift/y").keys.map { ($0.frame, $0.value) }, uniquingKeysWith: { $1 })
    var track = ImportedTrack(name, line: line)
    for key in channel("shift/x").keys {
      guard let y = ys[key.frame] else {
        throw InterchangeError(
          line: key.line, "\(name)/shift/y has no key at frame \(key.frame), as shift/x has",
          expected: "keys of both on the same frames",
          advice: "bake the tracker and export it again")
      }
      track.add(key.frame, refX - key.value, refY - y, line: key.line)
    }
    return track
  }
}
