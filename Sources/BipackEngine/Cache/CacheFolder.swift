import BipackPixels
import Glibc

/// The files of a disk cache: names, temporaries, listing. Nothing here knows what is in them.
///
///     DIR/bipack-1/CACHEDIR.TAG          so that backup programs leave it out
///     DIR/bipack-1/ab/cdef...0123.image  by hash; the first two digits are a folder
///     DIR/bipack-1/tmp/4711-9f3a.part    being written; renamed when whole
///
/// Any number of processes work on it at once without locks: a file under its name never changes,
/// it only appears whole (rename) and goes (unlink); who has it open goes on reading. There is no
/// `fsync`: after a crash an entry may be torn, and a torn entry is a miss.
struct CacheFolder: Sendable {
  /// What an entry holds.
  enum Kind: String, CaseIterable, Sendable {
    case image, values
  }

  struct File: Sendable {
    var path: String
    var bytes: Int
    /// Last use, in nanoseconds since 1970: hits move it forward.
    var used: Int
  }

  let root: String

  init(_ directory: String) {
    let trimmed =
      directory.utf8.last == UInt8(ascii: "/") ? String(directory.dropLast()) : directory
    root = (trimmed.isEmpty && !directory.isEmpty ? "/" : trimmed) + "/bipack-1"
  }

  func path(_ hash: StableHash, _ kind: Kind) -> String {
    let name = hash.description
    return "\(root)/\(name.prefix(2))/\(name.dropFirst(2)).\(kind.rawValue)"
  }

  // MARK: Writing

  /// A file under its temporary name, with its descriptor.
  struct Temporary {
    var path: String
    var descriptor: Int32
  }

  /// Starts a file. Makes the folders on the way.
  func begin() throws(CacheFailure) -> Temporary {
    let path =
      "\(root)/tmp/\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 16)).part"
    var descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0, errno == ENOENT {
      try makeFolders("\(root)/tmp")
      writeTag()
      descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    if descriptor < 0 { throw CacheFailure(errno, path) }
    return Temporary(path: path, descriptor: descriptor)
  }

  /// Gives a whole file its name. What had the name before is gone for newcomers.
  func commit(_ file: Temporary, _ hash: StableHash, _ kind: Kind) throws(CacheFailure) {
    // Some file systems say only here that the disk is full.
    if close(file.descriptor) != 0, errno != EINTR {
      let failure = CacheFailure(errno, file.path)
      unlink(file.path)
      throw failure
    }
    let path = path(hash, kind)
    if rename(file.path, path) == 0 { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/") {
      mkdir(String(path[..<slash]), 0o777)
      if rename(file.path, path) == 0 { return }
    }
    let failure = CacheFailure(errno, path)
    unlink(file.path)
    throw failure
  }

  func abandon(_ file: Temporary) {
    close(file.descriptor)
    unlink(file.path)
  }

  fileprivate func makeFolders(_ folder: String) throws(CacheFailure) {
    var at = folder.utf8.startIndex
    while at != folder.utf8.endIndex {
      let after = folder.utf8.index(after: at)
      let slash = folder.utf8[after...].firstIndex(of: UInt8(ascii: "/")) ?? folder.utf8.endIndex
      let part = String(folder[..<slash])
      if mkdir(part, 0o777) != 0, errno != EEXIST, errno != EISDIR, !isFolder(part) {
        throw CacheFailure(errno, part)
      }
      at = slash
    }
  }

  private func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private func writeTag() {
    let file = open("\(root)/CACHEDIR.TAG", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if file < 0 { return }
    let text = """
      Signature: 8a477f597d28d172789f06886806bc55
      # Pictures kept by bipack. Everything here may be deleted at any time.

      """
    _ = text.withCString { write(file, $0, strlen($0)) }
    close(file)
  }

  // MARK: Listing

  /// Every entry, and files left behind in the temporary folder by processes that died.
  func list() -> (entries: [File], leftovers: [File]) {
    var entries: [File] = []
    for shelf in names(root) where shelf.utf8.count == 2 {
      for name in names("\(root)/\(shelf)") where Self.isEntry(name) {
        if let file = file("\(root)/\(shelf)/\(name)") { entries.append(file) }
      }
    }
    let leftovers = names("\(root)/tmp").filter { $0.hasSuffix(".part") || $0.hasSuffix(".claim") }
      .compactMap { file("\(root)/tmp/\($0)") }
    return (entries, leftovers)
  }

  /// The hash in an entry's path.
  static func hash(of path: String) -> StableHash? {
    let parts = path.split(separator: "/").suffix(2)
    guard parts.count == 2, let shelf = parts.first, let name = parts.last else { return nil }
    return StableHash(String(shelf + name.prefix { $0 != "." }))
  }

  private static func isEntry(_ name: String) -> Bool {
    guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return false }
    return name.utf8.distance(from: name.utf8.startIndex, to: dot) == 30
      && Kind(rawValue: String(name[name.utf8.index(after: dot)...])) != nil
  }

  private func file(_ path: String) -> File? {
    var info = stat()
    guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    return File(
      path: path, bytes: max(Int(info.st_size), Int(info.st_blocks) * 512),
      used: Int(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(info.st_mtim.tv_nsec))
  }

  private func names(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}

/// Why the cache could not be written.
struct CacheFailure: Error, Hashable, CustomStringConvertible {
  var code: Int32
  var path: String

  init(_ code: Int32, _ path: String) {
    self.code = code
    self.path = path
  }

  var description: String { "\(path): \(String(cString: strerror(code)))" }
}

/// Work that one process does for all that share the folder. Given up when it is dropped, or when the
/// process ends, however that happens.
final class CacheClaim: Sendable {
  private let path: String
  private let descriptor: Int32

  fileprivate init(_ path: String, _ descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}

extension CacheFolder {
  enum Claiming {
    case mine(CacheClaim)
    /// Another process has it.
    case taken
    /// The folder takes no files: everybody works for himself.
    case impossible
  }

  func claim(_ hash: StableHash) -> Claiming {
    let path = "\(root)/tmp/\(hash.description).claim"
    func open() -> Int32 { Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
    var file = open()
    if file < 0, errno == ENOENT, (try? makeFolders("\(root)/tmp")) != nil { file = open() }
    guard file >= 0 else { return .impossible }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return .mine(CacheClaim(path, file)) }
    let isTaken = errno == EWOULDBLOCK
    close(file)
    return isTaken ? .taken : .impossible
  }
}
