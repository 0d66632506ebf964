/// One format: how it is recognised, what it means by its numbers, how it is read. A reader is a pure function
/// of the text: it opens no file, and whatever the bytes are it gives a model or an error.
package protocol InterchangeReader: Sendable {
  /// What `--format` calls it.
  static var name: String { get }
  /// The program and its file, for people.
  static var title: String { get }
  /// Whether a text is of this format, from its first lines.
  static func recognises(_ text: TextLines) -> Bool
  static func read(_ text: TextLines) throws(InterchangeError) -> Imported
}

/// All formats, and how a file finds its own.
package enum Interchange {
  /// Those whose first words are unmistakable come first.
  package static let readers: [any InterchangeReader.Type] = [
    NukeScript.self, NatronProject.self, MatchMoverScene.self, GLTFCameras.self,
    SilhouetteShapes.self,
    AfterEffects.self, EqualizerCurves.self, BoujouTracks.self, BoujouCamera.self, MayaLive.self,
    ShakeTracks.self, ShakeScript.self, FlameStabilizer.self, MatchMover.self, PFTrack.self,
    SynthEyesPaths.self, AnimationChannels.self, EqualizerPoints.self, SynthEyesAllPaths.self,
  ]

  /// Files larger than this are refused.
  package static let mostBytes = 1 << 28

  package static func reader(_ name: String) -> (any InterchangeReader.Type)? {
    readers.first { $0.name == name }
  }

  /// Reads a text in the format it is in, or in the one that is named.
  package static func read(_ bytes: [UInt8], as format: (any InterchangeReader.Type)? = nil)
    throws(InterchangeError) -> (format: any InterchangeReader.Type, Imported)
  {
    guard bytes.count <= mostBytes else {
      throw InterchangeError("the file has \(bytes.count) bytes; at most \(mostBytes) are read")
    }
    let text = TextLines(bytes)
    guard let reader = format ?? readers.first(where: { $0.recognises(text) }) else {
      throw unrecognised(text)
    }
    let imported = try reader.read(text)
    guard !imported.isEmpty || !imported.notes.isEmpty else {
      throw InterchangeError("there is nothing in it: a \(reader.title) without a single key")
    }
    return (reader, imported)
  }

  private static func unrecognised(_ text: TextLines) -> InterchangeError {
    guard let line = text.opening(1).first else {
      return InterchangeError("the file is empty", advice: "export it again")
    }
    let isBinary = text.bytes.prefix(4096).contains(0)
    return InterchangeError(
      line: line.number,
      isBinary
        ? "the file is not text"
        : "no format is known by these first words: \"\(line.trimmed.text.prefix(60))\"",
      expected: "a file of " + readers.map { $0.title }.joined(separator: ", "),
      advice: isBinary
        ? "export it as text" : "--format names the format; 'bipack import --help' lists them")
  }
}
