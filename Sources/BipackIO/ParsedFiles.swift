import BipackPixels

/// What was made of the contents of files, kept as long as the files stay as they are.
///
/// A file is known by its path and stamp. Who asks for one that is just being parsed waits for it: it is
/// parsed once. A file that changes while it is parsed is not kept.
package final class ParsedFiles<Value: Sendable>: Sendable {
  private final class Entry: Sendable {
    let stamp: FileStamp
    let value = Locked<Value?>(nil)
    let parsed = Locked(0)

    init(_ stamp: FileStamp) { self.stamp = stamp }
  }

  private let entries = Locked<[String: Entry]>([:])
  /// Files kept; with more they are all forgotten.
  private let most: Int

  package init(most: Int) { self.most = most }

  /// How often a file was parsed as it is now.
  package func count(of path: String) -> Int {
    entries.withLock { $0[path] }?.parsed.withLock { $0 } ?? 0
  }

  /// What `parse` makes of the file, which had this stamp.
  package func value<Failure: Error>(
    of path: String, _ stamp: FileStamp, _ parse: (String) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let entry = entry(path, stamp)
    return try entry.value.withLock { (held) throws(Failure) -> Value in
      if let value = held { return value }
      let value = try parse(path)
      entry.parsed.withLock { $0 += 1 }
      if (try? FileStamp(path: path)) == stamp { held = value }
      return value
    }
  }

  private func entry(_ path: String, _ stamp: FileStamp) -> Entry {
    entries.withLock { entries in
      if let known = entries[path], known.stamp == stamp { return known }
      if entries.count >= most { entries.removeAll() }
      let entry = Entry(stamp)
      entries[path] = entry
      return entry
    }
  }
}
