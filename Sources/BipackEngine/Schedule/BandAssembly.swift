import BipackGraph
import BipackPixels

/// What outlives a band of a stage: pictures that are wanted as a whole, put together band by band,
/// and files that are being written.
struct BandAssembly: Sendable {
  private let goals: Int
  /// Per goal, its images (of what takes them as a whole: its inputs) and what of them was demanded.
  private var images: [[Payload?]]
  private var rects: [[Rect]]
  private var writers: [(any BandWriter)?]
  private let bands: [FramePlan.Band]

  init(_ bands: [FramePlan.Band]) {
    self.bands = bands
    goals = bands.first?.goals.count ?? 0
    images = Array(repeating: [], count: goals)
    writers = Array(repeating: nil, count: goals)
    rects = Array(repeating: [], count: goals)
    // The rectangles of all bands together say how large the whole will be.
    for band in bands {
      for (goal, index) in band.goals.enumerated() {
        guard let index else { continue }
        let pass = band.passes[index]
        let demands = pass.isTerminal ? pass.inputDemands : [pass.demand]
        while rects[goal].count < demands.count { rects[goal].append(.empty) }
        for (slot, demand) in demands.enumerated() {
          rects[goal][slot] = rects[goal][slot].union(demand.rect)
        }
      }
    }
  }

  /// The images that were goals themselves.
  var results: [Payload] {
    (0..<goals).compactMap { goal in
      let pass = bands.lazy.compactMap { band in band.goals[goal].map { band.passes[$0] } }.first
      return pass?.isTerminal == true ? nil : images[goal].first ?? nil
    }
  }

  private func goal(of pass: Int, in band: Int) -> Int? { bands[band].goals.firstIndex(of: pass) }

  /// Keeps the images a finished band made for its goals.
  mutating func take(_ band: FramePlan.Band, _ made: [Payload?]) {
    for (goal, index) in band.goals.enumerated() {
      guard let index, !band.passes[index].isTerminal, let image = made[index] else { continue }
      add([image], to: goal, band.rows)
    }
  }

  /// Of a band only its own rows are taken: an image may reach further, and its tiles there be filled in
  /// part.
  private mutating func add(_ parts: [Payload?], to goal: Int, _ rows: Range<Int>?) {
    while images[goal].count < parts.count { images[goal].append(nil) }
    for (slot, part) in parts.enumerated() {
      guard let part else { continue }
      guard let rows else {
        images[goal][slot] = part
        continue
      }
      let room = rects[goal][slot]
      let own = room.intersection(
        Rect(x0: room.x0, y0: rows.lowerBound, x1: room.x1, y1: rows.upperBound))
      var whole = images[goal][slot] ?? Payload(spec: part.spec, grid: part.grid)
      whole.gather(part, own, of: room)
      images[goal][slot] = whole
    }
  }

  /// The inputs of a pass that ends the graph, as far as they are there with this band's `parts`.
  mutating func inputs(of index: Int, in band: Int, _ pass: FramePlan.Pass, _ parts: [Payload?])
    -> [Payload?]
  {
    guard bands.count > 1, let goal = goal(of: index, in: band) else { return parts }
    add(parts, to: goal, bands[band].rows)
    return images[goal]
  }

  /// What each input of such a pass was demanded to hold, over all bands.
  func demands(of index: Int, in band: Int, _ pass: FramePlan.Pass) -> [Demand] {
    guard bands.count > 1, let goal = goal(of: index, in: band) else { return pass.inputDemands }
    return zip(pass.inputDemands, rects[goal]).map { $0.with(rect: $1) }
  }

  /// The file a sink writes; begun when first asked for.
  mutating func writer(
    of index: Int, in band: Int, _ begin: () throws(NodeError) -> any BandWriter
  ) throws(NodeError) -> any BandWriter {
    guard let goal = goal(of: index, in: band) else { return try begin() }
    if let writer = writers[goal] { return writer }
    let writer = try begin()
    writers[goal] = writer
    return writer
  }

  /// The stage is over; files not finished are dropped.
  mutating func close() {
    for writer in writers { writer?.cancel() }
    writers = []
  }
}

extension FramePlan.Pass {
  /// Whether it writes, measures or works on whole pictures, so that what is wanted is its inputs.
  var isTerminal: Bool {
    if case .write = work { true } else { gathers }
  }

  /// Whether its work begins when its inputs are there from all bands.
  var gathers: Bool {
    if case .measure = work { true } else { takesWhole }
  }
}
