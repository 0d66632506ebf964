import Glibc

/// What went wrong with an image file, in words for a person at two in the morning.
///
/// All wording of this module is in this file. `description` reads
/// `shot.exr: no part named 'beauty'; the file has 'rgba', 'depth' (pick one of these)`.
public struct ImageFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What sort of failure it is; a caller maps these to exit codes and missing-frame policies.
  public enum Kind: String, Sendable, CaseIterable {
    /// There is no such file.
    case missing
    /// The file contradicts itself or its format.
    case corrupt
    /// The file ends too early or holes are left in it: an interrupted copy or render.
    case incomplete
    /// Valid, but not something Bipack does.
    case unsupported
    /// Larger than a named limit.
    case overLimit
    /// The system does not let us.
    case permission
    /// Disk full, quota, read error, read-only file system.
    case storage
    /// A library that reads or writes this format is not installed.
    case library
    /// The caller asked for a part, channel or setting that makes no sense for this file.
    case request
  }

  public var kind: Kind
  public var path: String
  public var what: String
  public var expected: String?
  public var suggestion: String?

  public init(
    _ kind: Kind, path: String, _ what: String, expected: String? = nil, suggestion: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.what = what
    self.expected = expected
    self.suggestion = suggestion
  }

  public var description: String {
    var text = path + ": " + what
    if let expected { text += "; expected " + expected }
    if let suggestion { text += " (" + suggestion + ")" }
    return text
  }
}

extension ImageFileError {
  /// A refused system call, worded by its errno.
  static func system(_ code: Int32, path: String, doing: String) -> ImageFileError {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOENT:
      return ImageFileError(.missing, path: path, "cannot \(doing): no such file or folder")
    case ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP:
      return ImageFileError(.missing, path: path, "cannot \(doing): \(reason)")
    case EACCES, EPERM:
      return ImageFileError(
        .permission, path: path, "cannot \(doing): permission denied",
        suggestion: "check the owner and mode of the file and its folder")
    case ENOSPC:
      return ImageFileError(
        .storage, path: path, "cannot \(doing): the disk is full",
        suggestion: "free some space and run again; finished frames are kept")
    case EDQUOT:
      return ImageFileError(.storage, path: path, "cannot \(doing): your disk quota is used up")
    case EFBIG:
      return ImageFileError(
        .storage, path: path, "cannot \(doing): larger than the system allows",
        suggestion: "see 'ulimit -f'")
    case EROFS:
      return ImageFileError(.storage, path: path, "cannot \(doing): the file system is read-only")
    default:
      return ImageFileError(.storage, path: path, "cannot \(doing): \(reason)")
    }
  }

  static func notAFile(_ path: String) -> ImageFileError {
    ImageFileError(.missing, path: path, "not a regular file")
  }

  static func badPath(_ path: String) -> ImageFileError {
    ImageFileError(.request, path: path, "the path is empty or contains a NUL byte")
  }

  static func empty(_ path: String) -> ImageFileError {
    ImageFileError(
      .incomplete, path: path, "the file is empty",
      suggestion: "was its writer interrupted, or is it still being copied?")
  }

  static func changed(_ path: String) -> ImageFileError {
    ImageFileError(.storage, path: path, "the file changed while it was being read")
  }

  static func cancelled(_ path: String) -> ImageFileError {
    ImageFileError(.storage, path: path, "given up, because the work was cancelled")
  }

  static func unknownFormat(_ path: String) -> ImageFileError {
    ImageFileError(.unsupported, path: path, "not an image format Bipack knows")
  }

  /// A movie, to be read or written: both take a sequence and one more command.
  static func movie(_ path: String) -> ImageFileError {
    ImageFileError(
      .unsupported, path: path, "movies are neither read nor written yet",
      expected: "an image sequence",
      suggestion: "'ffmpeg -i clip.mov clip.%04d.png' makes one of a movie, "
        + "'ffmpeg -framerate 24 -start_number 1001 -i clip.%04d.png clip.mov' a movie of one")
  }

  // MARK: Limits

  static func overLimit(
    _ path: String, limit: String, value: Int, most: Int, unit: String, flag: String
  ) -> ImageFileError {
    ImageFileError(
      .overLimit, path: path, "\(limit) is \(value) \(unit), the limit is \(most)",
      suggestion: "raise it with \(flag) if the file can be trusted")
  }

  // MARK: Parts and channels

  static func noSuchPart(_ path: String, _ wanted: String, names: [String]) -> ImageFileError {
    ImageFileError(
      .request, path: path, "no part \(wanted)",
      expected: names.isEmpty ? nil : "one of " + list(names),
      suggestion: closest(wanted, names).map { "did you mean '\($0)'?" })
  }

  static func noSuchChannel(_ path: String, _ wanted: String, names: [String]) -> ImageFileError {
    ImageFileError(
      .request, path: path, "no channel '\(wanted)'",
      expected: names.isEmpty ? nil : "one of " + list(names),
      suggestion: closest(wanted, names).map { "did you mean '\($0)'?" })
  }

  static func noSuchLayer(_ path: String, _ wanted: String, names: [String]) -> ImageFileError {
    ImageFileError(
      .request, path: path, "no layer '\(wanted)'",
      expected: names.isEmpty ? nil : "one of " + list(names),
      suggestion: closest(wanted, names).map { "did you mean '\($0)'?" })
  }

  static func deep(_ path: String, part: String?) -> ImageFileError {
    ImageFileError(
      .unsupported, path: path,
      (part.map { "part '\($0)' is" } ?? "this is") + " a deep image",
      expected: "a flat image",
      suggestion: "DeepRead reads it, and DeepToImage makes it flat")
  }

  static func flat(_ path: String, part: String?) -> ImageFileError {
    ImageFileError(
      .unsupported, path: path,
      (part.map { "part '\($0)' is" } ?? "this is") + " no deep image",
      expected: "an EXR with deep samples",
      suggestion: "Read reads it, and DeepFromImage makes it deep")
  }

  // MARK: Damage

  /// A failure reported by a codec, in its words.
  static func damaged(_ path: String, _ text: String, incomplete: Bool = false) -> ImageFileError {
    ImageFileError(
      incomplete ? .incomplete : .corrupt, path: path,
      (incomplete ? "the file is incomplete: " : "the file is damaged: ") + text,
      suggestion: incomplete
        ? "was its writer interrupted, or is it still being copied?" : nil)
  }

  static func codec(_ path: String, _ text: String) -> ImageFileError {
    ImageFileError(.unsupported, path: path, text)
  }

  static func outOfMemory(_ path: String) -> ImageFileError {
    ImageFileError(.overLimit, path: path, "not enough memory to decode it")
  }

  // MARK: Writing

  static func cannotWrite(_ path: String, _ what: String, expected: String? = nil)
    -> ImageFileError
  {
    ImageFileError(.request, path: path, what, expected: expected)
  }

  static func missingHelper(_ path: String, _ reason: String) -> ImageFileError {
    ImageFileError(
      .library, path: path,
      "this format needs Bipack's helper program, which could not be used: \(reason)",
      suggestion:
        "build the product bipack-formats with libopenimageio-dev (Debian, Ubuntu) and put "
        + "it beside your program, or name it in BIPACK_FORMATS; EXR and PNG do not need it")
  }

  // MARK: Words

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 12 ? shown + " and \(names.count - 12) more" : shown
  }

  /// The name within an edit distance of a third of its length, if any.
  private static func closest(_ wanted: String, _ names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for name in names.prefix(1024) {
      let d = distance(Array(wanted.utf8.prefix(64)), Array(name.utf8.prefix(64)))
      if d <= max(1, wanted.utf8.count / 3), d < best?.distance ?? Int.max { best = (name, d) }
    }
    return best?.name
  }

  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    func fold(_ c: UInt8) -> UInt8 { c >= 65 && c <= 90 ? c + 32 : c }
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let cost = fold(a[i]) == fold(b[j]) ? 0 : 1
        let value = min(min(row[j] + 1, row[j + 1] + 1), diagonal + cost)
        diagonal = row[j + 1]
        row[j + 1] = value
      }
    }
    return row[b.count]
  }
}
