import BipackPixels
import CPNG

/// The record and checksum of a PNG: two `iTXt` chunks before the end. The checksum covers type, length and
/// check sum of every other chunk.
enum PNGChecksum {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  /// Length, type, check sum of `IEND`.
  static let endBytes = 12

  /// The chunks to put between the rest of the file, of which `descriptions` tells, and its end.
  static func chunks(record: String, after descriptions: [UInt8], size: Int) -> [UInt8] {
    let text = chunk(WrittenRecord.key, Array(record.utf8))
    let checksumBytes = chunk(WrittenRecord.checksumKey, WrittenRecord.blankChecksum).count
    let end = description([0, 0, 0, 0] + Array("IEND".utf8), [0xae, 0x42, 0x60, 0x82])
    let digits = checksumDigits(
      [descriptions + description(Array(text[..<8]), Array(text.suffix(4))) + end],
      size: size + text.count + checksumBytes)
    return text + chunk(WrittenRecord.checksumKey, digits)
  }

  /// What the checksum covers of the chunks in `bytes`, which begin behind the signature.
  static func descriptions(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    var at = signature.count
    while at + 12 <= bytes.count {
      let count = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard count <= bytes.count - at - 12 else { break }
      let crc = at + 8 + count
      result += description(Array(bytes[at..<at + 8]), Array(bytes[crc..<crc + 4]))
      at = crc + 4
    }
    return result
  }

  static func look(_ file: RandomAccess) -> WrittenRecord {
    var at = signature.count
    var covered: [UInt8] = []
    var record: [UInt8]?
    var found: [UInt8]?
    var isWhole = false
    while let head = file.bytes(at: at, count: 8) {
      let count = head[..<4].reduce(0) { $0 << 8 | Int($1) }
      guard let crc = file.bytes(at: at + 8 + count, count: 4) else { break }
      var isChecksum = false
      if head[4...].elementsEqual("iTXt".utf8), count <= 1 << 20,
        let data = file.bytes(at: at + 8, count: count)
      {
        if let text = text(data, WrittenRecord.key) { record = text }
        if let text = text(data, WrittenRecord.checksumKey) {
          found = text
          isChecksum = true
        }
      }
      if !isChecksum { covered += description(head, crc) }
      at += 12 + count
      if head[4...].elementsEqual("IEND".utf8) {
        isWhole = at == file.size
        break
      }
    }
    guard let record else { return isWhole ? .foreign : .changed }
    guard isWhole, let found, found == checksumDigits([covered], size: file.size),
      let text = String(validating: record, as: UTF8.self)
    else { return .changed }
    return .record(text)
  }

  private static func description(_ head: [UInt8], _ crc: [UInt8]) -> [UInt8] { head + crc }

  /// Keyword, no compression, no language, no translation, text.
  private static func prefix(_ key: String) -> [UInt8] { Array(key.utf8) + [0, 0, 0, 0, 0] }

  private static func text(_ data: [UInt8], _ key: String) -> [UInt8]? {
    let prefix = prefix(key)
    return data.starts(with: prefix) ? Array(data[prefix.count...]) : nil
  }

  private static func chunk(_ key: String, _ text: [UInt8]) -> [UInt8] {
    let data = prefix(key) + text
    let body = Array("iTXt".utf8) + data
    return big(UInt32(data.count)) + body + big(cpng_crc(body, body.count))
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

}
