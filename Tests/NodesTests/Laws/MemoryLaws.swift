import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// A node takes what its plan says: `--memory` is kept by those sums.
@Suite("Laws of memory", .serialized) struct MemoryLaws {
  fileprivate static let format = Format(width: 1600, height: 1100)
  private static let pool = BlockPool()
  private static let pictures = (0..<3).map { i in
    TestPicture.make(format.window, format: format, seed: UInt64(i) + 5, pool: pool)
  }
  private static let deep = DeepPictures.random(
    Rect(width: 800, height: 550), format: format, seed: 5, pool)

  /// A picture for each input of a node, or a deep one.
  private static func inputs(of node: any Node, _ count: Int) -> [Payload?] {
    let inputs = NodeDeclaration.of(type(of: node)).inputs
    return (0..<count).map { place in
      place < inputs.count && inputs[place].kind == .deep
        ? .deep(deep) : .picture(pictures[place % pictures.count])
    }
  }

  /// What neither side counts in proportion to the picture: tables, lists, tasks under way.
  private static let allowance = Double(3 << 20)

  /// What these take depends on the pixels or the samples, or is a window of the source that only extreme settings
  /// fill. Their plans say the most it can be.
  private static let planForTheMost: Set<String> = [
    "CheckerBoard", "DeepFromImage", "DeepMerge", "Inpaint", "Matting", "Reformat", "STMap",
    "Transform",
  ]

  @Test(arguments: NodeLaws.names) func aNodeTakesWhatItsPlanSays(_ name: String) async throws {
    var dice = Dice(seed: 41)
    for isDefault in [true, false] {
      guard let test = NodeLaws.Case(NodeLaws.declaration(name), &dice, isDefault: isDefault)
      else { continue }
      let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))
      let inputs = Self.inputs(of: test.node, test.inputs)
      guard let plan = try? await renderer.planned(test.node, inputs: inputs) else { continue }
      _ = try await renderer.run(plan)
      let (taken, planned) = (Double(renderer.pool.usage.peakTotal), Double(plan.peakBytes))
      let isKept = taken <= planned * 1.1 + Self.allowance
      let isHonest = planned <= taken * 1.3 + Self.allowance
      #expect(
        isKept && (isHonest || Self.planForTheMost.contains(name)),
        "\(Int(taken) >> 10) KiB, \(Int(planned) >> 10) planned: \(test.description)\n\(plan)")
    }
  }

  @Test func aMattingOfAllThePictureTakesWhatItsPlanSays() async throws {
    let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))
    var matte = Self.pictures[1]
    let window = Self.format.window
    var levels = [Float](repeating: 0.5, count: window.area)
    // A little of both is known.
    for y in 0..<20 { for x in 0..<20 { levels[y * window.width + x] = 1 } }
    for y in 30..<50 { for x in 0..<20 { levels[y * window.width + x] = 0 } }
    matte = Image(spec: matte.spec, pool: Self.pool, pixels: [.alpha: levels, .red: levels])
    let declaration = NodeLaws.declaration("Matting")
    let node = try #require(declaration.make(values: []))
    let inputs = declaration.inputs.map { Payload.picture($0.isMatte ? matte : Self.pictures[0]) }
    let plan = try await renderer.planned(node, inputs: inputs)
    _ = try await renderer.run(plan)
    let (taken, planned) = (Double(renderer.pool.usage.peakTotal), Double(plan.peakBytes))
    #expect(taken <= planned * 1.1 + Self.allowance)
    #expect(planned <= taken * 1.3 + Self.allowance, "\(taken), \(planned) planned\n\(plan)")
  }
}

extension Renderer {
  /// The plan of one node on images in memory.
  fileprivate func planned(_ node: any Node, inputs: [Payload?]) async throws -> FramePlan {
    var (builder, goal) = try graph(of: node, inputs: inputs)
    guard let goal else { throw CancellationError() }
    let window = builder[goal].spec.dataWindow.intersection(
      MemoryLaws.format.window.expanded(200))
    builder[goal].demand = Demand(rect: window, channels: Set(builder[goal].spec.channels))
    return try plan(builder, [goal])
  }
}
