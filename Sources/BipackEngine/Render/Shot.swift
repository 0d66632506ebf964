import BipackGraph
import BipackPixels

/// The values of one shot node in one view: found where they are kept, or measured.
///
/// Every frame of the range is planned, which takes no pixels. The hashes of the frames make the hash of the
/// shot; under that the values are looked for in memory, in the sidecar and in the disk cache. If they are
/// nowhere, each frame's note is looked for under the hash of what it has seen, and what is missing is
/// measured. Processes that share a disk cache wait for the one that measures.
struct Shot {
  let renderer: Renderer
  let comp: Comp
  let moment: FrameGraphBuilder.Moment
  let log: ShotLog

  private var node: CompNode { comp.nodes[moment.node] }
  private var disk: DiskCache? { renderer.options.disk }

  /// A frame of the shot, by the names of what its note has seen.
  private struct Frame: Sendable {
    var number: Int
    /// The frame whose note its own builds on.
    var before: Int?
    /// In this process.
    var hash: StableHash
    /// Anywhere; nil where its pictures have no such name, or nobody asked.
    var contentHash: StableHash?
    /// By names, sizes and times of files; nil where these are not known.
    var mark: StableHash?
  }

  /// The frames of the shot, and the names they give its values.
  private struct Pictures: Sendable {
    let shot: any ShotNode
    let range: ClosedRange<Int>
    let order: NoteOrder
    /// Each after the one it builds on.
    var frames: [Frame] = []
    /// Whether files are known by what is in them.
    let isIdentified: Bool

    var hash: StableHash { name { $0.hash } ?? shot.placeless.ownHash }
    var contentHash: StableHash? { name { $0.contentHash } }
    var mark: StableHash? { name { $0.mark } }

    /// The node's name, and each frame's number with one of its own. Nil where a frame has none.
    private func name(_ frameName: (Frame) -> StableHash?) -> StableHash? {
      var hasher = StableHasher()
      hasher.combine(shot.placeless.ownHash)
      for frame in frames {
        guard let name = frameName(frame) else { return nil }
        hasher.combine(frame.number)
        hasher.combine(name)
      }
      return hasher.finalize()
    }
  }

  func values() async throws -> MeasuredValues {
    if let known = log.values(moment) { return known }
    let clock = ContinuousClock.now
    let (shot, context) = try await resolved()
    let (file, range) = try said { () throws(NodeError) in
      (try shot.shot.file(context), try shot.shot.frames(comp.frames))
    }
    var report = ShotReport(path: node.path)
    report.sidecar = file
    let sidecar = file.map { Sidecar(path: $0, node: node, frames: range) }
    var pictures = try await pictures(shot, range, contents: disk != nil, marks: sidecar != nil)
    let hash = pictures.hash
    let kept = try await kept(sidecar, &pictures)
    let data: [String: ValueData]
    if let known = kept ?? renderer.cache.values(hash)
      ?? pictures.contentHash.flatMap({ disk?.values($0) })
    {
      data = known
      renderer.cache.insert(data, hash)
    } else {
      data = try await alone(hash, pictures.contentHash) { try await measured(pictures, &report) }
    }
    if kept == nil { report.unwritten = try await keep(data, hash, sidecar, &pictures) }
    let values = MeasuredValues(data, node.declaration.values)
    report.isKnown = report.measured + report.reused == 0
    report.seconds = (ContinuousClock.now - clock).seconds
    log.note(values, moment, report)
    return values
  }

  /// What a node says, as an error of its own.
  private func said<Result>(_ body: () throws(NodeError) -> Result) throws(RenderError) -> Result {
    do throws(NodeError) {
      return try body()
    } catch {
      throw RenderError(error, path: node.path, frame: moment.frame)
    }
  }

  // MARK: What is known without pixels

  private func resolved() async throws -> (any ShotNode, NodeContext) {
    let builder = try await request(Int(moment.frame)).builder
    guard let visit = builder.visits[moment], case .shot(let shot) = visit.resolved.node.role
    else { throw RenderError(kind: .invalid, path: node.path, message: "measures no shot") }
    return (shot, builder.context(moment, visit))
  }

  private func request(_ frame: Int) async throws -> FrameRequest {
    let goal = FrameGraphBuilder.Goal(kind: .measure, node: moment.node, view: moment.view)
    return try await renderer.request(comp, [goal], frame: Double(frame), proxy: 1, log: log)
  }

  /// The frames by their names. With `contents` files are known by what is in them, which may read them;
  /// with `marks` by what their folders say.
  private func pictures(
    _ shot: any ShotNode, _ range: ClosedRange<Int>, contents: Bool, marks: Bool
  ) async throws -> Pictures {
    let order = try said { () throws(NodeError) in try shot.order(range) }
    var pictures = Pictures(shot: shot, range: range, order: order, isIdentified: contents)
    var places: [Int: Int] = [:]
    for number in order.sequence(range) {
      try Task.checkCancellation()
      var request = try await request(number)
      guard let id = request.goals.first ?? nil else { continue }
      if contents { request.builder.graph.identify(disk) }
      var frame = Frame(
        number: number, before: order.before(number, in: range), hash: request.graph[id].hash,
        contentHash: request.graph[id].contentHash,
        mark: marks ? request.graph.mark(of: id) : nil)
      if let place = frame.before.flatMap({ places[$0] }) {
        let before = pictures.frames[place]
        frame.hash = Self.hash([frame.hash, before.hash])
        frame.contentHash = Self.hash([frame.contentHash, before.contentHash])
        frame.mark = Self.hash([frame.mark, before.mark])
      }
      places[number] = pictures.frames.count
      pictures.frames.append(frame)
    }
    return pictures
  }

  /// Gives the frames names that hold anywhere, if they have none yet.
  private func identify(_ pictures: inout Pictures) async throws {
    if pictures.isIdentified { return }
    pictures = try await self.pictures(
      pictures.shot, pictures.range, contents: true, marks: true)
  }

  private static func hash(_ parts: [StableHash]) -> StableHash {
    var hasher = StableHasher()
    hasher.combine("shot")
    hasher.combine(parts.count)
    for part in parts { hasher.combine(part) }
    return hasher.finalize()
  }

  /// Nil where one of them is.
  private static func hash(_ parts: [StableHash?]) -> StableHash? {
    let known = parts.compactMap { $0 }
    return known.count == parts.count ? hash(known) : nil
  }

  // MARK: What is kept

  /// The values of the sidecar, if it fits the pictures. One that was changed by hand and does not is an
  /// error, before anything is measured.
  private func kept(_ sidecar: Sidecar?, _ pictures: inout Pictures) async throws
    -> [String: ValueData]?
  {
    guard let sidecar, let found = try said({ () throws(NodeError) in try sidecar.read() }) else {
      return nil
    }
    let mark = pictures.mark
    var isRight = mark != nil && found.mark == mark?.description
    if !isRight, let contentHash = found.contentHash {
      try await identify(&pictures)
      isRight = contentHash == pictures.contentHash?.description
      // Other times, the same pictures: the next look at the folder is enough again.
      if isRight { try? sidecar.renew(mark: mark) }
    }
    if !isRight, found.isEdited { throw stale(sidecar) }
    guard isRight else { return nil }
    try said { () throws(NodeError) in try check(found.values, of: "\(sidecar.path): ") }
    return found.values
  }

  private func stale(_ sidecar: Sidecar) -> RenderError {
    RenderError(
      kind: .invalid, path: node.path,
      message:
        "\(sidecar.path) was changed by hand, and its pictures or parameters are others now: move it "
        + "away to measure again, or take its values with { \"file\": ... }")
  }

  /// Writes the sidecar; gives why it could not be written. The values are there all the same.
  private func keep(
    _ values: [String: ValueData], _ hash: StableHash, _ sidecar: Sidecar?,
    _ pictures: inout Pictures
  ) async throws -> String? {
    guard let sidecar else { return nil }
    let other = renderer.sidecars.withLock { known in
      let other = known[sidecar.path]
      known[sidecar.path] = (node.path, moment.view, comp.row?.number, hash)
      return other
    }
    if let other, other.hash != hash,
      other.path != node.path || other.view != moment.view || other.row != comp.row?.number
    {
      throw RenderError(
        kind: .invalid, path: node.path,
        message: "\(sidecar.path) is the sidecar of "
          + (other.path != node.path
            ? "nodes.\(other.path) too; give each its own"
            : other.view != moment.view
              ? "another view too; put %V where the view's name goes"
              : "another row too; put ${row}, or a column that differs, where the row's name goes"))
    }
    try await identify(&pictures)
    do throws(NodeError) {
      try sidecar.write(values, mark: pictures.mark, contentHash: pictures.contentHash)
      return nil
    } catch {
      return error.message
    }
  }

  /// Lets one at a time measure a shot, in this process and among those that share the disk cache.
  private func alone(
    _ hash: StableHash, _ contentHash: StableHash?,
    _ measure: () async throws -> [String: ValueData]
  ) async throws -> [String: ValueData] {
    while !renderer.measuring.withLock({ $0.insert(hash).inserted }) {
      try await Task.sleep(for: .milliseconds(10))
    }
    defer { _ = renderer.measuring.withLock { $0.remove(hash) } }
    if let known = renderer.cache.values(hash) { return known }
    let values = try await aloneOnDisk(contentHash, measure)
    renderer.cache.insert(values, hash)
    return values
  }

  private func aloneOnDisk(
    _ contentHash: StableHash?, _ measure: () async throws -> [String: ValueData]
  ) async throws -> [String: ValueData] {
    guard let disk, let contentHash else { return try await measure() }
    var claim = disk.claim(contentHash)
    while case .taken = claim {
      try await Task.sleep(for: .milliseconds(50))
      claim = disk.claim(contentHash)
    }
    if let known = disk.values(contentHash) { return known }
    let values = try await measure()
    disk.store(values, contentHash)
    disk.flush()
    withExtendedLifetime(claim) {}
    return values
  }

  // MARK: Measuring

  private func measured(_ pictures: Pictures, _ report: inout ShotReport) async throws
    -> [String: ValueData]
  {
    let (shot, frames) = (pictures.shot, pictures.frames)
    let notes =
      try await pictures.order == .independent
      ? sideBySide(frames, &report) : inOrder(frames, &report)
    return try said { () throws(NodeError) in
      let values = try shot.values(notes)
      try check(values, of: "")
      return values
    }
  }

  private func inOrder(_ frames: [Frame], _ report: inout ShotReport) async throws -> [FrameNote] {
    var notes: [Int: ValueData] = [:]
    for frame in frames {
      let (note, passes) = try await note(frame, after: frame.before.flatMap { notes[$0] })
      report.add(passes)
      notes[frame.number] = note
      log.note(progress: node.path, notes.count, of: frames.count)
    }
    return Self.ascending(notes)
  }

  private static func ascending(_ notes: [Int: ValueData]) -> [FrameNote] {
    notes.sorted { $0.key < $1.key }.map { FrameNote(frame: $0.key, note: $0.value) }
  }

  private func sideBySide(_ frames: [Frame], _ report: inout ShotReport) async throws
    -> [FrameNote]
  {
    var notes: [Int: ValueData] = [:]
    try await withThrowingTaskGroup(of: (Int, ValueData, [PassReport]?).self) { group in
      var next = frames.startIndex
      func begin() {
        guard next < frames.endIndex else { return }
        let frame = frames[next]
        next += 1
        group.addTask {
          let (note, passes) = try await note(frame, after: nil)
          return (frame.number, note, passes)
        }
      }
      for _ in 0..<renderer.options.framesInFlight { begin() }
      while let (number, note, passes) = try await group.next() {
        notes[number] = note
        report.add(passes)
        log.note(progress: node.path, notes.count, of: frames.count)
        begin()
      }
    }
    return Self.ascending(notes)
  }

  /// The note of a frame; the passes that made it where it was not kept.
  private func note(_ frame: Frame, after before: ValueData?) async throws
    -> (ValueData, [PassReport]?)
  {
    try Task.checkCancellation()
    if let known = renderer.cache.values(frame.hash)?[ShotMeasure.name] { return (known, nil) }
    if let contentHash = frame.contentHash,
      let known = disk?.values(contentHash)?[ShotMeasure.name]
    {
      return (known, nil)
    }
    var request = try await request(frame.number)
    guard let id = request.goals.first ?? nil, case .data(let work) = request.graph[id].work,
      var work = work as? ShotMeasure
    else { throw RenderError(kind: .invalid, path: node.path, message: "measures no shot") }
    work.before = before
    request.builder.graph[id].work = .data(work)
    request.builder.graph[id].hash = frame.hash
    request.builder.graph[id].contentHash = frame.contentHash
    // By itself it would be named for its own picture alone.
    request.builder.graph[id].isNameless = before != nil
    let outcome = try await renderer.complete(request).outcome
    guard let note = outcome.values[ShotMeasure.name] else {
      throw RenderError(
        kind: .invalid, path: node.path, frame: Double(frame.number), message: "kept no note")
    }
    return (note, outcome.reports)
  }

  /// Every value there, of its kind, in finite numbers.
  private func check(_ values: [String: ValueData], of place: String) throws(NodeError) {
    for port in node.declaration.values {
      let what = "\(place)'\(port.name)'"
      guard let value = values[port.name] else { throw NodeError("\(what) is missing") }
      guard port.fits(value) else {
        throw NodeError(
          "\(what) is not \(Wording.shape(port.kind, .any))"
            + (port.isOverFrames ? " over frames" : ""))
      }
      guard value.isFinite else { throw NodeError("\(what) is not a finite number everywhere") }
    }
  }
}

extension ShotReport {
  fileprivate mutating func add(_ passes: [PassReport]?) {
    if let passes {
      measured += 1
      self.passes += passes
    } else {
      reused += 1
    }
  }
}
