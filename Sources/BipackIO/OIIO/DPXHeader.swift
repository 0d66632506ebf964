import BipackPixels

/// What a DPX of ours says in its header (SMPTE ST 268), put over what OpenImageIO wrote there: the
/// file's name, no date, transfer and colorimetric of the colour space, timecode and rate.
struct DPXHeader {
  private let isBig: Bool
  private(set) var pieces: [(offset: Int, bytes: [UInt8])] = []

  /// `start` is how the file begins: its first four bytes tell the order of the others.
  init(start: [UInt8], name: String, color: ColorTags?, metadata: Metadata) {
    isBig = start.starts(with: Array("SDPX".utf8))
    put(name, at: 36, room: 100)
    put("", at: 136, room: 24)
    put("bipack", at: 160, room: 100)
    let (transfer, colorimetric) = Self.codes(color)
    pieces.append((801, [transfer, colorimetric]))
    if let exponent = color?.exponent, exponent != 1 {
      put(UInt32(Float(exponent).bitPattern), at: 1948)
    }
    if case .timeCode(let word, let user)? = metadata[Metadata.timecodeKey] {
      put(word, at: 1920)
      put(user, at: 1924)
    }
    if let rate = metadata.frameRate {
      // Once for film and once for television: readers look at either.
      for offset in [1724, 1940] { put(Float(rate.framesPerSecond).bitPattern, at: offset) }
    }
  }

  /// The codes for transfer and colorimetric; 0 is "defined by the user", which is all that can be said
  /// of curves the standard does not know.
  static func codes(_ color: ColorTags?) -> (transfer: UInt8, colorimetric: UInt8) {
    let isRec709 = color?.primaries == .rec709
    return switch color?.curve {
    case .printingDensity: (1, 1)
    case .linear: (2, isRec709 ? 6 : 0)
    case .log: (3, 0)
    case .rec709, .rec1886: isRec709 ? (6, 6) : (0, 0)
    default: (0, isRec709 ? 6 : 0)
    }
  }

  private mutating func put(_ text: String, at offset: Int, room: Int) {
    let bytes = Array(text.utf8.prefix(room - 1))
    pieces.append((offset, bytes + [UInt8](repeating: 0, count: room - bytes.count)))
  }

  private mutating func put(_ value: UInt32, at offset: Int) {
    let ordered = isBig ? value.bigEndian : value.littleEndian
    pieces.append((offset, withUnsafeBytes(of: ordered) { Array($0) }))
  }
}
