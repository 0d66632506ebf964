import Glibc

/// Numbers and tables as people read them, without Foundation.
enum Text {
  /// `x` with `digits` decimals.
  static func fixed(_ x: Double, _ digits: Int) -> String {
    guard x.isFinite else { return x.isNaN ? "nan" : x < 0 ? "-inf" : "inf" }
    return format(x) { buffer, count in
      withVaList([Int32(digits), x]) { vsnprintf(buffer, count, "%.*f", $0) }
    }
  }

  /// `x` with `digits` significant digits, in scientific notation where that is shorter.
  static func general(_ x: Double, _ digits: Int = 6) -> String {
    guard x.isFinite else { return x.isNaN ? "nan" : x < 0 ? "-inf" : "inf" }
    return format(x) { buffer, count in
      withVaList([Int32(digits), x]) { vsnprintf(buffer, count, "%.*g", $0) }
    }
  }

  private static func format(_ x: Double, _ print: (UnsafeMutablePointer<CChar>, Int) -> Int32)
    -> String
  {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      guard let base = buffer.baseAddress, print(base, buffer.count) > 0 else { return "\(x)" }
      return String(cString: base)
    }
  }

  /// `0:07`, `12:40`, `3:05:09`.
  static func clock(_ seconds: Double) -> String {
    let total = Int(min(max(seconds.rounded(), 0), 1e9))
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
  }

  /// `12.3 ms`, `1.84 s`, `3:05`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 0.9995 { return fixed(seconds * 1000, seconds < 0.1 ? 1 : 0) + " ms" }
    return seconds < 99.5 ? fixed(seconds, 2) + " s" : clock(seconds)
  }

  /// `512 KiB`, `1.5 GiB`.
  static func bytes(_ count: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1000, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return (unit == 0 ? "\(count)" : fixed(value, value < 9.95 ? 1 : 0)) + " " + units[unit]
  }

  /// Rows in columns; those of `right` are set to the right.
  static func table(_ rows: [[String]], right: Set<Int> = [], indent: String = "  ") -> String {
    guard let columns = rows.map(\.count).max() else { return "" }
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += (right.contains(column) ? space + cell : cell + space) + "  "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// `text` broken at spaces into lines of at most `width`, each after `indent`.
  static func wrapped(_ text: String, width: Int, indent: String) -> String {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, indent.count + line.count + 1 + word.count > width {
          lines.append(indent + line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      lines.append(line.isEmpty ? "" : indent + line)
    }
    return lines.joined(separator: "\n")
  }

  /// `1 frame`, `10 frames`.
  static func count(_ n: Int, _ noun: String) -> String { "\(n) \(noun)\(n == 1 ? "" : "s")" }
}

extension String {
  /// The text with control characters spelled out: a graph from a stranger cannot steer the
  /// terminal. Line breaks and tabs stay.
  var printable: String {
    if !unicodeScalars.contains(where: { Self.steers($0) }) { return self }
    var result = ""
    for scalar in unicodeScalars {
      if Self.steers(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value < 0x20 && scalar != "\n" && scalar != "\t")
      || (0x7f...0x9f).contains(scalar.value)
  }
}
