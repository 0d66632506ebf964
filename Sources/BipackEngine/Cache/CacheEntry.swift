import BipackGraph
import BipackPixels
import CPack

/// What stands at the beginning of an entry's file: whose it is, and for images where each tile is.
///
/// All numbers are little-endian. The header ends in a sum of itself, and holds the size of the file
/// and a sum of each stored block: a file that was cut, changed or exchanged is noticed before any
/// of its pixels are used.
struct CacheEntry: Sendable {
  /// A block, or one number for a whole tile. Equal blocks of several channels are stored once.
  enum Record: Hashable, Sendable {
    case constant(bits: UInt32)
    case packed(offset: Int, bytes: Int, sum: UInt64)
  }

  static let magic = Array("BIPACK\u{1}C".utf8)

  var hash: StableHash
  var log2Size: Int
  /// The part of the data window that was computed.
  var region: Rect
  var channels: [Channel]
  var records: [Record]
  /// For each channel, for each tile of the region in rows: its record, or none where the plane has
  /// nothing.
  var cells: [Int?]
  var fileBytes = 0

  var tiles: Rect { TileGrid(log2Size: log2Size).tiles(covering: region) }

  /// Whether it holds all that `demand` asks for.
  func covers(_ demand: Demand) -> Bool {
    region.contains(demand.rect) && demand.channels.isSubset(of: channels)
  }

  // MARK: Bytes

  /// The size of the header with so many records, known before they are.
  static func headerBytes(channels: [Channel], tiles: Int, records: Int) -> Int {
    let names = channels.reduce(0) { $0 + 4 + $1.name.utf8.count }
    return 8 + 4 * 8 + 4 + 4 * 8 + 4 + names + 4 + records * 13 + channels.count * tiles * 4 + 8
  }

  func encoded() -> [UInt8] {
    let size = Self.headerBytes(channels: channels, tiles: tiles.area, records: records.count)
    var bytes = CacheBytes(capacity: size)
    bytes.append(Self.magic)
    bytes.append(UInt64(size))
    bytes.append(UInt64(fileBytes))
    bytes.append(hash.high)
    bytes.append(hash.low)
    bytes.append(UInt32(log2Size))
    for edge in [region.x0, region.y0, region.x1, region.y1] {
      bytes.append(UInt64(bitPattern: Int64(edge)))
    }
    bytes.append(UInt32(channels.count))
    for channel in channels { bytes.append(channel.name) }
    bytes.append(UInt32(records.count))
    for record in records {
      switch record {
      case .constant(let bits):
        bytes.append([0])
        bytes.append(bits)
        bytes.append(UInt64(0))
      case .packed(_, let count, let sum):
        bytes.append([1])
        bytes.append(UInt32(count))
        bytes.append(sum)
      }
    }
    for cell in cells { bytes.append(UInt32(cell.map { $0 + 1 } ?? 0)) }
    bytes.seal()
    return bytes.bytes
  }

  /// The size of the whole header, from its first 16 bytes.
  static func headerBytes(of start: [UInt8]) -> Int? {
    var reader = CacheBytes.Reader(start)
    guard reader.bytes(8) == Self.magic[...], let size = reader.word() else { return nil }
    return (96...1 << 30).contains(size) ? Int(size) : nil
  }

  /// Reads a header; nil for anything that is not exactly one.
  init?(_ header: [UInt8]) {
    guard var reader = CacheBytes.Reader(sealed: header), reader.bytes(8) == Self.magic[...],
      reader.word() == UInt64(header.count), let fileBytes = reader.int(),
      let high = reader.word(), let low = reader.word(), let log2Size = reader.half(),
      (4...10).contains(log2Size), let x0 = reader.int(), let y0 = reader.int(),
      let x1 = reader.int(), let y1 = reader.int(), let channelCount = reader.half(),
      channelCount <= 1024
    else { return nil }
    hash = StableHash(high: high, low: low)
    self.fileBytes = fileBytes
    self.log2Size = Int(log2Size)
    let far = 1 << 40
    guard x0 > -far, y0 > -far, x1 < far, y1 < far, x0 < x1, y0 < y1 else { return nil }
    region = Rect(x0: x0, y0: y0, x1: x1, y1: y1)
    channels = []
    for _ in 0..<channelCount {
      guard let name = reader.text() else { return nil }
      channels.append(Channel(name))
    }
    guard let recordCount = reader.half() else { return nil }
    records = []
    var offset = header.count
    for _ in 0..<recordCount {
      guard let kind = reader.bytes(1)?.first, let count = reader.half(), let sum = reader.word()
      else { return nil }
      if kind == 0 {
        records.append(.constant(bits: count))
      } else {
        records.append(.packed(offset: offset, bytes: Int(count), sum: sum))
        offset += Int(count)
      }
    }
    guard offset == fileBytes else { return nil }
    let tiles = TileGrid(log2Size: Int(log2Size)).tiles(covering: region)
    let (cellCount, isTooMany) = channels.count.multipliedReportingOverflow(by: Self.area(tiles))
    guard !isTooMany, reader.remaining == cellCount * 4 else { return nil }
    cells = []
    cells.reserveCapacity(cellCount)
    for _ in 0..<cellCount {
      guard let cell = reader.half(), cell <= recordCount else { return nil }
      cells.append(cell == 0 ? nil : Int(cell) - 1)
    }
  }

  init(hash: StableHash, log2Size: Int, region: Rect, channels: [Channel]) {
    self.hash = hash
    self.log2Size = log2Size
    self.region = region
    self.channels = channels
    records = []
    cells = []
  }

  /// The area of a rectangle that may be nonsense.
  private static func area(_ rect: Rect) -> Int {
    let (area, isTooMuch) = rect.width.multipliedReportingOverflow(by: rect.height)
    return isTooMuch || area > 1 << 28 ? Int.max : area
  }
}

/// The values of a data node as a file: the same kind of header, and nothing after it.
enum CacheValues {
  static let magic = Array("BIPACK\u{1}W".utf8)
  /// Bytes of a file that is worth a look.
  static let largest = 1 << 28

  static func encoded(_ values: [String: ValueData], _ hash: StableHash) -> [UInt8] {
    var bytes = CacheBytes(capacity: 256)
    bytes.append(magic)
    bytes.append(hash.high)
    bytes.append(hash.low)
    bytes.append(UInt32(values.count))
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      bytes.append(name)
      bytes.append(value)
    }
    bytes.seal()
    return bytes.bytes
  }

  static func decode(_ file: [UInt8], _ hash: StableHash) -> [String: ValueData]? {
    guard var reader = CacheBytes.Reader(sealed: file), reader.bytes(8) == magic[...],
      reader.word() == hash.high, reader.word() == hash.low, let count = reader.half()
    else { return nil }
    var values: [String: ValueData] = [:]
    for _ in 0..<count {
      guard let name = reader.text(), let value = reader.value() else { return nil }
      values[name] = value
    }
    return reader.remaining == 0 ? values : nil
  }
}

/// Little-endian bytes that end in a sum of themselves.
struct CacheBytes {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func append(_ more: [UInt8]) { bytes += more }
  mutating func append(_ value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
  mutating func append(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
  mutating func append(_ text: String) {
    append(UInt32(text.utf8.count))
    bytes += Array(text.utf8)
  }
  /// A value part by part, numbers to the bit.
  mutating func append(_ value: ValueData) {
    switch value {
    case .number(let number):
      append([0])
      append(number.bitPattern)
    case .bool(let isOn): append([1, isOn ? 1 : 0])
    case .string(let text):
      append([2])
      append(text)
    case .array(let values):
      append([3])
      append(UInt32(values.count))
      for value in values { append(value) }
    case .object(let members):
      append([4])
      append(UInt32(members.count))
      for member in members {
        append(member.name)
        append(member.value)
      }
    }
  }
  mutating func seal() { append(cpack_sum(bytes, bytes.count)) }

  /// Takes values off the front; nil when there is not enough.
  struct Reader {
    private let bytes: [UInt8]
    private var at = 0
    private let end: Int

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      end = bytes.count
    }

    /// Nil when the sum at the end is not right.
    init?(sealed bytes: [UInt8]) {
      guard bytes.count >= 8 else { return nil }
      self.bytes = bytes
      end = bytes.count - 8
      var last = Reader(Array(bytes[end...]))
      guard last.word() == cpack_sum(bytes, end) else { return nil }
    }

    var remaining: Int { end - at }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
      guard count >= 0, count <= remaining else { return nil }
      at += count
      return bytes[at - count..<at]
    }

    mutating func half() -> UInt32? {
      guard remaining >= 4 else { return nil }
      at += 4
      return bytes.withUnsafeBytes {
        UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: at - 4, as: UInt32.self))
      }
    }

    mutating func word() -> UInt64? {
      guard remaining >= 8 else { return nil }
      at += 8
      return bytes.withUnsafeBytes {
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: at - 8, as: UInt64.self))
      }
    }

    mutating func int() -> Int? { word().flatMap { Int(exactly: Int64(bitPattern: $0)) } }

    /// A value as `append` wrote it; nil for anything else, or one nested more than `depth` deep.
    mutating func value(depth: Int = 64) -> ValueData? {
      guard depth > 0, let kind = bytes(1)?.first else { return nil }
      switch kind {
      case 0: return word().map { .number(Double(bitPattern: $0)) }
      case 1: return bytes(1)?.first.map { .bool($0 != 0) }
      case 2: return text().map(ValueData.string)
      case 3, 4:
        // Each takes a byte at least.
        guard let count = half(), count <= remaining else { return nil }
        var (values, members): ([ValueData], [ValueMember]) = ([], [])
        for _ in 0..<count {
          let name = kind == 4 ? text() : ""
          guard let name, let value = value(depth: depth - 1) else { return nil }
          if kind == 4 { members.append(ValueMember(name, value)) } else { values.append(value) }
        }
        return kind == 4 ? .object(members) : .array(values)
      default: return nil
      }
    }

    mutating func text() -> String? {
      guard let count = half(), let text = bytes(Int(count)) else { return nil }
      return String(validating: text, as: UTF8.self)
    }
  }
}
