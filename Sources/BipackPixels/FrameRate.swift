/// Frames a second, as a fraction: 24000/1001 is not 23.976.
public struct FrameRate: Hashable, Sendable, CustomStringConvertible {
  public let numerator: Int
  public let denominator: Int

  /// Nil unless both are positive and at least one frame is counted a second, 1000 at most.
  public init?(_ numerator: Int, _ denominator: Int = 1) {
    guard numerator > 0, denominator > 0, numerator >= denominator,
      numerator / 1000 <= denominator
    else { return nil }
    var (a, b) = (numerator, denominator)
    while b != 0 { (a, b) = (b, a % b) }
    self.numerator = numerator / a
    self.denominator = denominator / a
  }

  /// The rate that is meant by a number: 23.976 and 23.98 are 24000/1001.
  public init?(_ framesPerSecond: Double) {
    guard framesPerSecond.isFinite, framesPerSecond >= 1, framesPerSecond <= 1000 else {
      return nil
    }
    let whole = framesPerSecond.rounded(.up)
    let slowed = whole * 1000 / 1001
    if abs(framesPerSecond - slowed) < 0.006, framesPerSecond != whole {
      self.init(Int(whole) * 1000, 1001)
    } else {
      self.init(Int((framesPerSecond * 1000).rounded()), 1000)
    }
  }

  public static let film = FrameRate(valid: 24)
  private init(valid numerator: Int) {
    self.numerator = numerator
    denominator = 1
  }

  public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

  /// The whole frames that are counted as a second: 24 at 24000/1001.
  public var counted: Int { (numerator + denominator - 1) / denominator }

  /// Whether counting may leave out numbers to keep up with the clock: 29.97 and 59.94.
  public var canDropFrames: Bool { counted % 30 == 0 && denominator == 1001 }

  public var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
