import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// Takes its time to write, and knows how many do so at once.
private struct SlowProbe: SinkNode {
  static let abstract = "Writes slowly."
  static let category = "Test"
  static let most = Locked((now: 0, most: 0))
  @Input("The picture.") var source
  init() {}
  func paths(_ context: NodeContext) throws(NodeError) -> [String] { [] }
  func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {
    Self.most.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
    let end = ContinuousClock.now + .milliseconds(40)
    while ContinuousClock.now < end {}
    Self.most.withLock { $0.now -= 1 }
  }
}

private let registry = Registry([
  Plate.self, Probe.self, SlowProbe.self, Neighbours.self, Mean.self, Affine.self, Sum.self,
])

private func reads(_ name: String) -> Int { Counter.reads.withLock { $0[name] ?? 0 } }
private func writes(_ name: String) -> [Float] { Counter.writes.withLock { $0[name] ?? [] } }

@Suite("Rendering the rows of a table") struct RowTests {
  /// The comps of a document's rows.
  private func rows(_ nodes: String, table: String, frames: String = "[1, 1]") throws -> [Comp] {
    let text = """
      {"bipack": 1, "format": {"width": 140, "height": 90, "fps": 24}, "frames": \(frames),
       "table": \(table), "nodes": {\(nodes)}}
      """
    let result = Comp.check(text: text, registry: registry)
    if result.rows.isEmpty { throw DocumentError(result.diagnostics) }
    return result.rows
  }

  /// So many rows with a number each.
  private func table(_ count: Int) -> String {
    "[" + (1...count).map { #"{"n": \#($0), "name": "n\#($0)"}"# }.joined(separator: ",") + "]"
  }

  private func job(_ rows: [Comp], frames: [Int]? = nil) throws -> RenderJob {
    try #require(RenderJob(rows: rows, frames: frames))
  }

  // MARK: What rows share

  @Test func whatRowsShareIsReadAndGradedOnce() async throws {
    let rows = try rows(
      """
      "bg": {"type": "Plate", "name": "row-bg", "value": 5},
      "look": {"type": "Affine", "source": "bg", "a": 2},
      "fg": {"type": "Plate", "name": "row-fg-${row}", "value": {"from": "table.n"}},
      "sum": {"type": "Sum", "a": "fg", "b": "look"},
      "out": {"type": "Probe", "source": "sum", "name": "rows-${row}"}
      """, table: table(12))
    let passes = Locked<[String: Int]>([:])
    let summary = await Renderer(RenderOptions(threads: 2, framesInFlight: 3)).render(try job(rows))
    {
      guard case .frameFinished(let report) = $0 else { return }
      passes.withLock { for pass in report.passes { $0[pass.path, default: 0] += 1 } }
    }
    #expect(summary.failures.isEmpty && summary.rendered == 12)
    #expect(reads("row-bg") == 1)
    #expect(passes.withLock { $0["bg", default: 0] + $0["look", default: 0] } == 2)
    for row in 1...12 {
      #expect(writes("rows-\(row)") == [Float(row + 10)])
      #expect(reads("row-fg-\(row)") == 1)
    }
  }

  /// At each frame the plate is read once for all rows, and what a row has of its own once for all
  /// frames; so it is when there are more rows than are made side by side.
  @Test(arguments: [5, 70])
  func rowsOfClipsShareBothWays(_ count: Int) async throws {
    let name = "clip\(count)"
    let rows = try rows(
      """
      "p": {"type": "Plate", "name": "\(name)-plate", "moves": true},
      "look": {"type": "Affine", "source": "p", "a": 2},
      "own": {"type": "Plate", "name": "\(name)-${row}", "value": {"from": "table.n"}},
      "title": {"type": "Affine", "source": "own", "a": 100},
      "sum": {"type": "Sum", "a": "title", "b": "look"},
      "out": {"type": "Probe", "source": "sum", "name": "\(name)-${row}"}
      """, table: table(count), frames: "[1, 6]")
    let summary = await Renderer(RenderOptions(threads: 2, framesInFlight: 3)).render(try job(rows))
    #expect(summary.failures.isEmpty && summary.rendered == 6 * count)
    #expect((6...(count > JobSteps.block ? 12 : 6)).contains(reads("\(name)-plate")))
    for row in 1...count {
      #expect(reads("\(name)-\(row)") == 1)
      #expect(writes("\(name)-\(row)").sorted() == (1...6).map { Float(100 * row + 2 * $0) })
    }
  }

  /// A picture that a row keeps for its next frame does not hide what it shares with the next row.
  @Test func stillRowsShareTheirPlate() async throws {
    let rows = try rows(
      """
      "p": {"type": "Plate", "name": "still-rows", "value": 2},
      "look": {"type": "Affine", "source": "p", "a": 2},
      "own": {"type": "Affine", "source": "look", "a": {"from": "table.n"}},
      "out": {"type": "Probe", "source": "own", "name": "still-rows-${row}"}
      """, table: table(6), frames: "[1, 3]")
    let summary = await Renderer(RenderOptions(threads: 2)).render(try job(rows))
    #expect(summary.failures.isEmpty && summary.rendered == 18)
    #expect(reads("still-rows") == 1)
    for row in 1...6 {
      #expect(writes("still-rows-\(row)") == [Float](repeating: Float(4 * row), count: 3))
    }
  }

  @Test func neighboursOfARowAreReadOnce() async throws {
    let rows = try rows(
      """
      "p": {"type": "Plate", "name": "near-${row}", "moves": true},
      "n": {"type": "Neighbours", "source": "p"},
      "out": {"type": "Probe", "source": "n", "name": "near-${row}"}
      """, table: table(4), frames: "[1, 10]")
    let summary = await Renderer(RenderOptions(threads: 2)).render(try job(rows))
    #expect(summary.failures.isEmpty)
    for row in 1...4 { #expect(reads("near-\(row)") == 12) }
  }

  @Test func whatIsMeasuredIsMeasuredOnce() async throws {
    let rows = try rows(
      """
      "p": {"type": "Plate", "name": "measured-row", "value": 3},
      "m": {"type": "Mean", "source": "p"},
      "own": {"type": "Affine", "source": "p", "a": {"expr": "m.mean * n"}},
      "out": {"type": "Probe", "source": "own", "name": "measured-row-${row}"}
      """, table: table(6))
    let before = reads("mean")
    let renderer = Renderer(RenderOptions(threads: 2))
    let summary = await renderer.render(try job(rows))
    #expect(summary.failures.isEmpty)
    #expect((1...6).map { writes("measured-row-\($0)") } == (1...6).map { [Float(9 * $0)] })
    #expect(reads("measured-row") == 1)
    // Other suites measure at the same time; seven rows of their own would be more.
    #expect(reads("mean") - before >= 1)
  }

  /// What is kept between frames does not grow with the rows.
  @Test func memoryDoesNotGrowWithTheRows() async throws {
    func peak(_ count: Int) async throws -> Int {
      let rows = try rows(
        """
        "p": {"type": "Plate", "name": "peak", "moves": true},
        "own": {"type": "Affine", "source": "p", "a": {"from": "table.n"}},
        "out": {"type": "Probe", "source": "own", "name": "peak-${row}"}
        """, table: table(count), frames: "[1, 3]")
      let options = RenderOptions(threads: 1, memory: 4 << 20, framesInFlight: 1)
      let summary = await Renderer(options).render(try job(rows))
      #expect(summary.failures.isEmpty)
      #expect(summary.peakBytes <= options.memory)
      return summary.peakBytes
    }
    #expect(try await peak(100) <= peak(3))
  }

  /// Frames that find an image in the cache do not wait for each other.
  @Test func rowsOverlapBehindASharedPlate() async throws {
    let rows = try rows(
      """
      "bg": {"type": "Plate", "name": "overlap"},
      "look": {"type": "Affine", "source": "bg", "a": 2},
      "own": {"type": "Affine", "source": "look", "a": {"from": "table.n"}},
      "out": {"type": "SlowProbe", "source": "own"}
      """, table: table(8))
    let summary = await Renderer(RenderOptions(threads: 2, framesInFlight: 3)).render(try job(rows))
    #expect(summary.failures.isEmpty)
    #expect(reads("overlap") == 1)
    #expect(SlowProbe.most.withLock { $0.most } > 1)
  }

  // MARK: Order and names

  @Test func framesOfRowsComeSideBySide() throws {
    let rows = try rows(#""p": {"type": "Plate"}"#, table: table(130))
    let steps = JobSteps(try job(rows, frames: [1, 2, 3]))
    #expect(steps.count == 390)
    let order = steps.map(\.frame)
    #expect(Set(order).count == 390)
    #expect(Array(order[..<3]) == [JobFrame(1, row: 1), JobFrame(1, row: 2), JobFrame(1, row: 3)])
    #expect(order[64] == JobFrame(2, row: 1))
    #expect(order[192] == JobFrame(1, row: 65))
    #expect(order[384] == JobFrame(1, row: 129) && order[389] == JobFrame(3, row: 130))
    for (index, step) in steps.enumerated() {
      let followers = steps.followers(of: index)
      #expect(followers.contains(index + 1) == (index < 389))
      let own = followers.filter { steps[$0].comp == step.comp }
      #expect(own.isEmpty == (step.frame.number == 3))
      #expect(own.allSatisfy { steps[$0].frame.number == step.frame.number + 1 })
    }
    #expect(RenderJob(rows: []) == nil)
    #expect("\(JobFrame(7, row: 3))" == "row 3, frame 7" && "\(JobFrame(7))" == "frame 7")
  }

  @Test func eventsNameTheRow() async throws {
    let rows = try rows(
      """
      "p": {"type": "Plate", "name": "events", "fails": {"expr": "n == 2"}},
      "out": {"type": "Probe", "source": "p", "name": "events-${row}", "disabled": {"expr": "n == 3"}}
      """, table: table(4), frames: "[7, 7]")
    let heard = Locked<[String]>([])
    var job = try job(rows)
    job.continues = true
    let summary = await Renderer(RenderOptions(threads: 1, framesInFlight: 1)).render(job) {
      event in
      heard.withLock {
        switch event {
        case .started(let rows, let frames, _): $0.append("\(rows) \(frames)")
        case .frameFinished(let report): $0.append("\(report.frame)")
        case .frameFailed(_, let error): $0.append("\(error)")
        case .frameSkipped(let frame): $0.append("skipped \(frame)")
        default: break
        }
      }
    }
    #expect(
      heard.withLock { $0.sorted() } == [
        "[1, 2, 3, 4] [7]", "row 1, frame 7", "row 2, frame 7: nodes.p: plate.exr does not exist",
        "row 4, frame 7", "skipped row 3, frame 7",
      ])
    #expect(summary.rendered == 2 && summary.failures.map(\.row) == [2])
    job.continues = false
    let stopped = await Renderer(RenderOptions(threads: 1, framesInFlight: 1)).render(job)
    #expect(stopped.rendered == 1 && stopped.failures.count == 1)
  }

  // MARK: Before anything is rendered

  @Test func twoRowsDoNotWriteOneFile() async throws {
    let rows = try rows(
      """
      "p": {"type": "Plate", "name": "clash"},
      "out": {"type": "Probe", "source": "p", "name": "${name}"}
      """, table: #"[{"name": "clash-a"}, {"name": "clash-b"}, {"name": "clash-a"}]"#)
    let summary = await Renderer().render(try job(rows))
    #expect(summary.isRefused && reads("clash") == 0)
    #expect(
      summary.failures.map(\.description) == [
        "row 3, frame 1: nodes.out: clash-a.1 is the file of row 1 too; put ${row}, or a column that differs, where the row's name goes"
      ])
    let dryRun = await Renderer().dryRun(try job(rows))
    #expect(dryRun.isRefused && dryRun.failure == summary.failures.first)
    #expect(Renderer().conflicts(try job(Array(rows[..<2]))).isEmpty)
  }

  @Test func theDryRunPlansEveryRow() async throws {
    let rows = try rows(
      """
      "p": {"type": "Plate"},
      "a": {"type": "Affine", "source": "p", "a": {"expr": "1 / (n - frame)"}},
      "out": {"type": "Probe", "source": "a", "name": "dry-${row}"}
      """, table: table(5), frames: "[3, 4]")
    let dryRun = await Renderer().dryRun(try job(rows))
    #expect(dryRun.planned == [3, 4] && dryRun.plannedRows == [1, 2, 3, 4, 5])
    let finding = try #require(dryRun.findings.first)
    #expect(dryRun.findings.count == 1)
    #expect(finding.rows == [3, 4] && finding.frames == [3, 4])
    #expect(dryRun.failure?.row == 3)
  }
}
