import BipackPixels
import CPack
import Testing

/// Small and repeatable random numbers.
struct Dice {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 2 &+ 1 }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var x = state
    x ^= x >> 33
    x = x &* 0xff51_afd7_ed55_8ccd
    return x ^ (x >> 33)
  }

  mutating func next(below count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
}

@Suite("Packed blocks") struct PackTests {
  /// What a pixel can hold, by how the picture was made.
  static let pictures: [@Sendable (inout Dice, Int) -> Float] = [
    { _, _ in 0 },
    { _, _ in -0.0 },
    { _, i in Float(i % 16) / 16 },
    { _, i in i % 97 == 0 ? -Float.leastNormalMagnitude / 128 : Float(i) * 0.37 - 11 },
    { dice, i in 0.2 + Float(i % 128) * 0.001 + Float(dice.next(below: 1000)) * 1e-6 },
    { dice, _ in Float(Float16(Float(dice.next(below: 1 << 20)) / 1024 - 300)) },
    { dice, _ in Float(bitPattern: UInt32(truncatingIfNeeded: dice.next())) },
    { dice, _ in
      [Float.infinity, -.infinity, .nan, Float(bitPattern: 0xffc0_1234), 0, -0.0, 1][
        dice.next(below: 7)]
    },
  ]

  private func pack(_ pixels: [Float], _ size: Int, _ rect: Rect) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: cpack_bound(size) + 16) { out, count in
      count = cpack_pack(pixels, size, rect.x0, rect.y0, rect.x1, rect.y1, out.baseAddress)
    }
  }

  private func unpack(_ bytes: [UInt8], _ size: Int) -> [Float]? {
    var failed = false
    let pixels = [Float](unsafeUninitializedCapacity: size * size) { out, count in
      // Whatever is not filled is seen.
      out.update(repeating: 77)
      failed = cpack_unpack(bytes, bytes.count, size, out.baseAddress) != 0
      count = size * size
    }
    return failed ? nil : pixels
  }

  @Test(arguments: [16, 32, 64, 128, 256]) func everyBitComesBack(_ size: Int) {
    var dice = Dice(UInt64(size))
    for (number, picture) in Self.pictures.enumerated() {
      let pixels = (0..<size * size).map { picture(&dice, $0) }
      let bytes = pack(pixels, size, Rect(width: size, height: size))
      #expect(bytes.count <= cpack_bound(size))
      #expect(
        unpack(bytes, size)?.map(\.bitPattern) == pixels.map(\.bitPattern), "picture \(number)")
    }
  }

  @Test func pixelsOutsideThePartAreZero() {
    let size = 64
    var dice = Dice(5)
    let pixels = (0..<size * size).map { _ in Float(dice.next(below: 1000)) - 500 }
    for rect in [
      Rect(x0: 3, y0: 5, x1: 41, y1: 60), Rect(x0: 0, y0: 63, x1: 64, y1: 64),
      Rect(x0: 63, y0: 0, x1: 64, y1: 1),
    ] {
      let back = unpack(pack(pixels, size, rect), size)
      let expected = pixels.enumerated().map { index, value in
        rect.contains(x: index % size, y: index / size) ? value : 0
      }
      #expect(back == expected, "\(rect)")
    }
  }

  @Test func picturesFromHalvesTakeLessThanHalf() {
    let size = 128
    var dice = Dice(9)
    let pixels = (0..<size * size).map { index in
      Float(Float16(0.3 + Float(index % size) * 0.001 + Float(dice.next(below: 100)) * 1e-4))
    }
    #expect(pack(pixels, size, Rect(width: size, height: size)).count < size * size * 2)
  }

  @Test func bytesThatAreNoBlockAreRefused() {
    let size = 32
    var dice = Dice(3)
    let pixels = (0..<size * size).map { Float($0) * 0.1 }
    let good = pack(pixels, size, Rect(width: size, height: size))
    #expect(unpack([], size) == nil)
    #expect(unpack(Array(good.dropLast()), size) == nil)
    #expect(unpack(good + [0], size) == nil)
    #expect(unpack(good, 64) == nil)
    // Any bytes at all: an answer, never a crash.
    for _ in 0..<2000 {
      var bytes = good
      for _ in 0...dice.next(below: 4) {
        bytes[dice.next(below: bytes.count)] = UInt8(truncatingIfNeeded: dice.next())
      }
      _ = unpack(Array(bytes.prefix(dice.next(below: bytes.count + 1))), size)
    }
  }

  @Test func theSumNoticesEveryBit() {
    var dice = Dice(1)
    for count in [0, 1, 7, 31, 32, 33, 63, 64, 500] {
      var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      let sum = cpack_sum(bytes, count)
      for bit in 0..<count * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8)
        #expect(cpack_sum(bytes, count) != sum)
        bytes[bit / 8] ^= 1 << (bit % 8)
      }
      #expect(cpack_sum(bytes + [0], count + 1) != sum)
    }
  }
}
