import Glibc

/// A path with a place for the frame number: `shot.####.exr`, `shot.%04d.exr`, `shot.@@@.exr`.
///
/// `#` and `@` stand for one digit each, at least two in a row; a lone `#` means four digits (as
/// OpenImageIO and fileseq read it), a lone `@` is itself. `%d` is unpadded, `%0Nd` padded to N = 1...9.
/// Longer numbers take the room they need; a minus sign takes one of the digits (`####` of -5 is
/// `-005`, as printf does). Every other `%` is itself. Paths are bytes: no name is ever normalised.
public struct FramePath: Hashable, Sendable, CustomStringConvertible {
  public let pattern: String
  private let pieces: [Piece]

  private enum Piece: Hashable {
    case literal(String)
    case frame(digits: Int)
  }

  public init(_ pattern: String) throws(ImageFileError) {
    self.pattern = pattern
    let bytes = Array(pattern.utf8)
    guard !bytes.isEmpty, !bytes.contains(0) else { throw .badPath(pattern) }
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
      literal = []
    }
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "@") {
        var end = at
        while end < bytes.count, bytes[end] == byte { end += 1 }
        let run = end - at
        if byte == UInt8(ascii: "#") || run > 1 {
          if run > 9 { throw Self.tooWide(pattern, run) }
          flush()
          pieces.append(.frame(digits: run == 1 ? 4 : run))
        } else {
          literal.append(byte)
        }
        at = end
      } else if byte == UInt8(ascii: "%"), let token = Self.percent(bytes, at) {
        if token.digits > 9 { throw Self.tooWide(pattern, token.digits) }
        flush()
        pieces.append(.frame(digits: token.digits))
        at = token.end
      } else {
        literal.append(byte)
        at += 1
      }
    }
    flush()
    self.pieces = pieces
  }

  /// `%d`, `%0Nd`; nil for any other use of the sign.
  private static func percent(_ bytes: [UInt8], _ at: Int) -> (digits: Int, end: Int)? {
    var end = at + 1
    if end < bytes.count, bytes[end] == UInt8(ascii: "d") { return (1, end + 1) }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "0") else { return nil }
    end += 1
    var digits = 0
    let start = end
    while end < bytes.count, (48...57).contains(bytes[end]), end - start < 4 {
      digits = digits * 10 + Int(bytes[end] - 48)
      end += 1
    }
    guard end > start, end < bytes.count, bytes[end] == UInt8(ascii: "d") else { return nil }
    return (digits, end + 1)
  }

  private static func tooWide(_ pattern: String, _ digits: Int) -> ImageFileError {
    ImageFileError(
      .request, path: pattern, "a frame number of \(digits) digits", expected: "at most 9")
  }

  public var description: String { pattern }

  /// Whether there is a place for the frame at all.
  public var hasFrame: Bool {
    pieces.contains { if case .frame = $0 { true } else { false } }
  }

  /// The path of one frame.
  public func path(frame: Int) -> String { Self.join(pieces, frame) }

  private static func join(_ pieces: [Piece], _ frame: Int) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .literal(let text): result += text
      case .frame(let digits): result += padded(frame, digits)
      }
    }
    return result
  }

  private static func padded(_ frame: Int, _ digits: Int) -> String {
    let number = String(frame.magnitude)
    let width = digits - (frame < 0 ? 1 : 0)
    let zeros = String(repeating: "0", count: max(0, width - number.utf8.count))
    return (frame < 0 ? "-" : "") + zeros + number
  }

  /// The frame a path of this sequence belongs to; nil for any other path.
  public func frame(of path: String) -> Int? {
    Self.match(pieces, Array(path.utf8))
  }

  /// Tries every number that could stand at the first token; the rest must then agree byte by byte.
  private static func match(_ pieces: [Piece], _ path: [UInt8]) -> Int? {
    var start = 0
    if case .literal(let text)? = pieces.first { start = text.utf8.count }
    var end = start
    if end < path.count, path[end] == UInt8(ascii: "-") { end += 1 }
    while end < path.count, (48...57).contains(path[end]), end - start < 19 {
      end += 1
      let word = String(decoding: path[start..<end], as: UTF8.self)
      if let frame = Int(word), join(pieces, frame).utf8.elementsEqual(path) { return frame }
    }
    return nil
  }

  /// The frames that exist, in ascending order, by one look at the folder. A path without a place for
  /// the frame, or with one in a folder's name, cannot be listed.
  public func framesOnDisk() throws(ImageFileError) -> [Int] {
    guard hasFrame else {
      throw ImageFileError(
        .request, path: pattern, "there is no place for the frame number in this path",
        expected: "#### or %04d")
    }
    let (folder, name) = try splitFolder()
    guard let directory = opendir(folder.isEmpty ? "." : folder) else {
      throw .system(errno, path: pattern, doing: "list the folder")
    }
    defer { closedir(directory) }
    var frames: [Int] = []
    while let entry = readdir(directory) {
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if let frame = Self.match(name, bytes) { frames.append(frame) }
    }
    return frames.sorted()
  }

  /// The folder, and the pieces of the last component.
  private func splitFolder() throws(ImageFileError) -> (String, [Piece]) {
    var folder = ""
    var name: [Piece] = []
    for piece in pieces {
      guard case .literal(let text) = piece, let slash = text.utf8.lastIndex(of: 0x2f) else {
        name.append(piece)
        continue
      }
      if name.contains(where: { if case .frame = $0 { true } else { false } }) {
        throw ImageFileError(
          .request, path: pattern, "frames cannot be listed when a folder's name has the number")
      }
      folder += Self.join(name, 0) + String(text[...slash])
      let rest = String(text[text.utf8.index(after: slash)...])
      name = rest.isEmpty ? [] : [.literal(rest)]
    }
    return (folder, name)
  }
}
