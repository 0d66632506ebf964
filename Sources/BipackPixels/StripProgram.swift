/// Several point kernels run one after another over cache-resident strips of a tile.
///
/// This is how point operations are fused: an existential call per strip of a few thousand pixels
/// costs nothing measurable, and between two kernels the pixels stay in the first-level cache.
/// Nothing is compiled at run time.
///
/// Every kernel output is a value of its own (single assignment); values that are not outputs of
/// the program live in a few reused registers.
package struct StripProgram: Sendable {
  /// A plane a kernel can read.
  package enum Value: Hashable, Sendable {
    case constant(Float)
    /// A channel of an input image, black outside `clip` and outside the image's data window.
    case external(input: Int, channel: Channel, clip: Rect)
    /// Output `output` of step `step`.
    case step(Int, output: Int)
  }

  package struct Step: Sendable {
    package var kernel: any PointKernel
    package var inputs: [Value]
    package var outputs: Int
    /// The results count as black outside (the data window of the node the step belongs to).
    package var clip: Rect

    package init(kernel: any PointKernel, inputs: [Value], outputs: Int, clip: Rect) {
      self.kernel = kernel
      self.inputs = inputs
      self.outputs = outputs
      self.clip = clip
    }
  }

  package private(set) var steps: [Step]
  package private(set) var outputs: [Value]
  /// For each step, the register of each of its outputs; -1 for outputs of the program.
  private var registers: [[Int]]
  private(set) var registerCount: Int

  package init(steps: [Step], outputs: [Value]) {
    self.steps = steps
    self.outputs = outputs
    (registers, registerCount) = Self.allocate(steps, outputs)
  }

  /// Linear scan: a register is free again after the last step that reads its value.
  private static func allocate(_ steps: [Step], _ outputs: [Value]) -> ([[Int]], Int) {
    var lastUse: [Value: Int] = [:]
    for (index, step) in steps.enumerated() {
      for input in step.inputs { lastUse[input] = index }
    }
    let final = Set(outputs)
    var free: [Int] = []
    var count = 0
    var held: [Value: Int] = [:]
    var result: [[Int]] = []
    for (index, step) in steps.enumerated() {
      var row: [Int] = []
      for output in 0..<step.outputs {
        let value = Value.step(index, output: output)
        if final.contains(value) {
          row.append(-1)
          continue
        }
        let register = free.popLast() ?? count
        if register == count { count += 1 }
        held[value] = register
        row.append(register)
      }
      result.append(row)
      for value in Set(step.inputs) where lastUse[value] == index {
        if let register = held.removeValue(forKey: value) { free.append(register) }
      }
      for output in 0..<step.outputs {
        let value = Value.step(index, output: output)
        if lastUse[value] == nil, let register = held.removeValue(forKey: value) {
          free.append(register)
        }
      }
    }
    return (result, count)
  }

  /// Pixels in a strip: 8 KiB per plane, so that a handful of planes stay in a 32 KiB cache.
  private static let stripPixels = 2048

  /// Computes every output of the program for one tile.
  ///
  /// - Parameters:
  ///   - dataWindow: the part of the tile inside it is computed; the rest of each block is
  ///     undefined.
  ///   - inputs: complete in the tile; nil reads as 0.
  package func run(
    tileX: Int, tileY: Int, dataWindow: Rect, inputs: [Image?], pool: BlockPool
  ) -> [Plane] {
    let grid = pool.grid
    let tile = grid.pixels(tileX: tileX, tileY: tileY)
    let active = tile.intersection(dataWindow)
    if active.isEmpty { return outputs.map { _ in .constant(0) } }
    var evaluation = Evaluation(
      program: self, tile: tile, active: active, inputs: inputs, pool: pool)
    return evaluation.run()
  }

  /// What is known of a value in one tile before any pixel is computed.
  private enum Known {
    case constant(Float)
    /// A whole block that can be shared as it is.
    case block(Block)
    /// Must be gathered strip by strip, with black where there is nothing.
    case gathered(Image, Channel, Rect)
    case computed
  }

  private struct Evaluation {
    let program: StripProgram
    let tile: Rect
    let active: Rect
    let inputs: [Image?]
    let pool: BlockPool
    var known: [Value: Known] = [:]

    mutating func run() -> [Plane] {
      var live: [Int] = []
      for (index, step) in program.steps.enumerated() {
        if !fold(index, step) { live.append(index) }
      }
      for value in program.outputs { resolve(value) }

      var blocks: [Value: Block] = [:]
      for value in program.outputs {
        switch known[value] {
        case .computed?, .gathered?: if blocks[value] == nil { blocks[value] = pool.allocate() }
        default: break
        }
      }
      if !blocks.isEmpty { compute(live, blocks) }
      return program.outputs.map { value in
        switch known[value] {
        case .constant(let number)?: .constant(number)
        case .block(let block)?: .block(block)
        default: blocks[value].map(Plane.block) ?? .constant(0)
        }
      }
    }

    /// Runs a step on one pixel if all it reads is constant here; the step is then done.
    private mutating func fold(_ index: Int, _ step: Step) -> Bool {
      for input in step.inputs { resolve(input) }
      var numbers: [Float] = []
      for input in step.inputs {
        guard case .constant(let number)? = known[input] else { break }
        numbers.append(number)
      }
      let isInside = step.clip.contains(active)
      let isOutside = step.clip.intersection(active).isEmpty
      let isConstant =
        numbers.count == step.inputs.count && !numbers.isEmpty && !step.kernel.readsPosition
      guard isOutside || (isConstant && isInside) else {
        for output in 0..<step.outputs { known[.step(index, output: output)] = .computed }
        return false
      }
      var results = [Float](repeating: 0, count: step.outputs)
      if !isOutside { runOnce(step.kernel, &numbers, &results) }
      for output in 0..<step.outputs {
        known[.step(index, output: output)] = .constant(results[output])
      }
      return true
    }

    private func runOnce(_ kernel: any PointKernel, _ numbers: inout [Float], _ results: inout [Float]) {
      let (inputCount, outputCount) = (numbers.count, results.count)
      numbers.withUnsafeMutableBufferPointer { inputs in
        results.withUnsafeMutableBufferPointer { outputs in
          guard let input = inputs.baseAddress, let output = outputs.baseAddress else { return }
          let from = (0..<inputCount).map { UnsafePointer(input + $0) }
          let to = (0..<outputCount).map { output + $0 }
          from.withUnsafeBufferPointer { from in
            to.withUnsafeBufferPointer { to in
              guard let from = from.baseAddress, let to = to.baseAddress else { return }
              kernel.apply(
                Strip(
                  inputs: from, inputCount: inputCount, outputs: to, outputCount: outputCount,
                  x: active.x0, y: active.y0, width: 1, rows: 1))
            }
          }
        }
      }
    }

    private mutating func resolve(_ value: Value) {
      guard known[value] == nil else { return }
      switch value {
      case .constant(let number): known[value] = .constant(number)
      case .step: break
      case .external(let input, let channel, let clip):
        known[value] = external(input, channel, clip)
      }
    }

    private func external(_ input: Int, _ channel: Channel, _ clip: Rect) -> Known {
      guard input < inputs.count, let image = inputs[input], let plane = image[channel] else {
        return .constant(0)
      }
      let window = clip.intersection(image.dataWindow)
      if window.intersection(active).isEmpty { return .constant(0) }
      let log2 = pool.grid.log2Size
      let isInside = window.contains(active)
      switch plane[tile.x0 >> log2, tile.y0 >> log2] {
      case nil: return .constant(0)
      case .constant(let number)? where isInside || number == 0: return .constant(number)
      case .block(let block)? where isInside: return .block(block)
      default: return .gathered(image, channel, window)
      }
    }

    /// Runs the live steps strip by strip.
    private func compute(_ live: [Int], _ blocks: [Value: Block]) {
      let size = pool.grid.size
      let rows = max(1, StripProgram.stripPixels / size)
      let strip = rows * size
      let plan = StepPlan(
        program: program, live: live, known: known, outputs: blocks, active: active)
      let scratch = pool.scratch(count: max(1, plan.buffers) * strip)
      for (number, buffer) in plan.constants {
        (scratch.base + buffer * strip).update(repeating: number, count: strip)
      }
      var from = [UnsafePointer<Float>](repeating: UnsafePointer(scratch.base), count: plan.slots)
      var to = [UnsafeMutablePointer<Float>](repeating: scratch.base, count: plan.slots)
      var y = active.y0
      while y < active.y1 {
        let count = min(rows, active.y1 - y)
        let offset = (y - tile.y0) * size
        for load in plan.gathers {
          let target = scratch.base + load.buffer * strip
          gather(load.image, load.channel, load.clip, y, count, target)
        }
        for step in plan.steps {
          for (slot, place) in step.inputs.enumerated() {
            from[slot] = UnsafePointer(plan.address(place, scratch.base, strip, offset))
          }
          for (slot, place) in step.outputs.enumerated() {
            to[slot] = plan.address(place, scratch.base, strip, offset)
          }
          from.withUnsafeBufferPointer { from in
            to.withUnsafeBufferPointer { to in
              guard let from = from.baseAddress, let to = to.baseAddress else { return }
              step.kernel.apply(
                Strip(
                  inputs: from, inputCount: step.inputs.count, outputs: to,
                  outputCount: step.outputs.count, x: tile.x0, y: y, width: size, rows: count))
            }
          }
          if let clip = step.clip {
            for slot in step.outputs.indices { black(outside: clip, to[slot], y, count) }
          }
        }
        for copy in plan.copies {
          let source = scratch.base + copy.buffer * strip
          (copy.block.base + offset).update(from: source, count: count * size)
        }
        y += count
      }
    }

    private func gather(
      _ image: Image, _ channel: Channel, _ clip: Rect, _ y: Int, _ rows: Int,
      _ target: UnsafeMutablePointer<Float>
    ) {
      let rect = Rect(x0: tile.x0, y0: y, x1: tile.x1, y1: y + rows)
      let part = rect.intersection(clip)
      target.update(repeating: 0, count: rect.area)
      if part.isEmpty { return }
      image.gather(
        channel, part, edge: .black,
        into: target + (part.y0 - rect.y0) * rect.width + part.x0 - rect.x0, stride: rect.width)
    }

    private func black(
      outside clip: Rect, _ target: UnsafeMutablePointer<Float>, _ y: Int, _ rows: Int
    ) {
      let width = tile.width
      for row in 0..<rows {
        let line = target + row * width
        let inside = Rect(x0: tile.x0, y0: y + row, x1: tile.x1, y1: y + row + 1)
          .intersection(clip)
        if inside.isEmpty {
          line.update(repeating: 0, count: width)
        } else {
          line.update(repeating: 0, count: inside.x0 - tile.x0)
          (line + inside.x1 - tile.x0).update(repeating: 0, count: tile.x1 - inside.x1)
        }
      }
    }
  }

  /// Where each plane of each live step lies in one tile.
  private struct StepPlan {
    enum Place {
      /// A strip buffer of the scratch memory.
      case buffer(Int)
      /// The rows of a block.
      case block(Block)
    }
    struct Step {
      var kernel: any PointKernel
      var inputs: [Place]
      var outputs: [Place]
      var clip: Rect?
    }
    struct Gather {
      var image: Image
      var channel: Channel
      var clip: Rect
      var buffer: Int
    }

    var steps: [Step] = []
    var gathers: [Gather] = []
    var constants: [(Float, Int)] = []
    var copies: [(buffer: Int, block: Block)] = []
    var buffers: Int
    var slots = 1

    init(
      program: StripProgram, live: [Int], known: [Value: Known], outputs: [Value: Block],
      active: Rect
    ) {
      buffers = program.registerCount
      var places: [Value: Place] = [:]

      func place(_ value: Value, _ plan: inout StepPlan) -> Place {
        if let place = places[value] { return place }
        let buffer = plan.buffers
        switch known[value] {
        case .block(let block)?:
          places[value] = .block(block)
          return .block(block)
        case .constant(let number)?:
          plan.buffers += 1
          plan.constants.append((number, buffer))
        case .gathered(let image, let channel, let clip)?:
          plan.buffers += 1
          plan.gathers.append(Gather(image: image, channel: channel, clip: clip, buffer: buffer))
        default:
          plan.buffers += 1
          plan.constants.append((0, buffer))
        }
        places[value] = .buffer(buffer)
        return .buffer(buffer)
      }

      for index in live {
        let step = program.steps[index]
        let inputs = step.inputs.map { place($0, &self) }
        var targets: [Place] = []
        for output in 0..<step.outputs {
          let value = Value.step(index, output: output)
          let register = program.registers[index][output]
          let target: Place
          if register >= 0 {
            target = .buffer(register)
          } else if let block = outputs[value] {
            target = .block(block)
          } else {
            target = .buffer(buffers)
            buffers += 1
          }
          places[value] = target
          targets.append(target)
        }
        slots = max(slots, inputs.count, targets.count)
        let clip = step.clip.contains(active) ? nil : step.clip
        steps.append(Step(kernel: step.kernel, inputs: inputs, outputs: targets, clip: clip))
      }
      for (value, block) in outputs {
        if case .gathered? = known[value], case .buffer(let buffer) = place(value, &self) {
          copies.append((buffer, block))
        }
      }
    }

    @inline(__always)
    func address(
      _ place: Place, _ scratch: UnsafeMutablePointer<Float>, _ strip: Int, _ offset: Int
    ) -> UnsafeMutablePointer<Float> {
      switch place {
      case .buffer(let index): scratch + index * strip
      case .block(let block): block.base + offset
      }
    }
  }
}
