/// Where the pixels of a DPX end, by its header. OpenImageIO fills up with black what a file that was cut
/// no longer has.
struct DPXExtent {
  /// Bytes the file must have; 0 when that cannot be told (run-length encoding, an odd header).
  let end: Int

  /// `header` is the first 2048 bytes.
  init(header: [UInt8]) {
    let isBig = header.starts(with: Array("SDPX".utf8))
    guard header.count >= 2048, isBig || header.starts(with: Array("XPDS".utf8)) else {
      end = 0
      return
    }
    func number(_ at: Int, _ count: Int) -> Int {
      let bytes = header[at..<at + count]
      return (isBig ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    let (width, height) = (number(772, 4), number(776, 4))
    var end = 0
    for element in 0..<min(8, number(770, 2)) {
      let at = 780 + 72 * element
      let isEncoded = number(at + 26, 2) == 1
      guard !isEncoded, let components = Self.components(header[at + 20]) else { continue }
      let line = Self.lineBytes(
        samples: width * components, bits: Int(header[at + 23]), isPacked: number(at + 24, 2) == 0)
      let offset = number(at + 28, 4)
      if offset != 0xffff_ffff, line < 1 << 32 { end = max(end, offset + line * height) }
    }
    self.end = end
  }

  /// Samples of a pixel, by the descriptor of an element.
  private static func components(_ descriptor: UInt8) -> Int? {
    switch descriptor {
    case 1...9: 1
    case 50: 3
    case 51, 52: 4
    case 100: 2
    case 101, 102: 3
    case 103: 4
    default: nil
    }
  }

  /// Lines are whole words of 32 bits; a word that is filled holds three samples of 10 bits, or two of 12.
  private static func lineBytes(samples: Int, bits: Int, isPacked: Bool) -> Int {
    let words =
      switch bits {
      case 10 where !isPacked: (samples + 2) / 3
      case 12 where !isPacked: (samples + 1) / 2
      default: (samples * bits + 31) / 32
      }
    return 4 * words
  }
}
