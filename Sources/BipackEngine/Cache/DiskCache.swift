import BipackGraph
import BipackPixels
import CPack
import Dispatch
import Glibc

/// Images and values kept in a folder, for later runs and other processes and machines.
///
/// Entries are named by content: the hash of everything that decides the pixels (Docs/cache.md), so
/// nothing is ever out of date and nothing needs a lock. Whatever is wrong with an entry, it is as if
/// it were not there. A folder that cannot be written, or a full disk, ends writing with one warning;
/// what is there is still read. A render never fails because of its cache.
public final class DiskCache: Sendable {
  /// What a cache may take on disk when nobody says: 16 GiB.
  public static let defaultLimit = 16 << 30

  public let directory: String
  public let limit: Int
  let folder: CacheFolder
  /// Stores every result, however cheap. Only tests ask for it.
  let keepsEverything: Bool
  private let warn: @Sendable (String) -> Void
  /// Packing and writing, one entry after the other: never on a compute worker.
  private let queue = DispatchQueue(label: "bipack.cache")

  private struct State {
    var counters = Counters()
    var isWriting = true
    /// What the folder held when last looked at, and what this process added since.
    var known: Int?
    var added = 0
    /// Entries found damaged or gone after they had been promised.
    var lost: Set<StableHash> = []
    var isWarned = false
  }
  private let state = Locked(State())

  /// What a cache has done since it was opened.
  public struct Counters: Hashable, Sendable {
    /// Images and values taken from disk.
    public var hits = 0
    /// Images and values that were worth keeping but not there.
    public var misses = 0
    public var stored = 0
    /// Bytes of files read and written, as stored.
    public var bytesRead = 0
    public var bytesWritten = 0
    /// Entries that were not what they should be.
    public var damaged = 0

    static func - (now: Counters, before: Counters) -> Counters {
      Counters(
        hits: now.hits - before.hits, misses: now.misses - before.misses,
        stored: now.stored - before.stored, bytesRead: now.bytesRead - before.bytesRead,
        bytesWritten: now.bytesWritten - before.bytesWritten,
        damaged: now.damaged - before.damaged)
    }
  }

  /// Opens a cache; the folder is made when something is first stored. `limit` is in bytes of files.
  /// `warn` is called at most once, when the cache cannot be written.
  public convenience init(
    directory: String, limit: Int = DiskCache.defaultLimit,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.init(directory: directory, limit: limit, keepsEverything: false, warn: warn)
  }

  package init(
    directory: String, limit: Int = DiskCache.defaultLimit, keepsEverything: Bool,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.keepsEverything = keepsEverything
    self.directory = directory
    self.limit = max(0, limit)
    self.warn = warn
    folder = CacheFolder(directory)
  }

  public var counters: Counters { state.withLock { $0.counters } }

  // MARK: Images

  /// Whether an image can probably be had: its header is right and covers `demand`.
  func holds(_ hash: StableHash, _ demand: Demand, _ grid: TileGrid) -> Bool {
    if state.withLock({ $0.lost.contains(hash) }) { return false }
    guard let file = CacheFile(folder.path(hash, .image)) else { return false }
    guard let entry = file.entry(), entry.hash == hash else {
      discard(hash, .image)
      return false
    }
    return entry.log2Size == grid.log2Size && entry.covers(demand)
  }

  /// Reads what `demand` asks for. Nil when the entry is not whole any more: then `holds` will not
  /// promise it again.
  func load(
    _ hash: StableHash, _ demand: Demand, spec: ImageSpec, loops: Loops, pool: BlockPool
  ) -> Image? {
    guard let file = CacheFile(folder.path(hash, .image)) else {
      state.withLock { _ = $0.lost.insert(hash) }
      return nil
    }
    guard let entry = file.entry(), entry.hash == hash, entry.log2Size == pool.grid.log2Size,
      entry.covers(demand), let (image, bytes) = file.image(entry, demand, spec, loops, pool)
    else {
      discard(hash, .image)
      return nil
    }
    file.touch()
    state.withLock {
      $0.counters.hits += 1
      $0.counters.bytesRead += bytes
    }
    return image
  }

  /// Packs and writes the part of an image that `demand` names, then calls `done`. The image is held
  /// until then.
  func store(
    _ image: Image, _ hash: StableHash, _ demand: Demand,
    done: @escaping @Sendable () -> Void = {}
  ) {
    state.withLock { $0.counters.misses += 1 }
    guard isWriting else { return done() }
    queue.async { [self] in
      // Somebody else may have been faster.
      if !holds(hash, demand, image.grid) {
        write(hash, .image) { file throws(CacheFailure) in
          try CacheWriter(image, hash, demand).write(to: file)
        }
      }
      done()
    }
  }

  // MARK: Values

  func values(_ hash: StableHash) -> [String: ValueData]? {
    guard let bytes = CacheFile(folder.path(hash, .values))?.contents(limit: CacheValues.largest)
    else {
      return nil
    }
    guard let values = CacheValues.decode(bytes, hash) else {
      discard(hash, .values)
      return nil
    }
    state.withLock {
      $0.counters.hits += 1
      $0.counters.bytesRead += bytes.count
    }
    return values
  }

  func store(_ values: [String: ValueData], _ hash: StableHash) {
    state.withLock { $0.counters.misses += 1 }
    queue.async { [self] in
      write(hash, .values) { file throws(CacheFailure) in
        let bytes = CacheValues.encoded(values, hash)
        try CacheFile.write(bytes, to: file)
        return bytes.count
      }
    }
  }

  // MARK: Files of others

  /// What was in the file that had `stamp`, if somebody looked.
  func fingerprint(_ stamp: StableHash) -> StableHash? {
    guard case .string(let digits)? = values(Self.key(stamp))?["fingerprint"] else { return nil }
    return StableHash(digits)
  }

  func store(fingerprint: StableHash, of stamp: StableHash) {
    store(["fingerprint": .string(fingerprint.description)], Self.key(stamp))
  }

  private static func key(_ stamp: StableHash) -> StableHash {
    var hasher = StableHasher()
    hasher.combine("fingerprint")
    hasher.combine(stamp)
    return hasher.finalize()
  }

  // MARK: Measuring

  /// Takes the work on `hash` for this process.
  func claim(_ hash: StableHash) -> CacheFolder.Claiming { folder.claim(hash) }

  // MARK: Writing

  private var isWriting: Bool { state.withLock { $0.isWriting } }

  private func write(
    _ hash: StableHash, _ kind: CacheFolder.Kind,
    _ body: (CacheFolder.Temporary) throws(CacheFailure) -> Int
  ) {
    guard isWriting else { return }
    do throws(CacheFailure) {
      let file = try folder.begin()
      let bytes: Int
      do throws(CacheFailure) {
        bytes = try body(file)
      } catch {
        folder.abandon(file)
        throw error
      }
      guard bytes <= limit else { return folder.abandon(file) }
      try folder.commit(file, hash, kind)
      state.withLock {
        $0.lost.remove(hash)
        $0.added += bytes
        $0.counters.stored += 1
        $0.counters.bytesWritten += bytes
      }
      trimIfFull()
    } catch {
      // A folder in an entry's place is odd, but concerns only that entry.
      if error.code == EISDIR || error.code == ENOTEMPTY { return }
      stopWriting(error)
    }
  }

  private func stopWriting(_ failure: CacheFailure) {
    let isFirst = state.withLock { state in
      state.isWriting = false
      defer { state.isWarned = true }
      return !state.isWarned
    }
    if isFirst {
      warn(
        "the cache is not written any more: \(failure); rendering goes on, and what is in it is used"
      )
    }
  }

  /// Forgets an entry that is not what it should be.
  private func discard(_ hash: StableHash, _ kind: CacheFolder.Kind) {
    unlink(folder.path(hash, kind))
    state.withLock {
      $0.lost.insert(hash)
      $0.counters.damaged += 1
    }
  }

  /// Waits until everything handed in is written.
  package func flush() { queue.sync {} }

  // MARK: Size

  /// Looks at the folder's size when what this process added could have filled it, or is more than
  /// 1/64 of the limit (others add too), and makes room.
  private func trimIfFull() {
    let isDue = state.withLock { state in
      state.known.map { $0 + state.added > limit || state.added > limit / 64 } ?? true
    }
    if isDue { trim(to: limit) }
  }

  /// Removes the entries that were used longest ago until at most `limit` bytes are left, and what
  /// processes that died left behind. Returns what it removed. Others may do the same at once.
  @discardableResult
  public func trim(to limit: Int) -> (files: Int, bytes: Int) {
    let (entries, leftovers) = folder.list()
    var removed = (files: 0, bytes: 0)
    var total = entries.reduce(0) { $0 + $1.bytes }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    for file in leftovers where file.used < (Int(now.tv_sec) - 3600) &* 1_000_000_000 {
      if unlink(file.path) == 0 { removed.files += 1 }
    }
    if total > limit {
      // A little more than needed, so that this is not done for every entry.
      let goal = limit - limit / 32
      for file in entries.sorted(by: { ($0.used, $0.path) < ($1.used, $1.path) }) {
        if total <= goal { break }
        if unlink(file.path) == 0 {
          removed.files += 1
          removed.bytes += file.bytes
        }
        total -= file.bytes
      }
    }
    state.withLock {
      $0.known = total
      $0.added = 0
    }
    return removed
  }
}

// MARK: - Upkeep

extension DiskCache {
  /// What a cache holds.
  public struct Contents: Hashable, Sendable {
    public var entries = 0
    public var bytes = 0
    /// Files that are being written now, or were when a process died.
    public var unfinished = 0
  }

  public var contents: Contents {
    let (entries, leftovers) = folder.list()
    return Contents(
      entries: entries.count, bytes: entries.reduce(0) { $0 + $1.bytes },
      unfinished: leftovers.count)
  }

  /// Reads every entry and removes those that are not what they should be.
  public func verify() -> (good: Int, damaged: Int) {
    let (entries, _) = folder.list()
    var result = (good: 0, damaged: 0)
    for file in entries {
      guard let hash = CacheFolder.hash(of: file.path), let open = CacheFile(file.path) else {
        continue
      }
      let isGood =
        file.path.hasSuffix(".values")
        ? open.contents(limit: CacheValues.largest).flatMap { CacheValues.decode($0, hash) } != nil
        : open.isWholeImage(hash)
      if isGood {
        result.good += 1
      } else {
        unlink(file.path)
        result.damaged += 1
      }
    }
    return result
  }

  /// Removes everything the cache has put into its folder.
  public func removeAll() {
    let (entries, leftovers) = folder.list()
    for file in entries + leftovers { unlink(file.path) }
    state.withLock {
      $0.known = nil
      $0.added = 0
    }
  }
}
