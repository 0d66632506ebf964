import BipackPixels

/// Which results of a frame are worth a file: those that take clearly longer to make again than to
/// read back.
///
/// What making again takes is what was measured just now: the pass's own seconds and those of all
/// passes before it whose results are not stored, back to what is. So a chain of cheap passes is
/// stored once, where it has become dear; files that were read, and point operations on them, are not
/// stored unless decoding them is slow. What only goes into a file must be dearer still: the file is
/// there. `"cache": true` on a node stores it in any case.
struct StorePolicy {
  /// Opening and looking up, per image.
  static let readSeconds = 0.0005
  /// Bytes of pixels a second: one thread unpacks 5 GB/s, but disks and networks are slower.
  static let readRate = 1.5e9
  /// How many times dearer than reading it must be.
  static let margin = 2.0
  static let finalMargin = 8.0

  private let passes: [FramePlan.Pass]
  private var seconds: [Double]
  /// Whether the result can be had again without computing: stored now or before.
  private var isStored: [Bool]
  /// Whether only sinks read the result.
  private var isFinal: [Bool]

  private let keepsEverything: Bool

  init(_ passes: [FramePlan.Pass], keepsEverything: Bool = false) {
    self.passes = passes
    self.keepsEverything = keepsEverything
    seconds = [Double](repeating: 0, count: passes.count)
    isStored = [Bool](repeating: false, count: passes.count)
    isFinal = [Bool](repeating: false, count: passes.count)
    // Writers first, so that what others read as well is not final after all.
    for writes in [true, false] {
      for pass in passes where pass.isWrite == writes {
        for case let input? in pass.inputs { isFinal[input] = writes }
      }
    }
  }

  /// Notes what a pass took, and says whether its result shall be stored.
  mutating func note(_ index: Int, seconds own: Double, bytes: Int) -> Bool {
    let pass = passes[index]
    seconds[index] = own
    // Deep pictures are kept in memory only (Docs/deep.md).
    if pass.spec.kind == .deep { return false }
    switch pass.work {
    case .image, .earlier, .diskImage:
      isStored[index] = true
      return false
    case .write, .measure, .deep: return false
    case .read:
      isStored[index] = pass.isCachePoint && pass.contentHash != nil
    case .strips, .tiles, .frame:
      let reading = Self.readSeconds + Double(bytes) / Self.readRate
      isStored[index] =
        pass.contentHash != nil
        && (keepsEverything || pass.isCachePoint
          || remaking(index) > (isFinal[index] ? Self.finalMargin : Self.margin) * reading)
    }
    return isStored[index]
  }

  /// Seconds to make a result again from what is stored. Looks back over a limited number of passes;
  /// what lies beyond would only make it more.
  private func remaking(_ index: Int) -> Double {
    var total = 0.0
    var seen: Set<Int> = [index]
    var stack = [index]
    while let top = stack.popLast(), seen.count < 256 {
      total += seconds[top]
      for case let input? in passes[top].inputs
      where !isStored[input] && seen.insert(input).inserted {
        stack.append(input)
      }
    }
    return total
  }
}

extension FramePlan.Pass {
  fileprivate var isWrite: Bool {
    if case .write = work { true } else { false }
  }
}
