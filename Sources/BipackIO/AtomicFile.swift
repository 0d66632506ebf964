import BipackPixels
import CFiles
import Glibc

/// A file that appears under its final name complete, or not at all.
///
/// It is written under a temporary name in the same folder (`.shot.0001.exr.4711.2.part`, created
/// exclusively), synced to disk, renamed over the final name, and the folder is synced too. Dropping
/// it without `commit` removes the temporary. A writer holds a lock on its temporary: one whose lock
/// is free and whose process is gone was left by a crash, and the next process that writes to the
/// folder removes it. A symbolic link at the final name stays: what it points at is replaced, in its
/// own folder. Nothing ever reads a `.part` file.
public final class AtomicFile {
  public let path: String
  /// The name the file gets: `path`, or what a link there points at.
  private let target: String
  /// Where the bytes go until `commit`; for writers that insist on opening files themselves.
  public let temporaryPath: String
  private var descriptor: Int32
  private var isCommitted = false
  /// How far it reaches, and up to where it was sent to the disk.
  private let extent = Locked((size: 0, sent: 0))

  private static let serial = Locked(0)
  /// Temporaries in the making, until a process that is about to end gives them all up.
  private static let living = Locked((paths: Set<String>(), isOver: false))

  /// Removes the temporaries of all files that are not complete, and lets none be completed or begun
  /// any more: for a process that ends while threads of it still write.
  public static func giveUpAll() {
    living.withLock { living in
      living.isOver = true
      for path in living.paths { unlink(path) }
    }
  }

  /// Starts the file. `createDirectories` makes missing folders on the way.
  public init(_ path: String, createDirectories: Bool = true) throws(ImageFileError) {
    self.path = path
    target = try Self.followed(path)
    let (folder, name) = Self.split(target)
    if createDirectories { try Self.makeFolders(folder, for: path) }
    var info = stat()
    if stat(target, &info) == 0, info.st_mode & S_IFMT != S_IFREG { throw .notAFile(path) }
    LeftoverFiles.remove(from: folder)
    // The name of the temporary must not be longer than the system allows either.
    let stem = String(decoding: Array(name.utf8).prefix(200), as: UTF8.self)
    descriptor = -1
    var candidate = ""
    while descriptor < 0 {
      let number = Self.serial.withLock { count -> Int in
        count += 1
        return count
      }
      candidate = folder + "." + stem + ".\(getpid()).\(number).part"
      descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 {
        // An old one of a process that had our number and died.
        if errno == EEXIST || errno == EINTR { continue }
        throw .system(errno, path: path, doing: "create the file")
      }
      // Whoever clears the folder may have taken it for a left-over before it was locked.
      if !LeftoverFiles.claim(descriptor) {
        close(descriptor)
        unlink(candidate)
        descriptor = -1
      }
    }
    temporaryPath = candidate
    let isOver = Self.living.withLock { living in
      living.paths.insert(candidate)
      return living.isOver
    }
    if isOver { throw .cancelled(path) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if isCommitted { return }
    unlink(temporaryPath)
    Self.living.withLock { _ = $0.paths.remove(temporaryPath) }
  }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(ImageFileError) {
    try write(bytes, at: size)
  }

  public func write(_ bytes: [UInt8]) throws(ImageFileError) { try write(bytes, at: size) }

  /// Puts bytes at a place, there before or not. Several threads may do so at once, at places that
  /// do not meet.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageFileError) {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let n = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
      if n < 0 {
        if errno == EINTR { continue }
        throw .system(errno, path: path, doing: "write")
      }
      done += n
    }
    progress(offset, bytes.count)
  }

  public func write(_ bytes: [UInt8], at offset: Int) throws(ImageFileError) {
    // A failure is carried out by hand: `withUnsafeBytes` does not keep its type.
    var failure: ImageFileError?
    bytes.withUnsafeBytes { buffer in
      do throws(ImageFileError) { try write(buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Bytes up to the furthest written.
  private var size: Int { extent.withLock { $0.size } }

  /// Sends what is written on its way to the disk, some megabytes at a time, so that `commit` need
  /// not wait for all of it.
  private func progress(_ offset: Int, _ count: Int) {
    let (from, to) = extent.withLock { extent -> (Int, Int) in
      extent.size = max(extent.size, offset + count)
      let from = extent.sent
      if extent.size - from >= 8 << 20 { extent.sent = extent.size }
      return (from, extent.sent)
    }
    if to > from {
      // Only a hint: what it misses, or what fails, `commit` meets again.
      bipack_start_writeback(descriptor, Int64(from), Int64(to - from))
    }
  }

  /// Makes the file appear under its final name. Nothing can be written afterwards.
  public func commit() throws(ImageFileError) {
    if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS {
      throw .system(errno, path: path, doing: "write")
    }
    // The lock is held up to the end, by another descriptor: closing may fail and is looked at.
    let lock = dup(descriptor)
    defer { if lock >= 0 { close(lock) } }
    let closed = close(descriptor)
    descriptor = -1
    if closed != 0, errno != EINTR { throw .system(errno, path: path, doing: "write") }
    let code: Int32? = Self.living.withLock { living in
      if living.isOver { return nil }
      if rename(temporaryPath, target) != 0 { return errno }
      living.paths.remove(temporaryPath)
      return 0
    }
    guard let code else { throw .cancelled(path) }
    if code != 0 { throw .system(code, path: path, doing: "give the file its name") }
    isCommitted = true
    let folder = open(Self.split(target).folder + ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      // Some network file systems cannot sync folders; the rename itself has happened.
      _ = fsync(folder)
      close(folder)
    }
  }

  /// What can be told of a target without making anything. See `ImageFile.checkTarget`.
  static func check(_ path: String, createDirectories: Bool) throws(ImageFileError) {
    let target = try followed(path)
    let (folder, name) = split(target)
    let here = folder.isEmpty ? "." : folder
    let longest = pathconf(here, Int32(_PC_NAME_MAX))
    if name.utf8.count > (longest > 0 ? longest : 255) {
      throw .system(ENAMETOOLONG, path: path, doing: "create the file")
    }
    var info = stat()
    if stat(target, &info) == 0, info.st_mode & S_IFMT != S_IFREG { throw .notAFile(path) }
    // The folder, or what of it is there already.
    var part = here
    while stat(part, &info) != 0 {
      let code = errno
      if part.utf8.last == UInt8(ascii: "/") { part.removeLast() }
      // A link that leads nowhere is there already: no folder can be made in its place.
      var link = stat()
      guard code == ENOENT, createDirectories, lstat(part, &link) != 0 else {
        throw .system(
          code, path: path,
          doing: createDirectories ? "create the folder \(part)" : "create the file")
      }
      let parent = split(part).folder
      part = parent.isEmpty ? "." : parent
    }
    if info.st_mode & S_IFMT != S_IFDIR {
      throw .system(ENOTDIR, path: path, doing: "create the file")
    }
    if access(part, W_OK | X_OK) != 0 { throw .system(errno, path: path, doing: "create the file") }
  }

  /// The path with a symbolic link at its end replaced by what that points at.
  private static func followed(_ path: String) throws(ImageFileError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw .badPath(path)
    }
    var target = path
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    for _ in 0..<40 {
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink(target, $0, bytes.count) } ?? -1
      }
      guard count > 0 else { return target }
      let link = String(decoding: buffer[..<count], as: UTF8.self)
      target = link.hasPrefix("/") ? link : split(target).folder + link
    }
    throw .system(ELOOP, path: path, doing: "create the file")
  }

  /// The folder with its slash (empty for the current one), and the name.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let after = path.utf8.index(after: slash)
    return (String(path[..<after]), String(path[after...]))
  }

  private static func makeFolders(_ folder: String, for path: String) throws(ImageFileError) {
    if folder.isEmpty || folder == "/" { return }
    var info = stat()
    if stat(folder, &info) == 0 { return }
    var at = folder.utf8.startIndex
    while let slash = folder.utf8[at...].firstIndex(of: UInt8(ascii: "/")) {
      let part = String(folder[..<slash])
      if !part.isEmpty, mkdir(part, 0o777) != 0, errno != EEXIST {
        throw .system(errno, path: path, doing: "create the folder \(part)")
      }
      at = folder.utf8.index(after: slash)
    }
  }
}
