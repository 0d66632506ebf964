import BipackGraph
import BipackPixels

/// Images worth keeping, by content hash.
///
/// The hash determines every pixel completely (the tile grid is absolute, so the region computed is
/// not part of it); an entry may hold only some tiles, and serves a demand it covers. When room is
/// needed the entry that costs least to make again per byte goes first, older ones before younger
/// (GreedyDual-Size). Entries a frame uses are pinned: they stay, and count as that frame's memory.
final class ImageCache: Sendable {
  private struct Entry {
    var image: Payload
    /// The part of it that was computed.
    var demand: Demand
    var bytes: Int
    var seconds: Double
    var priority: Double
    var pins = 0
  }

  private struct State {
    var entries: [StableHash: Entry] = [:]
    var values: [StableHash: [String: ValueData]] = [:]
    var bytes = 0
    var limit: Int
    var clock = 0.0
    var hits = 0
    var misses = 0
  }
  private let state: Locked<State>

  init(limit: Int) { state = Locked(State(limit: limit)) }

  var bytes: Int { state.withLock { $0.bytes } }
  var counters: (hits: Int, misses: Int) { state.withLock { ($0.hits, $0.misses) } }

  /// The image of `hash` if it holds all of `demand`.
  func image(_ hash: StableHash, covering demand: Demand) -> Payload? {
    state.withLock { state in
      guard let entry = state.entries[hash],
        entry.demand.covers(demand)
      else {
        state.misses += 1
        return nil
      }
      state.hits += 1
      state.entries[hash]?.priority = state.clock + Self.worth(entry)
      return entry.image
    }
  }

  /// Whether there is an image of `hash`, of any part.
  func holds(_ hash: StableHash) -> Bool { state.withLock { $0.entries[hash] != nil } }

  func insert(_ image: Payload, _ hash: StableHash, _ demand: Demand, seconds: Double) {
    state.withLock { state in
      var entry = Entry(
        image: image, demand: demand, bytes: image.bytes, seconds: seconds, priority: 0)
      entry.priority = state.clock + Self.worth(entry)
      if let old = state.entries[hash] {
        if old.pins == 0 { state.bytes -= old.bytes }
        entry.pins = old.pins
      }
      state.entries[hash] = entry
      if entry.pins == 0 { state.bytes += entry.bytes }
      Self.shrink(&state)
    }
  }

  /// Keeps images while a frame uses them. They do not count against the limit meanwhile: the frame
  /// has reserved them. Gives those that are there, for `unpin`.
  func pin(_ hashes: Set<StableHash>) -> Set<StableHash> {
    state.withLock { state in
      let found = hashes.filter { state.entries[$0] != nil }
      for hash in found {
        if state.entries[hash]?.pins == 0 { state.bytes -= state.entries[hash]?.bytes ?? 0 }
        state.entries[hash]?.pins += 1
      }
      return found
    }
  }

  func unpin(_ hashes: Set<StableHash>) {
    state.withLock { state in
      for hash in hashes {
        guard let entry = state.entries[hash], entry.pins > 0 else { continue }
        state.entries[hash]?.pins -= 1
        if entry.pins == 1 { state.bytes += entry.bytes }
      }
      Self.shrink(&state)
    }
  }

  func values(_ hash: StableHash) -> [String: ValueData]? { state.withLock { $0.values[hash] } }

  func insert(_ values: [String: ValueData], _ hash: StableHash) {
    state.withLock { $0.values[hash] = values }
  }

  /// Gives back memory until at most `limit` bytes are held.
  func setLimit(_ limit: Int) {
    state.withLock {
      $0.limit = limit
      Self.shrink(&$0)
    }
  }

  func removeAll() {
    state.withLock {
      $0.entries = [:]
      $0.values = [:]
      $0.bytes = 0
    }
  }

  private static func worth(_ entry: Entry) -> Double {
    entry.seconds * 1e9 / Double(max(entry.bytes, 65536))
  }

  private static func shrink(_ state: inout State) {
    while state.bytes > state.limit {
      guard
        let least = state.entries.lazy.filter({ $0.value.pins == 0 }).min(by: {
          ($0.value.priority, $0.key.low) < ($1.value.priority, $1.key.low)
        })
      else { return }
      state.clock = max(state.clock, least.value.priority)
      state.bytes -= least.value.bytes
      state.entries[least.key] = nil
    }
  }
}

extension Demand {
  /// Whether an image computed for this demand serves `other`.
  func covers(_ other: Demand) -> Bool {
    rect.contains(other.rect) && other.channels.isSubset(of: channels)
  }
}
