/// What can go wrong with colour management. All wording of this folder is in this file.
public enum ColorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Who named a config or a file.
  public enum Origin: Hashable, Sendable {
    /// The document's own setting.
    case document
    /// The environment variable `OCIO`.
    case environment
    /// A program that embeds Bipack.
    case caller
  }

  /// A kind of name that a config defines.
  public enum Kind: String, Sendable {
    case space = "colour space"
    case display
    case view
    case look
  }

  /// The config file does not exist or cannot be read.
  case missingConfig(path: String, origin: Origin)
  /// The config file is there, but OCIO refuses it.
  case badConfig(path: String, origin: Origin, reason: String)
  /// A name the config does not define; `known` is what it does define.
  case unknown(Kind, name: String, config: String, known: [String])
  /// A view that exists, but not on this display.
  case unknownView(name: String, display: String, config: String, known: [String])
  /// A LUT or CDL file that is not there.
  case missingFile(path: String)
  /// A LUT or CDL file that cannot be used: damaged, of no known format, not invertible, or without
  /// the correction asked for.
  case badFile(path: String, reason: String)
  /// A conversion OCIO cannot build.
  case failed(task: String, config: String, reason: String)

  /// One sentence, or two, for a person.
  public var description: String {
    switch self {
    case .missingConfig(let path, let origin):
      "the colour config '\(path)'\(origin.phrase) does not exist or cannot be read"
    case .badConfig(let path, let origin, let reason):
      "the colour config '\(path)'\(origin.phrase) cannot be used: \(reason)"
    case .unknown(let kind, let name, let config, let known):
      "no \(kind.rawValue) '\(name)' in \(config)\(Self.hint(name, known))"
        + (kind == .look ? "" : "; 'bipack colorspaces' lists them")
    case .unknownView(let name, let display, let config, let known):
      "display '\(display)' has no view '\(name)' in \(config)\(Self.hint(name, known)); "
        + "'bipack colorspaces' lists them"
    case .missingFile(let path):
      "the \(Self.kind(of: path)) file '\(path)' does not exist or cannot be read"
    case .badFile(let path, let reason):
      "the \(Self.kind(of: path)) file '\(path)' cannot be used: \(reason)"
    case .failed(let task, let config, let reason):
      "cannot \(task) in \(config): \(reason)"
    }
  }

  private static func kind(of path: String) -> String {
    TableFile.isCDL(path) ? "CDL" : "LUT"
  }

  /// "(did you mean 'x'?)" where a known name is near, else the known names, the first dozen.
  private static func hint(_ name: String, _ known: [String]) -> String {
    if let nearest = NearestName.find(name, in: known) { return " (did you mean '\(nearest)'?)" }
    if known.isEmpty { return " (it has none)" }
    let shown = known.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
    let rest = known.count > 12 ? ", and \(known.count - 12) more" : ""
    return " (known: \(shown)\(rest))"
  }

  /// OCIO's own words on one line, without its prefixes.
  static func clean(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).map { part in
      part.drop { $0 == " " || $0 == "\t" }
    }.filter { !$0.isEmpty }.joined(separator: " ")
    return line.hasPrefix("Error: ") ? String(line.dropFirst(7)) : line
  }
}

extension ColorError.Origin {
  fileprivate var phrase: String {
    switch self {
    case .document: " named by the document"
    case .environment: " named by $OCIO"
    case .caller: ""
    }
  }
}

/// The "did you mean" of colour names.
enum NearestName {
  /// The known name nearest to `name`: equal but for case and punctuation, containing it, or few
  /// slips of the finger away; nil when none is.
  static func find(_ name: String, in known: [String]) -> String? {
    let wanted = fold(name)
    if wanted.isEmpty { return nil }
    if let same = known.first(where: { fold($0) == wanted }) { return same }
    if wanted.count >= 4, let longer = known.first(where: { contains(fold($0), wanted) }) {
      return longer
    }
    var best: (name: String, slips: Int)?
    for candidate in known {
      let slips = distance(wanted, fold(candidate))
      if slips <= max(1, wanted.count / 4), slips < best?.slips ?? .max {
        best = (candidate, slips)
      }
    }
    return best?.name
  }

  private static func fold(_ name: String) -> [UInt8] {
    name.lowercased().filter { $0.isLetter || $0.isNumber }.utf8.map { $0 }
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
  }

  /// Insertions, deletions, replacements and swaps of neighbours from one to the other.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 1..<(a.count + 1) {
      var row = [i]
      for j in 1..<(b.count + 1) {
        var cost = min(
          rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), rows[i - 1][j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          cost = min(cost, rows[i - 2][j - 2] + 1)
        }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
