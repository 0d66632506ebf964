import BipackPixels

/// What OpenImageIO calls by names of its own, under the names EXR has for it: timecode and frame rate,
/// by which the rest of Bipack knows them. A word that is no time of day is none: scanners fill the field with
/// anything.
enum StandardAttributes {
  static func add(to metadata: inout Metadata) {
    if metadata[Metadata.timecodeKey] == nil,
      case .ints(let words)? = metadata["smpte:TimeCode"], words.count == 2,
      case let word = UInt32(truncatingIfNeeded: words[0]), Timecode.isAddress(word)
    {
      metadata[Metadata.timecodeKey] = .timeCode(word, UInt32(truncatingIfNeeded: words[1]))
    }
    // A DPX has a rate for television and one for film.
    for key in ["dpx:TemporalFrameRate", "dpx:FrameRate"] where metadata.frameRate == nil {
      if case .float(let value)? = metadata[key] { metadata.frameRate = FrameRate(value) }
    }
  }
}
