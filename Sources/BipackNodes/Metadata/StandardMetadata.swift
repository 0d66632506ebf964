import BipackPixels

/// The types of the attributes that OpenEXR's standard names. A picture that calls its sensitivity
/// `isoSpeed` says it as a float, or readers that know the name do not find it.
enum StandardMetadata {
  enum Kind: Hashable {
    case text
    case texts
    case integer
    case float
    case floats(Int)
    case integers(Int)
    case rate
    /// Counted from frame to frame; no one value can be set.
    case timecode
  }

  static let kinds: [String: Kind] = {
    let names: [(Kind, String)] = [
      (
        .text,
        """
        owner comments capDate renderingTransform lookModTransform wrapmodes colorInteropID reelName \
        ascFramingDecisionList cameraMake cameraModel cameraSerialNumber cameraFirmwareVersion cameraUuid \
        cameraLabel lensMake lensModel lensSerialNumber lensFirmwareVersion
        """
      ),
      (
        .float,
        """
        whiteLuminance xDensity utcOffset longitude latitude altitude focus expTime aperture isoSpeed tStop \
        shutterAngle cameraCCTSetting cameraTintSetting nominalFocalLength pinholeFocalLength \
        effectiveFocalLength entrancePupilOffset sensorPhotositePitch
        """
      ),
      (
        .floats(2),
        "adoptedNeutral cameraColorBalance sensorCenterOffset sensorOverallDimensions"
      ),
      (.floats(8), "chromaticities"), (.floats(16), "worldToCamera worldToNDC"),
      (.integers(4), "originalDataWindow sensorAcquisitionRectangle"), (.integers(7), "keyCode"),
      (.integer, "imageCounter"), (.texts, "multiView"), (.rate, Metadata.frameRateKey),
      (.rate, "captureRate"),
      (.timecode, Metadata.timecodeKey),
    ]
    var kinds: [String: Kind] = [:]
    for (kind, list) in names {
      for name in list.split(separator: " ") { kinds[String(name)] = kind }
    }
    return kinds
  }()
}

extension StandardMetadata.Kind {
  /// What a value of this kind looks like.
  var shape: String {
    switch self {
    case .text: "a text"
    case .texts: "names with blanks between"
    case .integer: "a whole number"
    case .float: "a number"
    case .floats(let count): "\(count) numbers with blanks between"
    case .integers(let count): "\(count) whole numbers with blanks between"
    case .rate: "frames a second, as 25 or 24000/1001"
    case .timecode: "nothing: the parameter 'startcode' gives it"
    }
  }

  /// The value that a text means; nil if it is none of this kind.
  func value(_ text: String) -> Metadata.Value? {
    let words = text.split { $0 == " " || $0 == "," }
    let floats = words.compactMap { Float($0) }.filter(\.isFinite).map(Double.init)
    let integers = words.compactMap { Int32($0) }.map(Int.init)
    switch self {
    case .text: return .string(text)
    case .texts: return words.isEmpty ? nil : .strings(words.map(String.init))
    case .integer: return words.count == 1 ? integers.first.map(Metadata.Value.int) : nil
    case .float: return words.count == 1 ? floats.first.map(Metadata.Value.float) : nil
    case .floats(let count):
      return words.count == count && floats.count == count ? .floats(floats) : nil
    case .integers(let count):
      return words.count == count && integers.count == count ? .ints(integers) : nil
    case .rate:
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let rate: FrameRate? =
        parts.count == 2
        ? Int(parts[0]).flatMap { over in Int(parts[1]).flatMap { FrameRate(over, $0) } }
        : Double(text).flatMap { FrameRate($0) }
      return rate.map { .rational($0.numerator, $0.denominator) }
    case .timecode: return nil
    }
  }
}
