/// A display profile of the International Color Consortium (ICC.1:2010, version 4): three primaries
/// adapted to D50, and one curve.
///
/// Made only where three numbers and a curve say all: not for HDR and not for logarithms. The same
/// colour space always gives the same bytes, without a date.
enum ICCProfile {
  static func make(_ tags: ColorTags?) -> [UInt8]? {
    guard let tags, let primaries = tags.primaries, let curve = curve(tags) else { return nil }
    let columns = adaptedColumns(primaries.chromaticities)
    let adaptation = adaptation(from: color(primaries.chromaticities[6...]))
    let name = tags.interopID ?? "\(primaries) \(tags.exponent.map { "\($0)" } ?? "camera")"
    let elements: [(String, [UInt8])] = [
      ("desc", localized(name)), ("cprt", localized("No copyright")), ("wtpt", xyz(d50)),
      ("chad", array(adaptation)),
      ("rXYZ", xyz(columns[0])), ("gXYZ", xyz(columns[1])), ("bXYZ", xyz(columns[2])),
      ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
    ]
    var table = big(UInt32(elements.count))
    var data: [UInt8] = []
    var places: [[UInt8]: Int] = [:]
    let start = 128 + 4 + 12 * elements.count
    for (signature, bytes) in elements {
      let place = places[bytes] ?? start + data.count
      if places[bytes] == nil {
        places[bytes] = place
        data += bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
      }
      table += Array(signature.utf8) + big(UInt32(place)) + big(UInt32(bytes.count))
    }
    return header(size: start + data.count) + table + data
  }

  private static func header(size: Int) -> [UInt8] {
    func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    // What is left out: preferred software, date, platform, flags, maker, model, intent, creator, digest.
    return big(UInt32(size)) + zeros(4) + big(0x0430_0000) + Array("mntrRGB XYZ ".utf8) + zeros(12)
      + Array("acsp".utf8) + zeros(28) + d50.flatMap(number) + zeros(48)
  }

  /// From code values to light; nil when the space has no such curve.
  private static func curve(_ tags: ColorTags) -> [UInt8]? {
    func parametric(_ kind: UInt16, _ numbers: [Double]) -> [UInt8] {
      Array("para".utf8) + big(0) + [UInt8(kind >> 8), UInt8(kind & 255), 0, 0]
        + numbers.flatMap(number)
    }
    // Y = (aX + b)^g from d up, cX below.
    return switch tags.curve {
    case .linear: parametric(0, [1])
    case .gamma(let exponent): parametric(0, [exponent])
    case .rec1886: parametric(0, [2.4])
    case .sRGB: parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
    case .rec709: parametric(3, [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081])
    default: nil
    }
  }

  // MARK: Primaries

  /// The XYZ of red, green and blue at full, white adapted to D50.
  private static func adaptedColumns(_ points: [Double]) -> [[Double]] {
    let (red, green, blue) = (color(points[0...1]), color(points[2...3]), color(points[4...5]))
    let white = color(points[6...7])
    // How much of each makes white, by Cramer's rule.
    let volume = dot(red, cross(green, blue))
    let parts = [
      dot(white, cross(green, blue)), dot(red, cross(white, blue)), dot(red, cross(green, white)),
    ]
    let adaptation = adaptation(from: white)
    return zip([red, green, blue], parts).map { column, part in
      adaptation.map { dot($0, column) * part / volume }
    }
  }

  /// The XYZ of a chromaticity, Y being 1.
  private static func color(_ point: ArraySlice<Double>) -> [Double] {
    let (x, y) = (point[point.startIndex], point[point.startIndex + 1])
    return [x / y, 1, (1 - x - y) / y]
  }

  private static let d50 = [0.9642, 1, 0.8249]

  /// Bradford's adaptation of XYZ from a white to D50, row by row.
  private static func adaptation(from white: [Double]) -> [[Double]] {
    let cones = [
      [0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296],
    ]
    let back = [
      [0.9869929, -0.1470543, 0.1599627], [0.4323053, 0.5183603, 0.0492912],
      [-0.0085287, 0.0400428, 0.9684867],
    ]
    let gains = cones.map { dot($0, d50) / dot($0, white) }
    return back.map { row in
      (0..<3).map { j in (0..<3).reduce(0) { $0 + row[$1] * gains[$1] * cones[$1][j] } }
    }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  }

  private static func cross(_ a: [Double], _ b: [Double]) -> [Double] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
  }

  // MARK: Bytes

  private static func xyz(_ color: [Double]) -> [UInt8] {
    Array("XYZ ".utf8) + big(0) + color.flatMap(number)
  }

  private static func array(_ rows: [[Double]]) -> [UInt8] {
    Array("sf32".utf8) + big(0) + rows.flatMap { $0.flatMap(number) }
  }

  /// A text in one language, UTF-16.
  private static func localized(_ text: String) -> [UInt8] {
    let units = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    return Array("mluc".utf8) + big(0) + big(1) + big(12) + Array("enUS".utf8)
      + big(UInt32(units.count)) + big(28) + units
  }

  /// A signed number with 16 bits behind the point.
  private static func number(_ value: Double) -> [UInt8] {
    big(UInt32(bitPattern: Int32((value * 65536).rounded())))
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
