import CFormats

/// What the helper may use to answer one question.
struct FormatMeans {
  /// Bytes of memory beyond what it has.
  var memory: Int
  /// Seconds of processor time, which waiting for a disk does not count against.
  var seconds: Int

  /// For the header of a file. Formats that decode while they open one need some for its pixels.
  static func header(fileSize: Int) -> FormatMeans {
    FormatMeans(
      memory: min(2 << 30, (48 << 20) + 8 * min(fileSize, 1 << 30)),
      seconds: 10 + fileSize / (8 << 20))
  }

  /// For a picture: decoders hold it in types of their own, some more than once.
  static func samples(_ count: Int, fileSize: Int) -> FormatMeans {
    let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: 16)
    return FormatMeans(
      memory: isTooMuch ? Int.max : bytes.clampedSum((128 << 20) + 2 * min(fileSize, 1 << 40)),
      seconds: 30 + min(1 << 20, count / (1 << 20) + fileSize / (4 << 20)))
  }
}

extension Int {
  fileprivate func clampedSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? Int.max : sum
  }
}

/// A question to the helper: its kind, and a body as `formats.h` describes it.
struct FormatQuestion {
  let kind: Int
  let means: FormatMeans
  private(set) var body: [UInt8] = []

  init(_ kind: Int, _ means: FormatMeans) {
    self.kind = kind
    self.means = means
    put(UInt64(clamping: means.memory))
    put(UInt32(clamping: means.seconds))
  }

  mutating func put<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value) { body.append(contentsOf: $0) }
  }

  mutating func put(_ value: Double) { put(value.bitPattern) }

  mutating func put(_ text: String) { put(Array(text.utf8)) }

  mutating func put(_ bytes: [UInt8]) {
    put(UInt32(bytes.count))
    body.append(contentsOf: bytes)
  }

  /// The message: header and body.
  var bytes: [UInt8] {
    var header: [UInt8] = []
    for number in [UInt32(kind), UInt32(body.count)] {
      withUnsafeBytes(of: number) { header.append(contentsOf: $0) }
    }
    return header + body
  }
}

/// The body of an answer. Nothing in it is believed: whatever is too short, too long or no number
/// ends the conversation.
struct FormatAnswer {
  let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private mutating func step(_ count: Int) throws(FormatFailure) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - at else { throw .garbled }
    at += count
    return bytes[at - count..<at]
  }

  mutating func int32() throws(FormatFailure) -> Int {
    let raw = try step(4)
    return Int(Int32(bitPattern: raw.reversed().reduce(0) { $0 << 8 | UInt32($1) }))
  }

  mutating func double() throws(FormatFailure) -> Double {
    let raw = try step(8)
    return Double(bitPattern: raw.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  mutating func text() throws(FormatFailure) -> String {
    String(decoding: try step(try int32()), as: UTF8.self)
  }

  /// How many things follow, of which each takes at least so many bytes.
  mutating func count(ofAtLeast size: Int) throws(FormatFailure) -> Int {
    let count = try int32()
    guard count >= 0, count <= (bytes.count - at) / size else { throw .garbled }
    return count
  }
}
