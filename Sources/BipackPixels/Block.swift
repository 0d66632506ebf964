import Glibc

/// One plane of one tile: `grid.area` floats, 64-byte aligned, from a `BlockPool`.
///
/// Written once by the task that allocated it, then frozen and shared. It goes back to its pool
/// when the last reference is dropped.
public final class Block: @unchecked Sendable {
  // SAFETY: a block is written by one task before it is published in an image and never after;
  // the pointer lives as long as the pool, which this object keeps alive.
  @usableFromInline package let base: UnsafeMutablePointer<Float>
  private let pool: BlockPool

  fileprivate init(base: UnsafeMutablePointer<Float>, pool: BlockPool) {
    self.base = base
    self.pool = pool
  }

  deinit { pool.recycle(base) }
}

/// The engine's only source of pixel memory.
///
/// Fresh pages cost more than the arithmetic done in them (88 ms against 0.3 ms for a UHD RGBA
/// frame), so blocks are cut from 4 MiB slabs that are kept until the pool goes, and a freed block
/// is the next one handed out. Slabs ask for huge pages: operations bound by memory gain a third, and
/// fresh memory costs a few faults instead of a thousand. Windows wider than a block (aprons, whole lines) come from
/// `scratch(count:)`, which reuses buffers by power-of-two size.
public final class BlockPool: @unchecked Sendable {
  // SAFETY: all mutable state is inside `state`, a lock.
  public let grid: TileGrid

  private struct State {
    var free: [UnsafeMutablePointer<Float>] = []
    var slabs: [UnsafeMutableRawPointer] = []
    var scratch: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var liveBlocks = 0
    var peakBlocks = 0
    var allocatedBlocks = 0
    var scratchBytes = 0
    var peakScratchBytes = 0
    /// The most of both at one time.
    var peakBytes = 0

    mutating func notePeaks(_ blockBytes: Int) {
      peakBlocks = max(peakBlocks, liveBlocks)
      peakScratchBytes = max(peakScratchBytes, scratchBytes)
      peakBytes = max(peakBytes, liveBlocks * blockBytes + scratchBytes)
    }
  }
  private let state = Locked(State())

  private static let slabBytes = 4 << 20

  public init(grid: TileGrid = .standard) {
    self.grid = grid
  }

  deinit {
    state.withLock { state in
      for slab in state.slabs { free(slab) }
      for buffers in state.scratch.values { for buffer in buffers { free(buffer) } }
    }
  }

  /// Bytes of one block.
  public var blockBytes: Int { grid.area * MemoryLayout<Float>.stride }

  /// What the pool holds now and has held at most, in bytes.
  public struct Usage: Sendable {
    public var live: Int
    public var peak: Int
    public var scratch: Int
    public var peakScratch: Int
    /// The most of blocks and scratch at one time.
    public var peakTotal: Int
  }

  public var usage: Usage {
    state.withLock {
      Usage(
        live: $0.liveBlocks * blockBytes, peak: $0.peakBlocks * blockBytes,
        scratch: $0.scratchBytes, peakScratch: $0.peakScratchBytes, peakTotal: $0.peakBytes)
    }
  }

  /// How threads have waited for each other here.
  package var contention: LockWaits { state.contention }

  /// A block with undefined contents.
  public func allocate() -> Block {
    let base = state.withLock { state in
      if state.free.isEmpty { grow(&state) }
      state.liveBlocks += 1
      state.notePeaks(blockBytes)
      return state.free.removeLast()
    }
    return Block(base: base, pool: self)
  }

  private func grow(_ state: inout State) {
    let bytes = max(Self.slabBytes, blockBytes)
    let slab = pages(bytes)
    state.slabs.append(slab)
    let count = bytes / blockBytes
    state.allocatedBlocks += count
    for i in (0..<count).reversed() {
      state.free.append(
        (slab + i * blockBytes).bindMemory(to: Float.self, capacity: grid.area))
    }
  }

  fileprivate func recycle(_ base: UnsafeMutablePointer<Float>) {
    state.withLock {
      $0.free.append(base)
      $0.liveBlocks -= 1
    }
  }

  /// A contiguous buffer of at least `count` floats with undefined contents.
  public func scratch(count: Int) -> Scratch {
    let capacity = Self.capacity(count)
    let bytes = capacity * MemoryLayout<Float>.stride
    let reused: UnsafeMutablePointer<Float>? = state.withLock { state in
      state.scratchBytes += bytes
      state.notePeaks(blockBytes)
      return state.scratch[capacity]?.popLast()
    }
    if let reused { return Scratch(base: reused, capacity: capacity, pool: self) }
    let raw = pages(bytes)
    return Scratch(
      base: raw.bindMemory(to: Float.self, capacity: capacity), capacity: capacity, pool: self)
  }

  /// Sizes buffers are made in, so that they serve again: powers of 2, and above 1 MiB eighths of
  /// them, so that no plane takes much more than it needs.
  static func capacity(_ count: Int) -> Int {
    var capacity = 4096
    while capacity < count { capacity *= 2 }
    guard capacity > 1 << 18 else { return capacity }
    let step = capacity / 16
    return (count + step - 1) / step * step
  }

  /// Bytes that `buffers` buffers of together `count` floats take at most.
  package static func scratchBytes(_ count: Int, buffers: Int) -> Int {
    (2 * count + 4096 * buffers) * MemoryLayout<Float>.stride
  }

  /// Buffers larger than 16 MiB are given back at once; smaller ones wait for their next use.
  fileprivate func recycle(scratch base: UnsafeMutablePointer<Float>, capacity: Int) {
    let bytes = capacity * MemoryLayout<Float>.stride
    let keep = bytes <= 16 << 20
    state.withLock {
      $0.scratchBytes -= bytes
      if keep { $0.scratch[capacity, default: []].append(base) }
    }
    if !keep { free(base) }
  }
}

/// A pooled contiguous buffer, returned to its pool when dropped.
public final class Scratch: @unchecked Sendable {
  // SAFETY: owned by one task at a time; parallel loops inside a task write disjoint ranges.
  @usableFromInline package let base: UnsafeMutablePointer<Float>
  @usableFromInline package let capacity: Int
  private let pool: BlockPool

  fileprivate init(base: UnsafeMutablePointer<Float>, capacity: Int, pool: BlockPool) {
    self.base = base
    self.capacity = capacity
    self.pool = pool
  }

  deinit { pool.recycle(scratch: base, capacity: capacity) }
}

private let hugePage = 2 << 20

/// Fresh memory, in huge pages where it fills some and the system has them.
private func pages(_ bytes: Int) -> UnsafeMutableRawPointer {
  var memory: UnsafeMutableRawPointer?
  let alignment = bytes >= hugePage ? hugePage : 4096
  guard posix_memalign(&memory, alignment, bytes) == 0, let memory else {
    // Memory is reserved before a frame starts; to fail here the machine itself ran out.
    outOfMemory(bytes)
  }
  #if os(Linux)
    // Advice only: whatever comes of it, the memory is there.
    if bytes >= hugePage { madvise(memory, bytes / hugePage * hugePage, MADV_HUGEPAGE) }
  #endif
  return memory
}

/// The last resort. Budgets are checked before a frame starts (`--memory`); this is the machine
/// itself refusing, where nothing can be finished. 33 asks a farm for a bigger machine.
private func outOfMemory(_ bytes: Int) -> Never {
  let text = "bipack: out of memory: the system refused \(bytes) bytes for pixels\n"
  _ = text.withCString { write(2, $0, strlen($0)) }
  exit(33)
}
