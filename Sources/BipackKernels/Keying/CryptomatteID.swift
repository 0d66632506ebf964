/// The number of an object in a Cryptomatte (Friedman & Jones, Fully automatic ID mattes with support
/// for motion blur and transparency, 2015): a hash of its name, stored as the bits of a float.
package struct CryptomatteID: Hashable, Sendable {
  package let bits: UInt32

  package init(bits: UInt32) { self.bits = bits }

  /// Of a name's UTF-8. A hash whose exponent bits are all 0 or all 1 would be no ordinary float (a
  /// denormal, an infinity, NaN): its lowest exponent bit is flipped.
  package init(name: String) {
    let hash = MurmurHash3.hash(Array(name.utf8))
    let exponent = hash >> 23 & 255
    bits = exponent == 0 || exponent == 255 ? hash ^ (1 << 23) : hash
  }

  /// Of eight hexadecimal digits, as a manifest has it.
  package init?(hex: String) {
    guard (1...8).contains(hex.utf8.count), let bits = UInt32(hex, radix: 16) else { return nil }
    self.bits = bits
  }
}

/// MurmurHash3's 32-bit hash (Austin Appleby, public domain).
package enum MurmurHash3 {
  package static func hash(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    var hash = seed
    let whole = bytes.count / 4
    for i in 0..<whole {
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * i + $1]) << UInt32(8 * $1) }
      hash = rotated(hash ^ mixed(word), 13) &* 5 &+ 0xe654_6b64
    }
    var rest: UInt32 = 0
    for i in 4 * whole..<bytes.count { rest |= UInt32(bytes[i]) << UInt32(8 * (i - 4 * whole)) }
    if bytes.count > 4 * whole { hash ^= mixed(rest) }
    hash ^= UInt32(truncatingIfNeeded: bytes.count)
    hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
    hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
    return hash ^ hash >> 16
  }

  private static func mixed(_ word: UInt32) -> UInt32 {
    rotated(word &* 0xcc9e_2d51, 15) &* 0x1b87_3593
  }

  private static func rotated(_ word: UInt32, _ by: UInt32) -> UInt32 {
    word << by | word >> (32 - by)
  }
}
