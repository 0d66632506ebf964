public import BipackGraph
import BipackKernels
import BipackPixels

/// Finds the cuts of a clip.
public struct SceneCuts: ShotNode {
  public static let abstract = """
    Finds the cuts of a clip and the frames that repeat the one before, as frame rates that were \
    converted leave them. A cut is a frame far more different from the one before than those around it; \
    flashes of one or two frames and fast motion are no cuts, nor are fades, lamps that go on, and dissolves \
    of four frames and more. Shots of one or two frames are taken for flashes. As an image it passes its input on.
    """
  public static let category = "Data"

  @Input("The clip.")
  public var source

  @Param(
    0...2,
    "How different two frames must be to lie on both sides of a cut: the mean difference of the square roots of coarse blocks, as a share of their brightness and as bright as each other. Smaller finds cuts between shots that look alike."
  )
  public var threshold = 0.15

  @Param(
    0...1,
    "How different a frame that repeats the one before may be: the root mean square difference of the square roots of pixels. What was compressed since needs more."
  )
  public var tolerance = 0.0005

  @Params public var shot = ShotRange()

  public init() {}

  public static let values: [ValuePort] = [
    ValuePort("cuts", .list, "The first frame of every shot but the first."),
    ValuePort("duplicates", .list, "The frames that repeat the one before."),
    ValuePort("shot", .number, overFrames: true, "The number of the shot a frame is in, from 1."),
    ValuePort("first", .number, overFrames: true, "The first frame of the shot a frame is in."),
    ValuePort("duplicate", .number, overFrames: true, "1 where a frame repeats the one before."),
    ValuePort(
      "difference", .number, overFrames: true,
      "How different a frame is from the one before, to choose `threshold` by."),
  ]

  /// Frames are sketched alike whatever counts as a cut.
  public var noting: SceneCuts {
    var copy = SceneCuts()
    copy.source = source
    return copy
  }

  private func channels(_ spec: ImageSpec) -> [Channel] { Channel.rgb.filter(spec.has) }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [
      Demand(
        rect: context.main.format.window.intersection(context.main.dataWindow),
        channels: Set(channels(context.main)))
    ]
  }

  public func verify(_ context: NodeContext) throws(NodeError) {
    try context.checkHasPicture()
    if channels(context.main).isEmpty {
      throw NodeError("the picture has no red, green or blue to compare")
    }
  }

  public func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError)
    -> ValueData
  {
    guard let image = task.input(0) else { throw .nothingToMeasure }
    let sketch = FrameSketch(
      image, channels(task.context.main), in: task.context.main.format.window, pool: task.pool,
      loops: task.loops)
    return .object([
      ValueMember("means", .vector(sketch.means)), ValueMember("traces", .vector(sketch.traces)),
      ValueMember("count", .number(Double(sketch.count))),
    ])
  }

  public func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    let found = CutFinder(threshold: threshold, tolerance: tolerance).find(
      notes.map { note in
        FrameSketch(
          means: note.note["means"]?.numbers ?? [], traces: note.note["traces"]?.numbers ?? [],
          count: Int(note.note["count"]?.components.first ?? 0))
      })
    let frames = notes.map(\.frame)
    let duplicates = Set(found.duplicates)
    func curve(_ value: (Int) -> Double) -> ValueData {
      FrameCurve(frames.indices.map { (Double(frames[$0]), [value($0)]) })?.data ?? .array([])
    }
    var starts: [Int] = []
    var start = 0
    for place in frames.indices {
      if found.cuts.contains(place) { start = place }
      starts.append(start)
    }
    func list(_ places: [Int]) -> ValueData { .vector(places.map { Double(frames[$0]) }) }
    return [
      "cuts": list(found.cuts), "duplicates": list(found.duplicates),
      "shot": curve { place in Double(1 + found.cuts.count { $0 <= place }) },
      "first": curve { Double(frames[starts[$0]]) },
      "duplicate": curve { duplicates.contains($0) ? 1 : 0 },
      "difference": curve { found.differences[$0] },
    ]
  }
}
