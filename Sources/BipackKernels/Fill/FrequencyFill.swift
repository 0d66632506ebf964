import BipackPixels
import CVector

/// What a thin hole in a picture is filled with: the waves around it go on through it.
///
/// What is known about a block of 4 x 4 pixels, the nearer the more, is taken apart into waves: the strongest one left,
/// half of it, again and again, low frequencies before high ones; what these waves are within the block is its
/// fill. Blocks with most known around them come first, and what they are given helps those behind them, at half the
/// weight (Frequency Selective Reconstruction: Seiler, Jonscher, Schöberl & Kaup, *Resampling images to a regular grid from a
/// non-regular subset of pixel positions*, 2015; Genser et al., 2018, with blocks of other sizes). The three channels have
/// the same waves, chosen by their strength in all.
///
/// The order of blocks is one of the picture. Those whose windows do not touch are made at the same time, which gives
/// the same as one after the other: neither threads nor regions change a bit. Colours should be encoded, so that a
/// difference in the dark counts as it looks. What is no number is not known; pixels that no known one is near of stay.
package struct FrequencyFill: Sendable {
  private static let window = Int(BP_FSR_WINDOW)
  private static let block = Int(BP_FSR_BLOCK)
  /// From a block's first pixel to its window's, to the left and up.
  private static let border = (window - block) / 2
  /// Of what was made before.
  private static let trustInMade: Float = 0.5

  private let hole: PixelSet
  private let canvas: SparseCanvas

  /// Bytes of memory it takes at most.
  package static func workingBytes(_ window: Rect) -> Int { SparseCanvas.bytes(window) }

  /// - Parameters:
  ///   - channels: three of them.
  ///   - hole: pixels of the picture, whose window is what is there of it.
  package init(
    _ picture: Image, _ channels: [Channel], hole: PixelSet, pool: BlockPool, loops: Loops
  ) {
    let blocks = Self.blocks(hole, loops)
    canvas = SparseCanvas(
      picture, channels, hole, around: blocks.map(\.seen), pool: pool, loops: loops)
    self.hole = hole
    let tables = FrequencyTables()
    let waves = Self.waves(blocks, canvas, tables, loops)
    for wave in waves {
      if loops.isCancelled() { return }
      loops(wave.count) { [canvas] index in Self.make(blocks[wave[index]], canvas, tables) }
    }
  }

  /// Puts the fill of a channel into a part of the picture, and leaves the rest of it.
  package func fill(_ channel: Int, _ target: PlaneView, loops: Loops) {
    canvas.put(channel, hole, into: target, loops)
  }

  // MARK: Blocks

  private struct Block: Sendable {
    let x: Int
    let y: Int
    /// Of the hole: bit 4 y + x.
    var pixels: UInt16

    var seen: Rect {
      Rect(
        x: x - FrequencyFill.border, y: y - FrequencyFill.border, width: FrequencyFill.window,
        height: FrequencyFill.window)
    }
  }

  /// Those with pixels of the hole, from the top left.
  private static func blocks(_ hole: PixelSet, _ loops: Loops) -> [Block] {
    let (top, bottom) = (hole.window.y0 >> 2, (hole.window.y1 + 3) >> 2)
    let rows = loops.mapRows(
      max(0, bottom - top), width: block * hole.window.width, otherwise: [Block]()
    ) { index in
      let row = top + index
      var found: [Int: UInt16] = [:]
      for line in 0..<block {
        for cell in hole.row(block * row + line) {
          for part in 0..<PixelSet.cellWidth / block {
            let pixels = cell.pixels >> UInt16(block * part) & 15
            if pixels != 0 {
              found[cell.x + block * part, default: 0] |= pixels << UInt16(block * line)
            }
          }
        }
      }
      return found.sorted { $0.key < $1.key }.map {
        Block(x: $0.key, y: block * row, pixels: $0.value)
      }
    }
    return Array(rows.joined())
  }

  /// Blocks that can be made at the same time, one such set after the other.
  private static func waves(
    _ blocks: [Block], _ canvas: SparseCanvas, _ tables: FrequencyTables, _ loops: Loops
  ) -> [[Int]] {
    guard let grid = BlockGrid(blocks.map { ($0.x >> 2, $0.y >> 2) }) else { return [] }
    let support = loops.map(blocks.count, otherwise: Float(0)) { index -> Float in
      var trust = [Float](repeating: 0, count: window * window)
      return trust.withUnsafeMutableBufferPointer { trust -> Float in
        guard let base = trust.baseAddress else { return 0 }
        canvas.gather(SparseCanvas.trust, blocks[index].seen, into: base)
        return tables.support(base)
      }
    }
    // Blocks that see nothing known follow those that do, ring by ring.
    let rings = grid.rings(from: support.map { $0 > 0 })
    var order = blocks.indices.map { index in
      Rank(ring: rings[index], support: support[index], index: index)
    }
    order.sort()
    return grid.turns(of: order.map { $0.index }, reach: (border + block - 1) / block, loops)
  }

  /// Where a block stands in the order: near what is known, then with much of it around.
  private struct Rank: Comparable {
    let ring: Int
    let support: Float
    let index: Int

    static func < (a: Rank, b: Rank) -> Bool {
      if a.ring != b.ring { return a.ring < b.ring }
      return a.support != b.support ? a.support > b.support : a.index < b.index
    }
  }

  private static func make(_ block: Block, _ canvas: SparseCanvas, _ tables: FrequencyTables) {
    let count = window * window
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * count + 3 * Self.block * Self.block)
    { memory in
      guard let base = memory.baseAddress else { return }
      for plane in 0..<4 { canvas.gather(plane, block.seen, into: base + plane * count) }
      let made = base + 4 * count
      guard tables.make(made, window: base) else { return }
      canvas.set(block.x, block.y, block.pixels, made, trust: trustInMade)
    }
  }
}

/// What the loops in C want to know beforehand.
private final class FrequencyTables: @unchecked Sendable {
  // SAFETY: written while it is made, read afterwards.
  private let tables = UnsafeMutablePointer<bp_fsr_tables>.allocate(capacity: 1)

  init() {
    var settings = bp_fsr_settings(
      decay: 0.64, share: 0.5, per_deviation: 1000, least: 20, most: 100)
    bp_fsr_prepare(tables, &settings)
  }

  deinit { tables.deallocate() }

  func support(_ trust: UnsafePointer<Float>) -> Float { bp_fsr_support(trust, tables) }

  /// Makes three blocks of values from three windows and a fourth that says what of them is known.
  func make(_ made: UnsafeMutablePointer<Float>, window: UnsafePointer<Float>) -> Bool {
    let count = Int(BP_FSR_WINDOW) * Int(BP_FSR_WINDOW)
    return bp_fsr_block(made, window, window + 3 * count, tables) != 0
  }
}
