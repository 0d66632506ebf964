import BipackPixels
import CVector

/// What a thin hole in a picture is filled with: the waves around it go on through it.
///
/// What is known about a block of 4 x 4 pixels, the nearer the more, is taken apart into waves: the strongest one left,
/// half of it, again and again, low frequencies before high ones; what these waves are within the block is its
/// fill. Blocks with most known around them come first, and what they are given helps those behind them, at half the
/// weight (Frequency Selective Reconstruction: Seiler, Jonscher, Schöberl & Kaup, *Resampling images to a regular grid from a
/// non-regular subset of pixel positions*, 2015; Genser et al., 2018, with blocks of other sizes). The three channels have
/// the same waves, chosen by their strength in all. All is made twice, with blocks that begin two pixels further right and
/// down the second time, and a pixel is the mean of both: where it was at the edge of a block it is then in the middle.
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

  /// Where blocks begin, each time.
  private static let shifts = [0, 2]

  private let hole: PixelSet
  private let canvases: [SparseCanvas]

  /// Bytes of memory it takes at most.
  package static func workingBytes(_ window: Rect) -> Int {
    shifts.count * SparseCanvas.bytes(window)
  }

  /// - Parameters:
  ///   - channels: three of them.
  ///   - hole: pixels of the picture, whose window is what is there of it.
  package init(
    _ picture: Image, _ channels: [Channel], hole: PixelSet, pool: BlockPool, loops: Loops
  ) {
    self.hole = hole
    let tables = FrequencyTables()
    canvases = Self.shifts.map { shift in
      let blocks = Self.blocks(hole, shift, loops)
      let canvas = SparseCanvas(
        picture, channels, hole, around: blocks.map(\.seen), shift: shift, pool: pool, loops: loops)
      for turn in Self.turns(blocks, canvas, tables, loops) {
        if loops.isCancelled() { break }
        loops(turn.count) { index in Self.make(blocks[turn[index]], canvas, tables) }
      }
      return canvas
    }
  }

  /// Puts the fill of a channel into a part of the picture, and leaves the rest of it.
  package func fill(_ channel: Int, _ target: PlaneView, loops: Loops) {
    loops.rows(target.rect.height, width: target.rect.width) { row in
      let y = target.rect.y0 + row
      let out = target.row(y)
      for cell in hole.row(y) {
        for i in 0..<PixelSet.cellWidth where cell.pixels >> UInt16(i) & 1 != 0 {
          let x = cell.x + i
          if x < target.rect.x0 || x >= target.rect.x1 { continue }
          var (sum, count): (Float, Float) = (0, 0)
          for canvas in canvases {
            guard let value = canvas.value(channel, x, y) else { continue }
            sum += value
            count += 1
          }
          if count > 0 { out[x - target.rect.x0] = sum / count }
        }
      }
    }
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

  /// Those with pixels of the hole, from the top left. They begin at `shift` and every fourth pixel from there.
  private static func blocks(_ hole: PixelSet, _ shift: Int, _ loops: Loops) -> [Block] {
    let (top, bottom) = ((hole.window.y0 - shift) >> 2, (hole.window.y1 - shift + 3) >> 2)
    // From a cell's first pixel back to where a block begins.
    let back = (block - shift) % block
    let rows = loops.mapRows(
      max(0, bottom - top), width: block * hole.window.width, otherwise: [Block]()
    ) { index in
      let y = block * (top + index) + shift
      var found: [Int: UInt16] = [:]
      for line in 0..<block {
        for cell in hole.row(y + line) {
          let row = UInt32(cell.pixels) << UInt32(back)
          for part in 0...PixelSet.cellWidth / block {
            let pixels = UInt16(row >> UInt32(block * part) & 15)
            if pixels != 0 {
              found[cell.x - back + block * part, default: 0] |= pixels << UInt16(block * line)
            }
          }
        }
      }
      return found.sorted { $0.key < $1.key }.map { Block(x: $0.key, y: y, pixels: $0.value) }
    }
    return Array(rows.joined())
  }

  /// Blocks that can be made at the same time, one such set after the other.
  private static func turns(
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
      decay: 0.64, share: 0.5, per_deviation: 1200, least: 20, most: 130)
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
