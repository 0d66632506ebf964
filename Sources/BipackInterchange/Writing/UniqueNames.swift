import BipackGraph

/// Names, each given once, and what a person should know about them.
struct UniqueNames {
  private var taken: Set<String> = ["plate"]
  private var repeats: [String: Int] = [:]
  private(set) var notes: [InterchangeNote] = []

  /// `wanted`, or where that is taken `wanted 2`.
  mutating func name(_ wanted: String, _ line: Int) -> String {
    var name = wanted
    // Nodes are called by letters, digits and `_`: what differs only otherwise is the same there.
    while !taken.insert(ImportedNode.nodeName(name)).inserted {
      repeats[wanted, default: 1] += 1
      name = "\(wanted) \(repeats[wanted, default: 2])"
    }
    if name != wanted {
      notes.append(
        InterchangeNote(line, "there is another '\(wanted)'; this one is called '\(name)'"))
    }
    return name
  }

  mutating func add(_ more: [InterchangeNote]) { notes += more }

  /// Of several keys on one frame the last counts.
  mutating func note(repeated track: ImportedTrack) {
    for sample in track.repeated {
      notes.append(
        InterchangeNote(
          sample.line,
          "track '\(track.name)' has another key at frame \(Wording.number(sample.frame)) further on, which counts"
        ))
    }
  }
}
