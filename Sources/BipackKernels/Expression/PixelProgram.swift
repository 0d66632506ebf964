import BipackPixels

/// Several expressions over the same planes, compiled to one list of steps in single assignment:
/// equal sub-expressions are computed once, constant ones never.
///
/// Runs over pieces of rows of at most 256 pixels, so that every register stays in the first-level
/// cache; each step is one vectorised loop. Nothing can be written but the outputs, nothing loops
/// that the text does not spell out, nothing is read but the planes given.
package struct PixelProgram: PointKernel {
  /// A number that does not depend on a plane.
  package enum Position: Hashable, Sendable {
    /// The column and the row, counted from 0 at the top left.
    case x, y
    /// The pixel's centre from the centre of the format, in half widths; y down.
    case cx, cy
  }

  enum Value: Hashable {
    case constant(Float)
    case plane(Int)
    case position(Position)
    case step(PixelOperation, Operands)
  }

  /// The values a step works on, three at most.
  struct Operands: Hashable, RandomAccessCollection {
    let startIndex = 0
    let endIndex: Int
    private var (first, second, third) = (0, 0, 0)

    init(_ values: [Int]) {
      precondition(values.count <= 3)
      endIndex = values.count
      if values.count > 0 { first = values[0] }
      if values.count > 1 { second = values[1] }
      if values.count > 2 { third = values[2] }
    }

    subscript(_ index: Int) -> Int { index == 0 ? first : index == 1 ? second : third }
  }

  private let values: [Value]
  private let results: [Int]
  private let registers: [Int]
  private let registerCount: Int
  private let format: Rect
  private static let piece = 256

  init(values: [Value], results: [Int], format: Rect) {
    self.values = values
    self.results = results
    self.format = format
    (registers, registerCount) = Self.allocate(values, results)
  }

  /// The number an output is everywhere, if it is.
  package func constant(_ output: Int) -> Float? {
    if case .constant(let number) = values[results[output]] { return number }
    return nil
  }

  package var readsPosition: Bool {
    values.contains { if case .position = $0 { true } else { false } }
  }

  /// A register for every value that is computed or filled in; one is free again after the last
  /// step that reads it. Results keep theirs to the end.
  private static func allocate(_ values: [Value], _ results: [Int]) -> ([Int], Int) {
    var lastUse = [Int](repeating: -1, count: values.count)
    for (index, value) in values.enumerated() {
      if case .step(_, let operands) = value {
        for operand in operands { lastUse[operand] = index }
      }
    }
    for result in results { lastUse[result] = values.count }
    var free: [Int] = []
    var count = 0
    var registers = [Int](repeating: -1, count: values.count)
    for (index, value) in values.enumerated() {
      switch value {
      case .plane: break
      case .constant, .position:
        // Filled once per piece of work: kept.
        registers[index] = count
        count += 1
        lastUse[index] = values.count
      case .step(_, let operands):
        // A register of its own: noise reads its operands after it has begun to write.
        registers[index] = free.popLast() ?? count
        if registers[index] == count { count += 1 }
        for operand in Set(operands) where lastUse[operand] == index && registers[operand] >= 0 {
          free.append(registers[operand])
        }
      }
    }
    return (registers, count)
  }

  package func apply(_ strip: borrowing Strip) {
    render(
      (0..<planeCount).map { strip.inputPointer($0) },
      to: results.indices.map { strip.outputPointer($0) },
      rect: Rect(x: strip.x, y: strip.y, width: strip.width, height: strip.rows))
  }

  /// Works on `rect`: planes and outputs hold its rows one after the other.
  package func render(
    _ inputs: [UnsafePointer<Float>], to outputs: [UnsafeMutablePointer<Float>], rect: Rect
  ) {
    // SAFETY: every plane and output is good for the rectangle's pixels; the callers say so.
    let piece = Self.piece
    let (x, y, width, rows) = (rect.x0, rect.y0, rect.width, rect.height)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, registerCount) * piece) {
      guard let scratch = $0.baseAddress else { return }
      for (index, value) in values.enumerated() {
        if case .constant(let number) = value {
          (scratch + registers[index] * piece).update(repeating: number, count: piece)
        }
      }
      for row in 0..<rows {
        var from = 0
        while from < width {
          let count = min(piece, width - from)
          run(
            scratch, inputs, outputs, offset: row * width + from, x: x + from, y: y + row,
            count: count)
          from += count
        }
      }
    }
  }

  private var planeCount: Int {
    values.reduce(0) { if case .plane(let index) = $1 { max($0, index + 1) } else { $0 } }
  }

  private func run(
    _ scratch: UnsafeMutablePointer<Float>, _ inputs: [UnsafePointer<Float>],
    _ outputs: [UnsafeMutablePointer<Float>], offset: Int, x: Int, y: Int, count: Int
  ) {
    func place(_ value: Int) -> UnsafePointer<Float> {
      if case .plane(let index) = values[value] { return inputs[index] + offset }
      return UnsafePointer(scratch + registers[value] * Self.piece)
    }
    for (index, value) in values.enumerated() {
      let target = scratch + max(0, registers[index]) * Self.piece
      switch value {
      case .constant, .plane: break
      case .position(let position): fill(target, position, x, y, count)
      case .step(let operation, let operands):
        let first = place(operands[0])
        operation.run(
          first, operands.count > 1 ? place(operands[1]) : first,
          operands.count > 2 ? place(operands[2]) : first, target, count)
      }
    }
    for (result, output) in zip(results, outputs) {
      (output + offset).update(from: place(result), count: count)
    }
  }

  private func fill(
    _ target: UnsafeMutablePointer<Float>, _ position: Position, _ x: Int, _ y: Int, _ count: Int
  ) {
    let half = Float(max(1, format.width)) / 2
    switch position {
    case .x: for i in 0..<count { target[i] = Float(x + i) }
    case .y: target.update(repeating: Float(y), count: count)
    case .cx:
      let middle = Float(format.x0 + format.x1) / 2
      for i in 0..<count { target[i] = (Float(x + i) + 0.5 - middle) / half }
    case .cy:
      let middle = Float(format.y0 + format.y1) / 2
      target.update(repeating: (Float(y) + 0.5 - middle) / half, count: count)
    }
  }
}
