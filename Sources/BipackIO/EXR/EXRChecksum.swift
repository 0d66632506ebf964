import BipackPixels

/// The record and checksum of an EXR: two string attributes. The checksum covers the header and the table of
/// chunk offsets, in which every compressed size shows.
enum EXRChecksum {
  /// Where the checksum's digits go in a header; nil when there is no record.
  static func place(in header: [UInt8]) -> Int? {
    attributes(header)?[WrittenRecord.checksumKey]
      .flatMap { $0.count == WrittenRecord.blankChecksum.count ? $0.lowerBound : nil }
  }

  /// The digits for a header whose checksum is still blank.
  static func digits(header: [UInt8], table: [UInt8], size: Int) -> [UInt8] {
    checksumDigits([header, table], size: size)
  }

  static func look(_ file: RandomAccess) -> WrittenRecord {
    // Our records are small; a header of more than a megabyte is not ours.
    guard let start = file.bytes(at: 0, count: min(file.size, 1 << 20)),
      let attributes = attributes(start), let record = attributes[WrittenRecord.key]
    else { return .foreign }
    guard let end = attributes[""]?.upperBound, let place = attributes[WrittenRecord.checksumKey],
      let table = table(file, at: end)
    else { return .changed }
    var header = Array(start[..<end])
    let found = Array(header[place])
    guard found.count == WrittenRecord.blankChecksum.count,
      let text = String(validating: header[record], as: UTF8.self)
    else { return .changed }
    header.replaceSubrange(place, with: WrittenRecord.blankChecksum)
    return digits(header: header, table: table, size: file.size) == found
      ? .record(text) : .changed
  }

  /// The table of offsets. It ends where the first chunk begins.
  private static func table(_ file: RandomAccess, at start: Int) -> [UInt8]? {
    guard let first = file.bytes(at: start, count: 8) else { return nil }
    let word = first.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let end = Int(exactly: word), end > start, end <= file.size else { return nil }
    return file.bytes(at: start, count: end - start)
  }

  /// Where the value of each attribute of the first part lies; under the empty name the zero that
  /// ends the header of all parts. Nil when it is no such header.
  private static func attributes(_ header: [UInt8]) -> [String: Range<Int>]? {
    var at = 8
    let isMultiPart = header.count > 5 && header[5] & 0x10 != 0
    var isFirst = true
    var isNew = true
    func text() -> String? {
      guard let end = header[at...].prefix(256).firstIndex(of: 0) else { return nil }
      defer { at = end + 1 }
      return String(decoding: header[at..<end], as: UTF8.self)
    }
    guard header.count > at else { return nil }
    var result: [String: Range<Int>] = [:]
    while at < header.count {
      let start = at
      guard let name = text() else { return nil }
      if name.isEmpty {
        // One zero ends a part, a second one all of them.
        if isMultiPart, !isNew {
          (isFirst, isNew) = (false, true)
          continue
        }
        result[""] = start..<at
        return result
      }
      isNew = false
      guard text() != nil, at + 4 <= header.count else { return nil }
      let count = header[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      at += 4
      guard count <= header.count - at else { return nil }
      if isFirst { result[name] = at..<at + count }
      at += count
    }
    return nil
  }
}
