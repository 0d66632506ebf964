/// A 128-bit content hash that is the same on every machine, in every process, for ever.
///
/// It names cached pixels, so it must never be seeded (`Hasher` is) and its definition is part of
/// the disk format: change it together with `StableHasher.version`.
@frozen
public struct StableHash: Hashable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 32 hexadecimal digits.
  public var description: String { Self.hex(high) + Self.hex(low) }

  /// The hash that `description` spells.
  public init?(_ digits: String) {
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  private static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Feeds values into a `StableHash`. Every `combine` is prefixed by its kind or length, so that
/// ("ab", "c") and ("a", "bc") differ. The mixing is MurmurHash3's x64-128 body on 64-bit words.
public struct StableHasher: Sendable {
  public static let version = 1

  private var h1: UInt64 = 0x9e37_79b9_7f4a_7c15
  private var h2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  private var pending: UInt64?
  private var words: UInt64 = 0

  public init() { combine(word: UInt64(Self.version)) }

  private static func mix(_ value: UInt64) -> UInt64 {
    var k = value
    k ^= k >> 33
    k &*= 0xff51_afd7_ed55_8ccd
    k ^= k >> 33
    k &*= 0xc4ce_b9fe_1a85_ec53
    k ^= k >> 33
    return k
  }

  private static func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { (x << n) | (x >> (64 - n)) }

  private mutating func absorb(_ a: UInt64, _ b: UInt64) {
    let c1: UInt64 = 0x87c3_7b91_1142_53d5
    let c2: UInt64 = 0x4cf5_ad43_2745_937f
    h1 ^= Self.rotate(a &* c1, 31) &* c2
    h1 = (Self.rotate(h1, 27) &+ h2) &* 5 &+ 0x52dc_e729
    h2 ^= Self.rotate(b &* c2, 33) &* c1
    h2 = (Self.rotate(h2, 31) &+ h1) &* 5 &+ 0x3849_5ab5
  }

  public mutating func combine(word: UInt64) {
    words &+= 1
    if let first = pending {
      pending = nil
      absorb(first, word)
    } else {
      pending = word
    }
  }

  public mutating func combine(_ value: Int) { combine(word: UInt64(bitPattern: Int64(value))) }
  public mutating func combine(_ value: Bool) { combine(word: value ? 1 : 2) }

  /// Both zeros are one value; NaN is one value.
  public mutating func combine(_ value: Double) {
    combine(word: value == 0 ? 0 : (value.isNaN ? Double.nan : value).bitPattern)
  }

  public mutating func combine(_ value: Float) { combine(Double(value)) }

  public mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  public mutating func combine(_ hash: StableHash) {
    combine(word: hash.high)
    combine(word: hash.low)
  }

  public mutating func combine(bytes: UnsafeRawBufferPointer) {
    combine(word: UInt64(bytes.count) ^ 0x5354_5249_4e47_0000)
    var i = 0
    while i + 8 <= bytes.count {
      combine(word: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)))
      i += 8
    }
    if i < bytes.count {
      var last: UInt64 = 0
      var shift: UInt64 = 0
      while i < bytes.count {
        last |= UInt64(bytes[i]) << shift
        shift += 8
        i += 1
      }
      combine(word: last)
    }
  }

  public consuming func finalize() -> StableHash {
    let count = words
    if let first = pending { absorb(first, 0x8000_0000_0000_0000) }
    h1 ^= count
    h2 ^= count
    h1 &+= h2
    h2 &+= h1
    h1 = Self.mix(h1)
    h2 = Self.mix(h2)
    h1 &+= h2
    h2 &+= h1
    return StableHash(high: h1, low: h2)
  }
}
