import ArgumentParser

/// Frames as people write them: `1001`, `1001-1048`, `1-100x2`, `10-1`, `1-10,20,-5--1`.
struct FrameList: ExpressibleByArgument {
  /// In the order written, each once.
  var frames: [Int] = []

  /// More than this in one run is a slip of the pen.
  private static let limit = 10_000_000

  init?(argument: String) {
    var seen: Set<Int> = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let frames = Self.range(part.filter { $0 != " " }) else { return nil }
      guard self.frames.count + frames.count <= Self.limit else { return nil }
      for frame in frames where seen.insert(frame).inserted { self.frames.append(frame) }
    }
  }

  /// `first`, `first-last`, `first-lastxstep`; the step counts down where last is below first.
  private static func range(_ text: String) -> [Int]? {
    var text = Substring(text)
    func number() -> Int? {
      var digits = ""
      if text.first == "-" { digits.append(text.removeFirst()) }
      while let c = text.first, c.isASCII, c.isNumber { digits.append(text.removeFirst()) }
      return Int(digits).flatMap { abs($0) < 1 << 40 ? $0 : nil }
    }
    guard let first = number() else { return nil }
    if text.isEmpty { return [first] }
    guard text.first == "-" else { return nil }
    text.removeFirst()
    guard let last = number() else { return nil }
    var step = 1
    if text.first == "x" || text.first == ":" {
      text.removeFirst()
      guard let given = number(), given > 0 else { return nil }
      step = given
    }
    guard text.isEmpty, abs(last - first) / step < limit else { return nil }
    return Array(stride(from: first, through: last, by: last >= first ? step : -step))
  }
}
