import BipackPixels

/// Tags of a TIFF that OpenImageIO reads and does not pass on.
enum TIFFTag: Int {
  /// What the samples beyond the colours are: 1 and 2 alpha, multiplied in or not; 0 says nothing.
  case extraSamples = 338

  /// The first value of a tag of 16-bit numbers in a directory of a file; nil where it has none.
  func first(of path: String, directory: Int) throws(ImageFileError) -> Int? {
    let (_, header) = try firstBytes(of: path, count: 16)
    let isBig = header.starts(with: Array("MM".utf8))
    guard header.count >= 8, isBig || header.starts(with: Array("II".utf8)) else { return nil }
    func number(_ bytes: ArraySlice<UInt8>) -> Int {
      let ordered = isBig ? Array(bytes) : bytes.reversed()
      return Int(truncatingIfNeeded: ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    let form = Form(isWide: number(header[2..<4]) == 43)
    guard header.count >= form.start + form.offset else { return nil }
    var at = number(header[form.start..<form.start + form.offset])
    for remaining in (0...max(0, directory)).reversed() {
      guard at > 0, at < 1 << 48 else { return nil }
      let (_, size) = try firstBytes(of: path, count: form.count, at: at)
      guard size.count == form.count else { return nil }
      let entries = min(max(0, number(size[...])), Form.mostEntries)
      let list = form.entry * entries
      let (_, bytes) = try firstBytes(of: path, count: list + form.offset, at: at + form.count)
      guard bytes.count == list + form.offset else { return nil }
      if remaining > 0 {
        at = number(bytes[list...])
        continue
      }
      for entry in stride(from: 0, to: list, by: form.entry)
      where number(bytes[entry..<entry + 2]) == rawValue {
        let value = entry + form.entry - form.offset
        return number(bytes[value..<value + 2])
      }
    }
    return nil
  }

  /// Bytes of the parts of a directory: in the files of 1992, and in those of 64 bits (BigTIFF).
  private struct Form {
    /// Where the header says the place of the first directory.
    var start: Int
    var offset: Int
    var count: Int
    var entry: Int

    static let mostEntries = 65535

    init(isWide: Bool) {
      (start, offset, count, entry) = isWide ? (8, 8, 8, 20) : (4, 4, 2, 12)
    }
  }
}
