/// A look at a LUT, CDL or config file before OpenColorIO reads it.
///
/// OpenColorIO trusts what a file says of itself: it waits for the end of a block that never ends, and
/// makes room for as many entries as a line claims. So the file is bounded first: how large it is, that
/// text holds no NUL (a sparse file is nothing else), that its blocks end and that it can hold the
/// entries it claims. Only the first `headBytes` are looked at; what follows is numbers, and their
/// count is bounded by the size.
package enum TableFile {
  /// The largest LUT, in bytes: a .cube of 129^3 colours, OpenColorIO's largest, takes 60 MB.
  static let tableBytes = 128 << 20
  /// The largest CDL and the largest config, in bytes. They are held in memory as a whole.
  static let textBytes = 16 << 20
  /// How much of the file is looked at.
  static let headBytes = 256 << 10
  /// Brackets of a config that may be open at a time: every one is a call deeper for its parser.
  static let nesting = 64

  /// Why OpenColorIO must not be given this LUT or CDL file; nil when it may try.
  static func refusal(table path: String) -> String? {
    refusal(path, limit: isCDL(path) ? textBytes : tableBytes) { head, size in
      if isProfile(head) { return profile(head, size) }
      if head.contains(0) { return "it is not a text file: it holds bytes that are zero" }
      return isXML(head) ? dimensions(head, size) : claims(lines(head), size)
    }
  }

  /// Why OpenColorIO must not be given this config; nil when it may try.
  static func refusal(config path: String) -> String? {
    refusal(path, limit: textBytes, head: textBytes) { text, _ in
      if text.contains(0) { return "it is not a text file: it holds bytes that are zero" }
      return structure(text)
    }
  }

  private static func refusal(
    _ path: String, limit: Int, head count: Int = headBytes,
    _ judge: (_ head: [UInt8], _ size: Int) -> String?
  ) -> String? {
    // What cannot be opened is told by who reads it.
    guard let stamp = try? FileStamp(path: path) else { return nil }
    if stamp.size > limit {
      return "it is \(stamp.size >> 20) MiB long; at most \(limit >> 20) MiB are read"
    }
    guard let (_, head) = try? firstBytes(of: path, count: min(count, stamp.size)) else {
      return nil
    }
    return judge(head, stamp.size)
  }

  /// Whether a file by its name holds colour decisions rather than a table.
  package static func isCDL(_ path: String) -> Bool {
    ["cc", "ccc", "cdl"].contains(ImageFile.extensionOf(path))
  }
}

// MARK: - Tables in text

extension TableFile {
  /// Lines without blanks at their ends; empty ones are left out, as OpenColorIO does.
  private static func lines(_ head: [UInt8]) -> [ArraySlice<UInt8>] {
    head.split { $0 == 0x0A || $0 == 0x0D }.compactMap { line in
      guard let first = line.firstIndex(where: { $0 > 0x20 }),
        let last = line.lastIndex(where: { $0 > 0x20 })
      else { return nil }
      return line[first...last]
    }
  }

  private static func text(_ line: ArraySlice<UInt8>) -> Substring {
    Substring(String(decoding: line, as: UTF8.self))
  }

  /// Whether the file can hold what its first lines claim: a number takes two bytes at least.
  private static func claims(_ lines: [ArraySlice<UInt8>], _ size: Int) -> String? {
    let title = lines.first.map { text($0.prefix(64)).uppercased() } ?? ""
    if title.hasPrefix("CSPLUTV100") { return cineSpace(lines, size) }
    for (index, bytes) in lines.enumerated() {
      guard let first = bytes.first, first > UInt8(ascii: "9") || first == UInt8(ascii: "#") else {
        // spi3d says its size in its third line, below "SPILUT 1.0" and "3 3".
        if index == 2, title.hasPrefix("SPILUT") {
          let line = text(bytes)
          if let wrong = tooMany(numbers(line), times: 6, size, line) { return wrong }
        }
        continue
      }
      let line = text(bytes.prefix(512))
      let words = line.split(whereSeparator: \.isWhitespace)
      let values = numbers(line)
      let wrong: String? =
        switch words[0].lowercased() {
        case "lut_3d_size": tooMany(cubed(values.first), times: 3, size, line)
        case "lut_1d_size": tooMany(values.prefix(1), times: 1, size, line)
        case "length": tooMany(values.prefix(1), times: 1, size, line)
        case "grid_size": tooMany(values, times: 3, size, line)
        case "in": tooMany(values.prefix(1), times: 1, size, line)
        case "lut:" where values.count >= 2: tooMany(values.prefix(2), times: 1, size, line)
        case "#" where words.count > 1 && words[1].lowercased() == "width":
          tooMany(values, times: 3, size, line)
        case "#" where words.count > 1 && words[1].lowercased() == "lutlength":
          tooMany(values, times: 1, size, line)
        default: nil
        }
      if let wrong { return wrong }
    }
    return nil
  }

  /// cineSpace: a kind, metadata that must end, three curves, then the table.
  private static func cineSpace(_ lines: [ArraySlice<UInt8>], _ size: Int) -> String? {
    guard lines.count > 1, ["1D", "3D"].contains(text(lines[1])) else {
      return "its second line must be 1D or 3D"
    }
    func starts(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
      text(line.prefix(word.utf8.count)).uppercased() == word
    }
    var at = 2
    if at < lines.count, starts(lines[at], "BEGIN METADATA") {
      guard let end = lines[at...].firstIndex(where: { starts($0, "END METADATA") }) else {
        return "its metadata has a BEGIN METADATA and no END METADATA in its first "
          + "\(headBytes >> 10) KiB"
      }
      at = end + 1
    }
    // Curves longer than what is looked at: the size of the file bounds them.
    let isAll = size <= headBytes
    for _ in 0..<3 {
      guard at < lines.count else { return isAll ? "it ends before its table" : nil }
      let line = text(lines[at].prefix(64))
      let count = numbers(line)
      if let wrong = tooMany(count, times: 2, size, line) { return wrong }
      at += (count.first ?? 0) >= 2 ? 3 : 1
    }
    guard at < lines.count else { return isAll ? "it ends before its table" : nil }
    let line = text(lines[at].prefix(64))
    return tooMany(numbers(line), times: 3, size, line)
  }

  /// The whole numbers of a line, beside its words.
  private static func numbers(_ line: Substring) -> [Int] {
    line.split(whereSeparator: \.isWhitespace).compactMap { word in
      let digits = word.filter { $0 != "," }
      guard !digits.isEmpty, digits.allSatisfy(\.isNumber) else { return nil }
      return Int(digits) ?? .max
    }
  }

  private static func cubed(_ size: Int?) -> [Int] { size.map { [$0, $0, $0] } ?? [] }

  /// What is wrong when the product of `sizes` is more than the bytes can hold.
  private static func tooMany(
    _ sizes: some Collection<Int>, times: Int, _ bytes: Int, _ line: Substring
  ) -> String? {
    guard !sizes.isEmpty else { return nil }
    var count = times
    for size in sizes {
      let (product, isOver) = count.multipliedReportingOverflow(by: size)
      count = isOver ? .max : product
      if count == 0 { return nil }
    }
    guard count > bytes / 2 + 1 else { return nil }
    return "'\(line.prefix(60))' claims more numbers than its \(bytes) bytes can hold"
  }
}

// MARK: - XML and profiles

extension TableFile {
  private static func isXML(_ head: [UInt8]) -> Bool {
    let marks = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    return marks.first { $0 > 0x20 } == UInt8(ascii: "<")
  }

  /// `dim="33 33 33 3"`, `length="1024"`, `<size>33</size>`: what CLF, CTF and IRIDAS looks claim.
  private static func dimensions(_ head: [UInt8], _ size: Int) -> String? {
    for bytes in head.split(separator: UInt8(ascii: "<")) {
      let tag = text(bytes.prefix(1024))
      if tag.hasPrefix("!ENTITY") || tag.hasPrefix("!DOCTYPE") {
        return "it has a document type of its own, which no table needs"
      }
      for word in tag.split(whereSeparator: \.isWhitespace) {
        guard word.hasPrefix("dim=") || word.hasPrefix("length=") else { continue }
        let rest = tag[word.startIndex...].drop { $0 != "=" }.dropFirst()
        guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
        let value = rest.dropFirst().prefix { $0 != quote }
        if let wrong = tooMany(numbers(value), times: 1, size, value) { return wrong }
      }
      if tag.hasPrefix("size>") {
        let value = Substring(tag.dropFirst(5).filter { $0 != "\"" })
        let side = numbers(value).first
        if let wrong = tooMany(cubed(side), times: 3, size, tag) { return wrong }
      }
    }
    return nil
  }

  private static func isProfile(_ head: [UInt8]) -> Bool {
    head.count >= 132 && head[36..<40].elementsEqual("acsp".utf8)
  }

  /// An ICC profile: its tags lie inside it, and its curves have no more points than their tags.
  private static func profile(_ head: [UInt8], _ size: Int) -> String? {
    func word(_ at: Int) -> Int? {
      at >= 0 && at + 4 <= head.count ? head[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } : nil
    }
    let count = word(128) ?? 0
    guard count <= 100 else { return "an ICC profile that claims \(count) tags" }
    for tag in 0..<count {
      guard let offset = word(136 + 12 * tag), let length = word(140 + 12 * tag),
        offset + length <= size
      else { return "an ICC profile whose tags reach beyond its end" }
      if let kind = word(offset), kind == 0x6375_7276, let points = word(offset + 8),
        2 * points + 12 > max(length, 14)
      {
        return "an ICC profile with a curve of \(points) points in \(length) bytes"
      }
    }
    return nil
  }
}

// MARK: - Configs

extension TableFile {
  /// A config's parser calls itself for every bracket, dash and step to the right: these are counted.
  /// References (`&name`, `*name`) are refused: one inside itself has no end.
  private static func structure(_ text: [UInt8]) -> String? {
    var (depth, indent, isStart) = (0, 0, true)
    var line = 1
    var dashes = 0
    var before: UInt8 = UInt8(ascii: "\n")
    var anchors: Set<[UInt8]> = []
    var aliases: Set<[UInt8]> = []
    var isComment = false
    for (at, byte) in text.enumerated() {
      if isComment, byte != UInt8(ascii: "\n") { continue }
      isComment = false
      switch byte {
      case UInt8(ascii: "\n"):
        (line, indent, isStart, dashes) = (line + 1, 0, true, 0)
      case UInt8(ascii: " "): if isStart { indent += 1 }
      case UInt8(ascii: "-"), UInt8(ascii: "?"):
        // A rule of dashes is no list.
        if isStart, at + 1 < text.count, text[at + 1] == UInt8(ascii: " ") {
          dashes += 1
        } else {
          isStart = false
        }
      case UInt8(ascii: "#") where before <= 0x20: isComment = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        isStart = false
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth = max(0, depth - 1)
        isStart = false
      case UInt8(ascii: "&"), UInt8(ascii: "*"):
        isStart = false
        if " \n-[{,:".utf8.contains(before) {
          let name = Array(
            text[(at + 1)...].prefix(64).prefix { $0 > 0x20 && !",]}".utf8.contains($0) })
          if byte == UInt8(ascii: "&") { anchors.insert(name) } else { aliases.insert(name) }
        }
      default: isStart = false
      }
      before = byte
      if depth > nesting || dashes > nesting || indent > 16 * nesting {
        return "line \(line) is nested more than \(nesting) deep"
      }
    }
    anchors.formIntersection(aliases)
    if let name = anchors.first, !name.isEmpty {
      return "it refers to parts of itself (&\(String(decoding: name, as: UTF8.self)))"
    }
    return nil
  }
}
