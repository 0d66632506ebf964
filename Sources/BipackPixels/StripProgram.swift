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

  package let steps: [Step]
  package let outputs: [Value]
  /// Every value of the program has a number; tiles are evaluated with arrays, not dictionaries.
  private let values: [Value]
  private let stepInputs: [[Int]]
  /// The number of the first output of each step; the others follow.
  private let stepOutputs: [Int]
  private let outputIDs: [Int]
  /// The register of each value; -1 for values that are no intermediate results.
  private let registers: [Int]
  private let registerCount: Int
  private let slots: Int

  package init(steps: [Step], outputs: [Value]) {
    var ids: [Value: Int] = [:]
    var values: [Value] = []
    var stepInputs: [[Int]] = []
    var stepOutputs: [Int] = []
    func id(_ value: Value) -> Int {
      if case .step(let index, let output) = value { return stepOutputs[index] + output }
      if let known = ids[value] { return known }
      ids[value] = values.count
      values.append(value)
      return values.count - 1
    }
    for (index, step) in steps.enumerated() {
      stepInputs.append(step.inputs.map(id))
      stepOutputs.append(values.count)
      for output in 0..<step.outputs { values.append(.step(index, output: output)) }
    }
    outputIDs = outputs.map(id)
    self.steps = steps
    self.outputs = outputs
    self.values = values
    self.stepInputs = stepInputs
    self.stepOutputs = stepOutputs
    slots = steps.reduce(1) { max($0, $1.inputs.count, $1.outputs) }
    (registers, registerCount) = Self.allocate(
      steps, stepInputs, stepOutputs, outputIDs, values.count)
  }

  /// Linear scan: a register is free again after the last step that reads its value.
  private static func allocate(
    _ steps: [Step], _ inputs: [[Int]], _ outputs: [Int], _ final: [Int], _ count: Int
  ) -> ([Int], Int) {
    var isFinal = [Bool](repeating: false, count: count)
    for value in final { isFinal[value] = true }
    var lastUse = [Int](repeating: -1, count: count)
    for index in steps.indices { for input in inputs[index] { lastUse[input] = index } }
    var registers = [Int](repeating: -1, count: count)
    var free: [Int] = []
    var used = 0
    for index in steps.indices {
      let results = outputs[index]..<outputs[index] + steps[index].outputs
      for value in results where !isFinal[value] {
        if let register = free.popLast() {
          registers[value] = register
        } else {
          registers[value] = used
          used += 1
        }
      }
      for (place, value) in inputs[index].enumerated()
      where lastUse[value] == index && registers[value] >= 0
        && !inputs[index][..<place].contains(value)
      {
        free.append(registers[value])
      }
      for value in results where lastUse[value] < 0 && registers[value] >= 0 {
        free.append(registers[value])
      }
    }
    return (registers, used)
  }

  /// Pixels in a strip when `buffers` planes lie between the steps: these share 64 KiB, so that they
  /// stay in the caches next to the core. Without any a strip is a whole tile: the longer the runs of
  /// memory, the better the processor foresees them.
  private static func stripPixels(buffers: Int, tile: Int) -> Int {
    min(tile, max(2048, 16384 / max(1, buffers)))
  }

  /// Computes every output of the program for one tile.
  ///
  /// - Parameters:
  ///   - dataWindow: the part of the tile inside it is computed; the rest of each block is
  ///     undefined.
  ///   - inputs: complete in the tile; nil reads as 0.
  package func run(
    tileX: Int, tileY: Int, dataWindow: Rect, inputs: [Image?], pool: BlockPool
  ) -> [Plane] {
    let tile = pool.grid.pixels(tileX: tileX, tileY: tileY)
    let active = tile.intersection(dataWindow)
    if active.isEmpty { return outputs.map { _ in .constant(0) } }
    // Of a picture beyond 32 MiB nothing is left in the caches when the next pass begins.
    let isLarge = dataWindow.area * outputs.count > 8 << 20
    var evaluation = Evaluation(
      program: self, tile: tile, active: active, isLarge: isLarge, inputs: inputs, pool: pool)
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

  /// Where a plane lies while a tile is computed.
  private enum Place {
    /// A strip buffer of the scratch memory.
    case buffer(Int)
    /// The rows of a block.
    case block(Block)
  }

  private struct Evaluation {
    let program: StripProgram
    let tile: Rect
    let active: Rect
    let pool: BlockPool
    let isLarge: Bool
    var known: [Known]

    init(
      program: StripProgram, tile: Rect, active: Rect, isLarge: Bool, inputs: [Image?],
      pool: BlockPool
    ) {
      self.program = program
      self.tile = tile
      self.active = active
      self.isLarge = isLarge
      self.pool = pool
      known = program.values.map { value in
        switch value {
        case .constant(let number): .constant(number)
        case .step: .computed
        case .external(let input, let channel, let clip):
          Self.external(
            input < inputs.count ? inputs[input] : nil, channel, clip, tile, active, pool.grid)
        }
      }
    }

    private static func external(
      _ image: Image?, _ channel: Channel, _ clip: Rect, _ tile: Rect, _ active: Rect,
      _ grid: TileGrid
    ) -> Known {
      guard let image, let plane = image[channel] else { return .constant(0) }
      let window = clip.intersection(image.dataWindow)
      if window.intersection(active).isEmpty { return .constant(0) }
      let isInside = window.contains(active)
      switch plane[tile.x0 >> grid.log2Size, tile.y0 >> grid.log2Size] {
      case nil: return .constant(0)
      case .constant(let number)? where isInside || number == 0: return .constant(number)
      case .block(let block)? where isInside: return .block(block)
      default: return .gathered(image, channel, window)
      }
    }

    mutating func run() -> [Plane] {
      var live: [Int] = []
      for index in program.steps.indices where !fold(index) { live.append(index) }

      var blocks = [Block?](repeating: nil, count: known.count)
      var isNeeded = false
      for id in program.outputIDs where blocks[id] == nil {
        switch known[id] {
        case .computed, .gathered:
          blocks[id] = pool.allocate()
          isNeeded = true
        default: break
        }
      }
      if isNeeded { compute(live, blocks) }
      return program.outputIDs.map { id in
        switch known[id] {
        case .constant(let number): .constant(number)
        case .block(let block): .block(block)
        default: blocks[id].map(Plane.block) ?? .constant(0)
        }
      }
    }

    /// Runs a step on one pixel if all it reads is constant here; the step is then done.
    private mutating func fold(_ index: Int) -> Bool {
      let step = program.steps[index]
      let first = program.stepOutputs[index]
      let isOutside = step.clip.intersection(active).isEmpty
      if isOutside {
        for output in 0..<step.outputs { known[first + output] = .constant(0) }
        return true
      }
      if step.inputs.isEmpty || step.kernel.readsPosition || !step.clip.contains(active) {
        return false
      }
      var numbers: [Float] = []
      for input in program.stepInputs[index] {
        guard case .constant(let number) = known[input] else { return false }
        numbers.append(number)
      }
      var results = [Float](repeating: 0, count: step.outputs)
      Self.runOnce(step.kernel, &numbers, &results, active)
      for output in 0..<step.outputs { known[first + output] = .constant(results[output]) }
      return true
    }

    private static func runOnce(
      _ kernel: any PointKernel, _ numbers: inout [Float], _ results: inout [Float], _ at: Rect
    ) {
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
                  x: at.x0, y: at.y0, width: 1, rows: 1))
            }
          }
        }
      }
    }

    /// Runs the live steps strip by strip.
    private func compute(_ live: [Int], _ blocks: [Block?]) {
      let size = pool.grid.size
      let layout = Layout(program, live, known, blocks, active)
      let pixels = StripProgram.stripPixels(buffers: layout.buffers, tile: pool.grid.area)
      let rows = max(1, pixels / size)
      let strip = rows * size
      let scratch = pool.scratch(count: max(1, layout.buffers) * strip)
      for (number, buffer) in layout.constants {
        (scratch.base + buffer * strip).update(repeating: number, count: strip)
      }
      func address(_ place: Place, _ offset: Int) -> UnsafeMutablePointer<Float> {
        switch place {
        case .buffer(let index): scratch.base + index * strip
        case .block(let block): block.base + offset
        }
      }
      // Without buffers all results go to blocks.
      let isStreaming = layout.buffers == 0 && isLarge
      var from = [UnsafePointer<Float>](
        repeating: UnsafePointer(scratch.base), count: program.slots)
      var to = [UnsafeMutablePointer<Float>](repeating: scratch.base, count: program.slots)
      var y = active.y0
      while y < active.y1 {
        let count = min(rows, active.y1 - y)
        let offset = (y - tile.y0) * size
        for load in layout.gathers {
          gather(load.image, load.channel, load.clip, y, count, scratch.base + load.buffer * strip)
        }
        for step in layout.steps {
          for slot in step.inputs.indices {
            from[slot] = UnsafePointer(address(step.inputs[slot], offset))
          }
          for slot in step.outputs.indices { to[slot] = address(step.outputs[slot], offset) }
          from.withUnsafeBufferPointer { from in
            to.withUnsafeBufferPointer { to in
              guard let from = from.baseAddress, let to = to.baseAddress else { return }
              step.kernel.apply(
                Strip(
                  inputs: from, inputCount: step.inputs.count, outputs: to,
                  outputCount: step.outputs.count, x: tile.x0, y: y, width: size, rows: count,
                  isStreaming: isStreaming))
            }
          }
          if let clip = step.clip {
            for slot in step.outputs.indices { black(outside: clip, to[slot], y, count) }
          }
        }
        for copy in layout.copies {
          (copy.block.base + offset).update(
            from: scratch.base + copy.buffer * strip, count: count * size)
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
      let view = PlaneView(rect: rect, base: target, stride: rect.width)
      image.gather(channel, edge: .black, into: view.part(part))
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
  private struct Layout {
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
    var constants: [(number: Float, buffer: Int)] = []
    var copies: [(buffer: Int, block: Block)] = []
    var buffers: Int
    private var places: [Place?]

    init(
      _ program: StripProgram, _ live: [Int], _ known: [Known], _ outputs: [Block?], _ active: Rect
    ) {
      buffers = program.registerCount
      places = Array(repeating: nil, count: known.count)
      steps.reserveCapacity(live.count)
      for index in live {
        let step = program.steps[index]
        var inputs: [Place] = []
        for input in program.stepInputs[index] { inputs.append(place(input, known)) }
        var targets: [Place] = []
        for id in program.stepOutputs[index]..<program.stepOutputs[index] + step.outputs {
          let target: Place
          if program.registers[id] >= 0 {
            target = .buffer(program.registers[id])
          } else if let block = outputs[id] {
            target = .block(block)
          } else {
            target = .buffer(buffers)
            buffers += 1
          }
          places[id] = target
          targets.append(target)
        }
        let clip = step.clip.contains(active) ? nil : step.clip
        steps.append(Step(kernel: step.kernel, inputs: inputs, outputs: targets, clip: clip))
      }
      for (id, block) in outputs.enumerated() {
        if let block, case .gathered = known[id], case .buffer(let buffer) = place(id, known) {
          copies.append((buffer, block))
        }
      }
    }

    private mutating func place(_ id: Int, _ known: [Known]) -> Place {
      if let place = places[id] { return place }
      if case .block(let block) = known[id] {
        places[id] = .block(block)
        return .block(block)
      }
      let buffer = buffers
      buffers += 1
      switch known[id] {
      case .constant(let number): constants.append((number, buffer))
      case .gathered(let image, let channel, let clip):
        gathers.append(Gather(image: image, channel: channel, clip: clip, buffer: buffer))
      case .block, .computed: constants.append((0, buffer))
      }
      places[id] = .buffer(buffer)
      return .buffer(buffer)
    }
  }
}
