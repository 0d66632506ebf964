/// The address of a frame, as SMPTE ST 12-1 writes it: hours, minutes, seconds, frames.
///
/// At 29.97 frames a second, counting 30 of them as a second falls behind the clock. *Drop frame* leaves
/// out numbers, never frames: 00 and 01 of each minute except every tenth (00 to 03 at 59.94).
/// After 23:59:59 comes 00:00:00 again.
public struct Timecode: Hashable, Sendable, CustomStringConvertible {
  public let rate: FrameRate
  public let isDropFrame: Bool
  /// Frames since midnight.
  public let number: Int

  /// The frame so many after midnight; of another day, after that day's. Drop frame is ignored where
  /// the rate has none.
  public init(number: Int, rate: FrameRate, dropFrame: Bool = false) {
    self.rate = rate
    isDropFrame = dropFrame && rate.counted % 30 == 0
    let day = Count(rate, isDropFrame).day
    self.number = (number % day + day) % day
  }

  /// Nil when there is no such address: a number too large, or one that drop frame leaves out.
  public init?(
    hours: Int, minutes: Int, seconds: Int, frames: Int, rate: FrameRate, dropFrame: Bool = false
  ) {
    guard (0..<24).contains(hours), (0..<60).contains(minutes), (0..<60).contains(seconds),
      (0..<rate.counted).contains(frames)
    else { return nil }
    if dropFrame, rate.counted % 30 != 0 { return nil }
    let count = Count(rate, dropFrame)
    if dropFrame, minutes % 10 != 0, seconds == 0, frames < count.dropped { return nil }
    let minute = hours * 60 + minutes
    self.init(
      number: (minute * 60 + seconds) * rate.counted + frames
        - count.dropped * (minute - minute / 10),
      rate: rate, dropFrame: dropFrame)
  }

  /// `01:00:00:00`, or with a semicolon before the frames, `01:00:00;00`, drop frame.
  public init?(_ text: String, rate: FrameRate) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == ";" }
    let marks = text.filter { $0 == ":" || $0 == ";" }
    guard parts.count == 4, marks == ":::" || marks == "::;" else { return nil }
    var numbers: [Int] = []
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(part)
      else { return nil }
      numbers.append(number)
    }
    self.init(
      hours: numbers[0], minutes: numbers[1], seconds: numbers[2], frames: numbers[3], rate: rate,
      dropFrame: marks.hasSuffix(";"))
  }

  /// The address so many frames later.
  public func advanced(by frames: Int) -> Timecode {
    Timecode(number: number + frames % (1 << 40), rate: rate, dropFrame: isDropFrame)
  }

  public var description: String {
    let (hours, minutes, seconds, frames) = fields
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return two(hours) + ":" + two(minutes) + ":" + two(seconds) + (isDropFrame ? ";" : ":")
      + two(frames)
  }

  public var fields: (hours: Int, minutes: Int, seconds: Int, frames: Int) {
    let count = Count(rate, isDropFrame)
    let (tens, rest) = (number / count.tenMinutes, number % count.tenMinutes)
    // The first minute of ten is whole.
    let first = 60 * rate.counted
    let minute = rest < first ? 0 : 1 + (rest - first) / count.minute
    let frame = minute == 0 ? rest : (rest - first) % count.minute + count.dropped
    let minutes = tens * 10 + minute
    return (minutes / 60, minutes % 60, frame / rate.counted, frame % rate.counted)
  }

  /// How many frames there are in what.
  private struct Count {
    let dropped, minute, tenMinutes, day: Int

    init(_ rate: FrameRate, _ dropFrame: Bool) {
      dropped = dropFrame ? rate.counted / 15 : 0
      minute = 60 * rate.counted - dropped
      tenMinutes = 10 * minute + dropped
      day = 144 * tenMinutes
    }
  }
}

// MARK: - The packed word

/// The address as binary-coded decimals in a word, as EXR (`timeCode`) and DPX store it, with the flags
/// of 60-field television; at 50 and 25 frames some flags lie elsewhere.
///
/// There are two bits for the tens of frames. Faster pictures count pairs, and a flag marks the second
/// of each.
extension Timecode {
  private static let drop: UInt32 = 1 << 6
  private static let address: UInt32 = 0x3f7f_7f7f

  private static func second(_ rate: FrameRate) -> UInt32 {
    rate.counted % 25 == 0 ? 1 << 31 : 1 << 15
  }

  /// Nil when the word holds no address of this rate.
  public init?(packed word: UInt32, rate: FrameRate) {
    func two(_ shift: UInt32, _ tens: UInt32) -> Int? {
      let units = word >> shift & 15
      return units > 9 ? nil : Int(10 * (word >> (shift + 4) & tens) + units)
    }
    guard let hours = two(24, 3), let minutes = two(16, 7), let seconds = two(8, 7),
      var frames = two(0, 3)
    else { return nil }
    if rate.counted > 30, 2 * frames < rate.counted {
      frames = 2 * frames + (word & Self.second(rate) == 0 ? 0 : 1)
    }
    let drops = rate.counted % 25 != 0 && rate.counted % 30 == 0 && word & Self.drop != 0
    self.init(
      hours: hours, minutes: minutes, seconds: seconds, frames: frames, rate: rate,
      dropFrame: drops)
  }

  /// Whether a packed word is a time of day in decimal digits, at whatever rate.
  public static func isAddress(_ word: UInt32) -> Bool {
    FrameRate(30).flatMap { Timecode(packed: word & ~drop, rate: $0) } != nil
  }

  /// The digits of a packed word, whatever its rate: `;` before the frames means drop frame.
  public static func label(of word: UInt32) -> String {
    func two(_ shift: UInt32, _ tens: UInt32) -> String {
      "\(word >> (shift + 4) & tens)\(word >> shift & 15)"
    }
    return two(24, 3) + ":" + two(16, 7) + ":" + two(8, 7) + (word & drop == 0 ? ":" : ";")
      + two(0, 3)
  }

  /// The packed word. Flags that are no part of the address are those of `word`. Nil above 60 frames a
  /// second, which ST 12-1 does not count.
  public func packed(flags word: UInt32 = 0) -> UInt32? {
    guard rate.counted <= 60 else { return nil }
    let (hours, minutes, seconds, frames) = fields
    let isPaired = rate.counted > 30
    func two(_ value: Int, _ shift: UInt32) -> UInt32 {
      UInt32(value / 10) << (shift + 4) | UInt32(value % 10) << shift
    }
    var packed =
      two(hours, 24) | two(minutes, 16) | two(seconds, 8) | two(isPaired ? frames / 2 : frames, 0)
    if isDropFrame { packed |= Self.drop }
    var kept = ~Self.address
    if isPaired {
      kept &= ~Self.second(rate)
      if frames % 2 == 1 { packed |= Self.second(rate) }
    }
    return packed | word & kept
  }
}

// MARK: - Metadata

/// The standard attributes: `timeCode` and `framesPerSecond`, as EXR names them.
extension Metadata {
  public static let timecodeKey = "timeCode"
  public static let frameRateKey = "framesPerSecond"

  public var frameRate: FrameRate? {
    get {
      switch self[Self.frameRateKey] {
      case .rational(let over, let under): FrameRate(over, under)
      case .float(let value): FrameRate(value)
      case .int(let value): FrameRate(value)
      default: nil
      }
    }
    set { self[Self.frameRateKey] = newValue.map { .rational($0.numerator, $0.denominator) } }
  }

  /// The timecode, counted at the picture's own rate, else at `rate`.
  public func timecode(at rate: FrameRate) -> Timecode? {
    guard case .timeCode(let word, _) = self[Self.timecodeKey] else { return nil }
    return Timecode(packed: word, rate: frameRate ?? rate)
  }

  /// Sets the timecode; flags and user bits that are there stay.
  public mutating func set(_ timecode: Timecode) {
    var (flags, user): (UInt32, UInt32) = (0, 0)
    if case .timeCode(let word, let bits) = self[Self.timecodeKey] { (flags, user) = (word, bits) }
    if let word = timecode.packed(flags: flags) {
      self[Self.timecodeKey] = .timeCode(word, user)
    }
  }
}
