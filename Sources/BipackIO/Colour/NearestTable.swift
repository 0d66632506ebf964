import COCIO

/// A table read at its nearest entry: no colour comes out that is not in it.
///
/// OpenColorIO has no such reading (it takes `nearest` for linear), so the table is taken out of the
/// processor and read here; what stands before and after it stays with OpenColorIO.
struct NearestTable: Sendable {
  enum Kind: Sendable {
    /// Each channel by itself, entries evenly between 0 and 1.
    case curve
    /// Each channel by itself, one entry for each of the 65536 halves.
    case halves
    /// A colour for each point of a cube, red running fastest.
    case cube
  }

  let kind: Kind
  /// Entries of a curve, or of a side of the cube.
  let size: Int
  /// Three numbers an entry.
  let values: [Float]

  /// Looks `count` colours up, in place. What lies outside 0...1 takes the first or last entry, and so
  /// does a NaN the first.
  func apply(
    _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>, count: Int
  ) {
    let last = Float(size - 1)
    func place(_ value: Float) -> Int {
      // NaN fails the comparison.
      value > 0 ? Int((min(value, 1) * last).rounded()) : 0
    }
    values.withUnsafeBufferPointer { values in
      switch kind {
      case .curve:
        for i in 0..<count {
          red[i] = values[3 * place(red[i])]
          green[i] = values[3 * place(green[i]) + 1]
          blue[i] = values[3 * place(blue[i]) + 2]
        }
      case .halves:
        for i in 0..<count {
          red[i] = values[3 * Int(Float16(red[i]).bitPattern)]
          green[i] = values[3 * Int(Float16(green[i]).bitPattern) + 1]
          blue[i] = values[3 * Int(Float16(blue[i]).bitPattern) + 2]
        }
      case .cube:
        for i in 0..<count {
          let at = 3 * (place(red[i]) + size * (place(green[i]) + size * place(blue[i])))
          (red[i], green[i], blue[i]) = (values[at], values[at + 1], values[at + 2])
        }
      }
    }
  }

  /// A processor cut at its tables.
  struct Program: Sendable {
    private enum Part: Sendable {
      case table(NearestTable)
      case other(ColorProcessor)
    }

    private let parts: [Part]

    /// The parts of `processor`; nil where no table is to be read at its nearest entry.
    init?(_ processor: OpaquePointer, _ config: OpaquePointer) {
      let count = Int(cocio_part_count(processor))
      var parts: [Part] = []
      var start = 0
      func flush(_ end: Int) -> Bool {
        guard start < end else { return true }
        guard let raw = cocio_parts(config, processor, Int32(start), Int32(end), nil) else {
          return false
        }
        parts.append(.other(ColorProcessor(taking: raw)))
        return true
      }
      for index in 0..<count {
        var (size, isHalf): (Int32, Int32) = (0, 0)
        let kind = cocio_part(processor, Int32(index), &size, &isHalf)
        guard kind != COCIO_PART_OTHER else { continue }
        let (side, isCube) = (Int(size), kind == COCIO_PART_CUBE)
        guard side > 0, isHalf == 0 || side == 65536, flush(index) else { return nil }
        var values = [Float](repeating: 0, count: 3 * (isCube ? side * side * side : side))
        guard cocio_part_values(processor, Int32(index), &values) == 0 else { return nil }
        parts.append(
          .table(
            NearestTable(
              kind: isCube ? .cube : isHalf != 0 ? .halves : .curve, size: side, values: values)))
        start = index + 1
      }
      guard start > 0, flush(count) else { return nil }
      self.parts = parts
    }

    func apply(
      _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
      _ blue: UnsafeMutablePointer<Float>, _ alpha: UnsafeMutablePointer<Float>?, count: Int
    ) {
      for part in parts {
        switch part {
        case .table(let table): table.apply(red, green, blue, count: count)
        case .other(let processor): processor.apply(red, green, blue, alpha, count: count)
        }
      }
    }
  }
}
