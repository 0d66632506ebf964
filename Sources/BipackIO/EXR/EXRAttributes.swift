import BipackPixels

/// EXR header attributes as `Metadata` and back.
///
/// Attributes keep their EXR names. Types with a natural value become one (`string`, `int`, `v2f`,
/// `timecode` ...); every other type is carried as opaque bytes, so that what came in goes out.
/// The type is not stored where the value's shape tells it: see `encode`.
enum EXRAttributes {
  /// What describes the file rather than the picture; read into `SubImage`, never into metadata.
  static let structural: Set<String> = [
    "channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio",
    "tiles", "type", "name", "view", "chunkCount", "version", "maxSamplesPerPixel", "preview",
  ]

  /// The value of an attribute from its little-endian bytes.
  static func decode(type: String, bytes: [UInt8]) -> Metadata.Value {
    let exact = exactSize[type]
    if let exact, exact != bytes.count { return .opaque(type: type, bytes: bytes) }
    switch type {
    case "string":
      // Text that is not UTF-8 stays bytes: writing it back must not change it.
      if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
    case "int": return .int(int(bytes, 0))
    case "float": return .float(Double(float(bytes, 0)))
    case "double": return .float(Double(bitPattern: word(bytes, 0)))
    case "v2i", "v3i", "box2i", "keycode":
      return .ints((0..<bytes.count / 4).map { int(bytes, $0 * 4) })
    case "v2f", "v3f", "box2f", "m33f", "m44f", "chromaticities":
      return .floats((0..<bytes.count / 4).map { Double(float(bytes, $0 * 4)) })
    case "floatvector":
      let count = bytes.count / 4
      if bytes.count % 4 == 0, floatTypes[count] == nil, count != 8 {
        return .floats((0..<count).map { Double(float(bytes, $0 * 4)) })
      }
    case "timecode":
      return .timeCode(unsigned(bytes, 0), unsigned(bytes, 4))
    case "rational":
      return .rational(int(bytes, 0), Int(unsigned(bytes, 4)))
    case "stringvector":
      if let list = strings(bytes) { return .strings(list) }
    default: break
    }
    return .opaque(type: type, bytes: bytes)
  }

  /// Whether an attribute of the picture can have this name.
  static func canHold(_ name: String) -> Bool {
    !structural.contains(name) && (1...255).contains(name.utf8.count) && !name.utf8.contains(0)
  }

  /// The EXR type and bytes of a value; nil when EXR cannot hold it under this name.
  static func encode(name: String, _ value: Metadata.Value) -> (type: String, bytes: [UInt8])? {
    guard canHold(name) else { return nil }
    switch value {
    case .string(let text): return ("string", Array(text.utf8))
    case .int(let value):
      guard let word = Int32(exactly: value) else { return ("string", Array(String(value).utf8)) }
      return ("int", little(word))
    case .float(let value):
      if Double(Float(value)) == value || value.isNaN { return ("float", little(Float(value))) }
      return ("double", little(value.bitPattern))
    case .ints(let values):
      let words = values.compactMap { Int32(exactly: $0) }
      guard words.count == values.count, let type = intTypes[values.count] else {
        return ("string", Array(values.map(String.init).joined(separator: " ").utf8))
      }
      return (type, words.flatMap { little($0) })
    case .floats(let values):
      let type =
        values.count == 8 && name == "chromaticities"
        ? "chromaticities" : floatTypes[values.count] ?? "floatvector"
      return (type, values.flatMap { little(Float($0)) })
    case .strings(let list):
      return ("stringvector", list.flatMap { little(Int32($0.utf8.count)) + Array($0.utf8) })
    case .timeCode(let time, let user):
      return ("timecode", little(time) + little(user))
    case .rational(let over, let under):
      guard let n = Int32(exactly: over), let d = UInt32(exactly: under) else { return nil }
      return ("rational", little(n) + little(d))
    case .opaque(let type, let bytes):
      if type.isEmpty || type.utf8.count > 255 || type.utf8.contains(0) { return nil }
      return (type, bytes)
    }
  }

  private static let exactSize: [String: Int] = [
    "int": 4, "float": 4, "double": 8, "v2i": 8, "v3i": 12, "box2i": 16, "keycode": 28,
    "v2f": 8, "v3f": 12, "box2f": 16, "m33f": 36, "m44f": 64, "chromaticities": 32,
    "timecode": 8, "rational": 8,
  ]
  private static let intTypes = [2: "v2i", 3: "v3i", 4: "box2i", 7: "keycode"]
  private static let floatTypes = [2: "v2f", 3: "v3f", 4: "box2f", 9: "m33f", 16: "m44f"]

  private static func unsigned(_ b: [UInt8], _ i: Int) -> UInt32 {
    UInt32(b[i]) | UInt32(b[i + 1]) << 8 | UInt32(b[i + 2]) << 16 | UInt32(b[i + 3]) << 24
  }
  private static func word(_ b: [UInt8], _ i: Int) -> UInt64 {
    UInt64(unsigned(b, i)) | UInt64(unsigned(b, i + 4)) << 32
  }
  private static func int(_ b: [UInt8], _ i: Int) -> Int {
    Int(Int32(bitPattern: unsigned(b, i)))
  }
  private static func float(_ b: [UInt8], _ i: Int) -> Float { Float(bitPattern: unsigned(b, i)) }

  private static func strings(_ bytes: [UInt8]) -> [String]? {
    var list: [String] = []
    var at = 0
    while at < bytes.count {
      guard at + 4 <= bytes.count else { return nil }
      let length = int(bytes, at)
      at += 4
      guard length >= 0, length <= bytes.count - at,
        let text = String(validating: bytes[at..<at + length], as: UTF8.self)
      else { return nil }
      list.append(text)
      at += length
    }
    return list
  }

  static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
  static func little(_ value: Float) -> [UInt8] { little(value.bitPattern) }
}
