import BipackPixels
import Glibc

/// Temporary files (`.shot.0001.exr.4711.2.part`) of processes that died.
///
/// Living writers hold a lock on theirs (`claim`). Clearing takes a file only when its lock is free
/// and no process of this machine has the number in its name; where the file system knows no locks,
/// nothing is removed.
enum LeftoverFiles {
  /// Folders that this process has looked through.
  private static let cleared = Locked<Set<String>>([])

  /// Locks a file just made. False when it was taken for a left-over in the meantime: make another.
  static func claim(_ descriptor: Int32) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { return errno != EWOULDBLOCK }
    var info = stat()
    return fstat(descriptor, &info) != 0 || info.st_nlink > 0
  }

  /// Removes left-overs from a folder (empty for the current one), once in a process.
  static func remove(from folder: String) {
    let folder = folder.isEmpty ? "./" : folder
    if !cleared.withLock({ $0.insert(folder).inserted }) { return }
    guard let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    var dead: [String] = []
    while let entry = readdir(listing) {
      // SAFETY: `d_name` ends with a zero, within the entry.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let process = process(of: name), kill(process, 0) != 0, errno == ESRCH {
        dead.append(folder + name)
      }
    }
    for path in dead { remove(path) }
  }

  private static func remove(_ path: String) {
    let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if file < 0 { return }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    close(file)
  }

  /// The process in a temporary's name; nil for names of other kinds.
  private static func process(of name: String) -> pid_t? {
    guard name.hasPrefix("."), name.hasSuffix(".part") else { return nil }
    let parts = name.dropLast(5).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, Int(parts[parts.count - 1]) != nil,
      let process = pid_t(parts[parts.count - 2]), process > 0
    else { return nil }
    return process
  }
}
