/// Frames in the order they are asked for, without repeats: what `-F` takes.
///
/// Items are separated by commas or spaces: a frame (`7`), a range (`1-10`, also backwards: `10-1`), a
/// range with a step (`1-100x2`, Nuke's way, or `9-13:2`, OpenJD's). Frames may be negative (`-5--1`).
/// A frame that appears twice counts once, where it appears first.
public struct FrameList: Hashable, Sendable, CustomStringConvertible {
  public let frames: [Int]

  /// More than this many frames in one list is an error.
  public static let limit = 1_000_000

  public init(_ frames: [Int]) {
    var seen = Set<Int>(minimumCapacity: frames.count)
    self.frames = frames.filter { seen.insert($0).inserted }
  }

  public init(_ frames: ClosedRange<Int>) { self.frames = Array(frames) }

  /// Reads a list.
  public init(_ text: String) throws(FrameListError) {
    var parser = Parser(text)
    self.init(try parser.list())
  }

  public var isEmpty: Bool { frames.isEmpty }
  public var count: Int { frames.count }

  /// The shortest usual spelling; reading it gives the same list.
  public var description: String {
    var items: [String] = []
    var i = 0
    while i < frames.count {
      var end = i + 1
      if end < frames.count {
        let step = frames[end].subtractingReportingOverflow(frames[i])
        if !step.overflow {
          while end + 1 < frames.count, frames[end + 1] - frames[end] == step.partialValue {
            end += 1
          }
        }
        let length = end - i + 1
        let d = step.partialValue
        if !step.overflow, length >= 3 || d.magnitude == 1 {
          items.append("\(frames[i])-\(frames[end])" + (d.magnitude == 1 ? "" : "x\(d.magnitude)"))
          i = end + 1
          continue
        }
      }
      items.append(String(frames[i]))
      i += 1
    }
    return items.joined(separator: ",")
  }

  private struct Parser {
    let text: String
    let bytes: [UInt8]
    var at = 0

    init(_ text: String) {
      self.text = text
      bytes = Array(text.utf8)
    }

    mutating func list() throws(FrameListError) -> [Int] {
      var frames: [Int] = []
      skipSpaces()
      if at == bytes.count { throw error("there are no frames", "for example 1-100x2,120") }
      while true {
        try item(into: &frames)
        let before = at
        skipSpaces()
        if at == bytes.count { return frames }
        if bytes[at] == UInt8(ascii: ",") {
          at += 1
          skipSpaces()
          if at == bytes.count { throw error("the list ends with a comma", "a frame or a range") }
        } else if at == before {
          throw error("unexpected '\(character)'", "a comma, or the end")
        }
      }
    }

    mutating func item(into frames: inout [Int]) throws(FrameListError) {
      let first = try number()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "-") else {
        return frames.append(first)
      }
      at += 1
      let last = try number()
      var step = 1
      let start = at
      if at < bytes.count, bytes[at] == UInt8(ascii: "x") || bytes[at] == UInt8(ascii: ":") {
        at += 1
        step = try number()
        if step == 0 {
          at = start + 1
          throw error("a step of 0", "1 or more")
        }
        // A negative step is fine where it says what the ends say already.
        if step < 0 {
          if last > first {
            at = start + 1
            throw error("a negative step from \(first) up to \(last)", "a positive step")
          }
          step = -step
        }
      }
      let (span, overflow) = last.subtractingReportingOverflow(first)
      let count = overflow ? Int.max : Int(span.magnitude) / step + 1
      if count > FrameList.limit - frames.count {
        at = start
        throw error("more than \(FrameList.limit) frames", nil)
      }
      for i in 0..<count { frames.append(first + (last < first ? -i : i) * step) }
    }

    mutating func number() throws(FrameListError) -> Int {
      let start = at
      let negative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
      if negative { at += 1 }
      let digits = at
      while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
      if at == digits {
        throw error(
          at == bytes.count ? "the list ends too early" : "unexpected '\(character)'",
          "a frame number")
      }
      let word = String(decoding: bytes[start..<at], as: UTF8.self)
      guard at - digits <= 9, let value = Int(word) else {
        at = start
        throw error("the frame number \(word) is too large", "at most 9 digits")
      }
      return value
    }

    mutating func skipSpaces() {
      while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
    }

    var character: String {
      let index = text.utf8.index(text.utf8.startIndex, offsetBy: at)
      return String(text[index...].prefix(1))
    }

    func error(_ what: String, _ expected: String?) -> FrameListError {
      FrameListError(text: text, column: at + 1, what: what, expected: expected)
    }
  }
}

/// Why a list of frames cannot be read.
public struct FrameListError: Error, Hashable, Sendable, CustomStringConvertible {
  public var text: String
  /// Counted in bytes from 1.
  public var column: Int
  public var what: String
  public var expected: String?

  public var description: String {
    "frames '\(text)', column \(column): \(what)" + (expected.map { "; expected " + $0 } ?? "")
  }
}
