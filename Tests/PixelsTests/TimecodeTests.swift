import BipackPixels
import Testing

@Suite struct FrameRateTests {
  @Test(arguments: [
    (24.0, 24, 1), (23.976, 24000, 1001), (23.98, 24000, 1001), (23.976025, 24000, 1001),
    (25, 25, 1), (29.97, 30000, 1001), (30, 30, 1), (47.952, 48000, 1001), (48, 48, 1),
    (59.94, 60000, 1001), (60, 60, 1), (119.88, 120000, 1001), (12.5, 25, 2),
  ])
  func meant(_ number: Double, _ over: Int, _ under: Int) throws {
    let rate = try #require(FrameRate(number))
    #expect(rate.numerator == over && rate.denominator == under)
  }

  @Test func refused() {
    for number in [0, -24, .nan, .infinity, 1e9, 0.5] { #expect(FrameRate(number) == nil) }
    #expect(FrameRate(0, 1) == nil && FrameRate(24, 0) == nil && FrameRate(1, 2) == nil)
    #expect(FrameRate(48, 2) == FrameRate(24))
  }
}

@Suite struct TimecodeTests {
  static let film = FrameRate.film
  static let ntsc = FrameRate(30000, 1001) ?? .film
  static let fast = FrameRate(60000, 1001) ?? .film

  private func code(_ text: String, _ rate: FrameRate = film) throws -> Timecode {
    try #require(Timecode(text, rate: rate), "\(text)")
  }

  @Test(arguments: [
    ("00:00:59;29", "00:01:00;02"), ("00:09:59;29", "00:10:00;00"), ("00:10:59;29", "00:11:00;02"),
    ("01:00:00;00", "01:00:00;01"), ("23:59:59;29", "00:00:00;00"),
  ])
  func dropFrameLeavesOutNumbers(_ before: String, _ after: String) throws {
    let next = try code(before, Self.ntsc).advanced(by: 1)
    #expect(next.description == after)
    #expect(next.advanced(by: -1).description == before)
  }

  @Test func dropFrameAtTwiceTheRate() throws {
    #expect(try code("00:00:59;59", Self.fast).advanced(by: 1).description == "00:01:00;04")
    #expect(Timecode("00:01:00;03", rate: Self.fast) == nil)
  }

  /// An hour of drop frame is an hour of the clock, to 3.6 ms.
  @Test func dropFrameKeepsUpWithTheClock() throws {
    #expect(try code("01:00:00;00", Self.ntsc).number == 107_892)
    #expect(try code("00:10:00;00", Self.ntsc).number == 17_982)
    #expect(try code("01:00:00:00", Self.ntsc).number == 108_000)
  }

  /// Every frame of a day has its own address, one after the other.
  @Test(arguments: [(film, false), (ntsc, true), (ntsc, false), (fast, true)])
  func everyFrameOfADay(_ rate: FrameRate, _ drop: Bool) throws {
    let start = Timecode(number: 0, rate: rate, dropFrame: drop)
    var number = 0
    var last = -1
    while number < 86_400 * rate.counted {
      let code = start.advanced(by: number)
      if code.number != number { break }
      let f = code.fields
      let again = try #require(
        Timecode(
          hours: f.hours, minutes: f.minutes, seconds: f.seconds, frames: f.frames, rate: rate,
          dropFrame: drop))
      #expect(again == code)
      let label = ((f.hours * 60 + f.minutes) * 60 + f.seconds) * rate.counted + f.frames
      #expect(label > last)
      last = label
      // Each of the first minutes, then some of each later one.
      number += number < 40_000 ? 1 : 977
    }
    let day = start.advanced(by: -1).number + 1
    #expect(
      day == (drop ? 24 * 6 * (600 * rate.counted - 9 * rate.counted / 15) : 86_400 * rate.counted))
  }

  @Test func texts() throws {
    #expect(try code("01:02:03:23").description == "01:02:03:23")
    for wrong in [
      "", "01:02:03", "01:02:03:24", "24:00:00:00", "01:60:00:00", "01:02:60:00", "a:b:c:d",
      "01:02:03;04", "-1:00:00:00", "01;02:03:04", "01:02:03:04:05", "01:02::04",
    ] { #expect(Timecode(wrong, rate: Self.film) == nil, "\(wrong)") }
    // Left out by drop frame.
    #expect(Timecode("00:01:00;00", rate: Self.ntsc) == nil)
    #expect(Timecode("00:10:00;00", rate: Self.ntsc) != nil)
  }

  @Test func packedWords() throws {
    let code = try code("01:02:03:04")
    #expect(code.packed() == 0x0102_0304)
    #expect(Timecode(packed: 0x0102_0304, rate: Self.film) == code)
    let drop = try self.code("10:23:45;29", Self.ntsc)
    #expect(drop.packed() == 0x1023_4569)
    #expect(Timecode(packed: 0x1023_4569, rate: Self.ntsc) == drop)
    // Other flags stay, and are no part of the address.
    #expect(code.packed(flags: 0xc080_8080) == 0xc182_8384)
    #expect(Timecode(packed: 0xc182_8384, rate: Self.film) == code)
    // No decimal digit; no such hour.
    #expect(Timecode(packed: 0x0102_030a, rate: Self.film) == nil)
    #expect(Timecode(packed: 0x2502_0304, rate: Self.film) == nil)
    for word in [0x2302_0304, 0xc182_8384, 0x0001_0040, 0x2359_5929] as [UInt32] {
      #expect(Timecode.isAddress(word))
    }
    for word in [0x2402_0304, 0x010a_0000, 0x0160_0000, 0x0000_0035, .max] as [UInt32] {
      #expect(!Timecode.isAddress(word))
    }
    #expect(Timecode.label(of: 0x1023_4569) == "10:23:45;29")
  }

  @Test(arguments: [48, 50, 60]) func fastPicturesCountPairs(_ frames: Int) throws {
    let rate = try #require(FrameRate(frames))
    for number in 0..<frames {
      let code = Timecode(number: number, rate: rate)
      let word = try #require(code.packed())
      #expect(word & 0x3f == UInt32(number / 2 / 10 * 16 + number / 2 % 10))
      #expect(Timecode(packed: word, rate: rate) == code)
    }
    #expect(Timecode(number: 5, rate: try #require(FrameRate(120))).packed() == nil)
  }

  @Test func metadata() throws {
    var metadata = Metadata()
    metadata[Metadata.timecodeKey] = .timeCode(0x0102_0304, 77)
    #expect(metadata.timecode(at: Self.film)?.description == "01:02:03:04")
    metadata.frameRate = Self.ntsc
    #expect(metadata[Metadata.frameRateKey] == .rational(30000, 1001))
    let next = try #require(metadata.timecode(at: Self.film)).advanced(by: 26)
    metadata.set(next)
    #expect(metadata[Metadata.timecodeKey] == .timeCode(0x0102_0400, 77))
  }
}
