import Bipack
import BipackKernels
import Glibc
import Testing

@testable import BipackEngine
@testable import BipackNodes

/// Transforms, pins, lenses and ST maps in a row: one resample, one motion blur.
@Suite struct ChainTests {
  private static let side = 64

  private func comp(_ nodes: String, frames: String = "[1, 9]") throws -> Comp {
    let text = """
      {"bipack": 1, "format": {"width": \(Self.side), "height": \(Self.side)}, "frames": \(frames),
        "nodes": {\(nodes)}}
      """
    let result = Comp.check(text: text, registry: Registry(Catalog.nodes))
    #expect(result.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
    return try #require(result.comp)
  }

  private func image(_ comp: Comp, _ name: String, frame: Double = 1) async throws -> Image {
    try await Pictures.renderer.image(comp, node: try #require(comp.id(of: name)), frame: frame)
  }

  /// How many resamples a node of a document takes.
  private func resamples(_ comp: Comp, _ name: String, frame: Double = 1) async throws -> Int {
    let goal = FrameGraphBuilder.Goal(kind: .image, node: try #require(comp.id(of: name)))
    let request = try await Pictures.renderer.request(comp, [goal], frame: frame, proxy: 1)
    let graph = request.builder.graph
    var (left, seen): ([Int], Set<Int>) = (request.goals.compactMap { $0 }, [])
    while let id = left.popLast() {
      if seen.insert(id).inserted { left += graph[id].inputs.compactMap { $0 } }
    }
    return seen.filter { graph[$0].operator is any Warping }.count
  }

  /// A picture of soft shapes, black at the rim; and an ST map that turns it over.
  private static let sources = """
    "noise": {"type": "Noise", "size": 9, "seed": 4},
    "rim": {"type": "Radial", "area": [4, 4, 60, 60], "softness": 0.6},
    "plate": {"type": "Merge", "a": "noise", "b": "rim", "operation": "multiply"},
    "map": {"type": "Expression", "source": "plate", "expr0": "1 - (x + 0.5) / 64",
      "expr1": "1 - (y + 0.5) / 64", "expr2": "0", "expr3": "1"},
    """

  /// There by five kinds of map and back by their opposites. The lens is its own mirror image, so that
  /// between the two turns nothing can be cancelled on paper.
  private static func chain(_ extra: String = "") -> [(name: String, fields: String)] {
    [
      ("t1", #""type": "Transform", "rotate": 17, "scale": 0.6, "translate": [1.5, -2.25]"#),
      (
        "p1",
        #""type": "CornerPin", "to1": [3, 2], "to2": [60, 5], "to3": [62, 61], "to4": [1, 59]"#
      ),
      ("l1", #""type": "LensDistortion", "k1": -0.15, "k2": 0.04"#),
      ("s1", #""type": "STMap", "stmap": "map""#),
      ("m1", #""type": "Mirror", "flop": true"#),
      ("l2", #""type": "LensDistortion", "k1": -0.15, "k2": 0.04, "direction": "distort""#),
      (
        "p2",
        #""type": "CornerPin", "to1": [3, 2], "to2": [60, 5], "to3": [62, 61], "to4": [1, 59], "invert": true"#
      ),
      (
        "t2",
        #""type": "Transform", "rotate": 17, "scale": 0.6, "translate": [1.5, -2.25], "invert": true, "filter": "keys""#
      ),
    ].map { ($0.0, $0.1 + extra) }
  }

  private static func document(
    _ links: [(name: String, fields: String)], from source: String = "plate"
  )
    -> String
  {
    var lines: [String] = []
    var last = source
    for link in links {
      lines.append("\"\(link.name)\": {\(link.fields), \"source\": \"\(last)\"}")
      last = link.name
    }
    return sources + lines.joined(separator: ",\n")
  }

  @Test func aChainThatComesBackIsTheSource() async throws {
    let comp = try comp(Self.document(Self.chain()))
    let source = Reference(try await image(comp, "plate"), .red, Rect(width: 64, height: 64))
    let result = try await image(comp, "t2")
    let inner = Rect(x0: 8, y0: 8, x1: 56, y1: 56)
    let once = worst(result, inner) { source[$0, $1] }
    #expect(once < 1e-5, "\(once)")
    #expect(try await resamples(comp, "t2") == 1)
    // The same one by one: what is mixed is no chain.
    let apart = try self.comp(Self.document(Self.chain(#", "mix": 0.999999"#)))
    let softer = worst(try await image(apart, "t2"), inner) { source[$0, $1] }
    #expect(softer > 1000 * once, "\(softer) against \(once)")
    #expect(try await resamples(apart, "t2") == 8)
    print("chain of eight: \(once); one by one: \(softer)")
  }

  /// In any order, and each with a matrix on either side, a chain is what its parts say about places.
  @Test(arguments: [
    ["t1", "l1", "s1"], ["s1", "l1", "t1"], ["l1", "s1", "p1"], ["s1", "t1", "l2"],
  ])
  func kindsGoTogetherInAnyOrder(order: [String]) async throws {
    let all = Dictionary(uniqueKeysWithValues: Self.chain().map { ($0.name, $0.fields) })
    // Places, read by a filter that keeps slopes: the chain's and those of one node after the other.
    let places = """
      "ramp": {"type": "Expression", "source": "plate", "expr0": "x + 0.5", "expr1": "y + 0.5", "expr2": "1",
        "expr3": "1"},
      """
    func document(_ extra: String) -> String {
      places
        + Self.document(
          order.map { ($0, (all[$0] ?? "") + #", "filter": "linear""# + extra) }, from: "ramp")
    }
    let one = try comp(document(""))
    let many = try comp(document(#", "mix": 0.9999999"#))
    let last = try #require(order.last)
    let (together, apart) = (try await image(one, last), try await image(many, last))
    #expect(try await resamples(one, last) == 1)
    let rect = Rect(x0: 24, y0: 24, x1: 40, y1: 40)
    for channel in [Channel.red, .green] {
      let expected = Reference(apart, channel, rect)
      let error = worst(together, rect, channel) { expected[$0 - rect.x0, $1 - rect.y0] }
      // A widened filter keeps a slope to a tenth of a pixel.
      #expect(error < 0.2, "\(order) \(channel): \(error)")
    }
  }

  /// A chain ends where something comes between. (What is mixed is needed by itself as well.)
  @Test(arguments: [
    (#""type": "Transform", "rotate": 5, "mix": 0.5"#, 3),
    (#""type": "Transform", "rotate": 5, "mask": "rim""#, 3),
    (#""type": "Transform", "rotate": 5, "filter": "impulse""#, 3),
    (#""type": "Position", "translate": [3, 1]"#, 1),
    (#""type": "Reformat", "to": "box", "size": [40, 30], "fixed": true, "resize": "none""#, 2),
    (#""type": "Crop", "box": [10, 10, 50, 50]"#, 2), (#""type": "Blur", "size": 3"#, 2),
    (#""type": "Blur", "size": 0"#, 1), (#""type": "Transform", "rotate": 5, "disabled": true"#, 1),
  ])
  func aChainEnds(between: String, count: Int) async throws {
    let comp = try comp(
      Self.document([
        ("a", #""type": "Transform", "rotate": 20, "scale": 1.2"#), ("b", between),
        ("c", #""type": "LensDistortion", "k1": 0.1"#),
      ]))
    #expect(try await resamples(comp, "c") == count)
  }

  // MARK: Motion blur

  private static let moving = """
    "a": {"type": "Transform", "source": "plate", "filter": "linear"AA,
      "translate": {"keys": [[1, [-6, 2]], [9, [6, -3]]], "interpolation": "linear"}},
    "b": {"type": "LensDistortion", "source": "a", "filter": "linear",
      "k1": {"keys": [[1, -0.2], [9, 0.3]], "interpolation": "linear"}},
    "c": {"type": "CornerPin", "source": "b", "filter": "linear"CC,
      "to1": {"keys": [[1, [0, 0]], [9, [16, 8]]], "interpolation": "linear"}, "to2": [64, 0], "to3": [64, 64],
      "to4": [0, 64]}
    """

  private func moving(_ a: String = "", _ c: String = "") throws -> Comp {
    try comp(
      Self.sources + Self.moving.replacing("AA", with: a).replacing("CC", with: c))
  }

  /// The mean of still frames.
  private func mean(_ offsets: [Double], around frame: Double, of still: Comp) async throws
    -> Reference
  {
    var sum = [Double](repeating: 0, count: Self.side * Self.side)
    for offset in offsets {
      let image = try await image(still, "c", frame: frame + offset)
      let values = Reference(image, .red, Rect(width: Self.side, height: Self.side)).values
      for i in sum.indices { sum[i] += values[i] / Double(offsets.count) }
    }
    return Reference(Self.side, Self.side) { sum[$1 * Self.side + $0] }
  }

  /// Three kinds of map that move, blurred by the shutter of the last: the mean of many still renders, in one
  /// resample. At frame 5 the first of them stands where it does nothing, and moves all the same.
  @Test(arguments: [3.0, 5])
  func aMovingChainIsOneBlur(frame: Double) async throws {
    let shutter = #", "motionBlur": 1, "shutter": 0.8, "shutterOffset": "start""#
    let blurred = try moving("", shutter)
    let result = try await image(blurred, "c", frame: frame)
    #expect(try await resamples(blurred, "c", frame: frame) == 1)
    let offsets = (0..<20).map { 0.8 * (Double($0) + 0.5) / 20 }
    let expected = try await mean(offsets, around: frame, of: try moving())
    let whole = Rect(width: Self.side, height: Self.side)
    let error = worst(result, whole) { expected[$0, $1] }
    #expect(error < 1e-5, "\(error)")
    // It is a blur: the frame itself is another picture.
    let still = Reference(try await image(try moving(), "c", frame: frame), .red, whole)
    #expect(worst(result, whole) { still[$0, $1] } > 0.02)
    print("motion blur of a chain at \(frame): \(error)")
  }

  /// The last that has a shutter counts, whatever shutters those before it have.
  @Test func theLastShutterGoverns() async throws {
    let shutter = #", "motionBlur": 0.5, "shutter": 0.6"#
    let both = try moving(#", "motionBlur": 1, "shutter": 2, "shutterOffset": "end""#, shutter)
    let last = try moving("", shutter)
    let whole = Rect(width: Self.side, height: Self.side)
    let expected = Reference(try await image(last, "c", frame: 4), .red, whole)
    #expect(worst(try await image(both, "c", frame: 4), whole) { expected[$0, $1] } == 0)
    #expect(try await resamples(both, "c", frame: 4) == 1)
  }

  /// What comes after it stands still.
  @Test func whatComesAfterAShutterStandsStill() async throws {
    let blurred = try moving(#", "motionBlur": 1, "shutter": 1"#)
    let result = try await image(blurred, "c", frame: 4)
    #expect(try await resamples(blurred, "c", frame: 4) == 1)
    // A blurred alone, then the two others as they are at the frame.
    let apart = try comp(
      Self.sources
        + Self.moving.replacing("AA", with: #", "motionBlur": 1, "shutter": 1, "mix": 0.9999999"#)
        .replacing("CC", with: ""))
    let rect = Rect(x0: 16, y0: 16, x1: 48, y1: 48)
    let expected = Reference(try await image(apart, "c", frame: 4), .red, rect)
    // Twice resampled is softer, no more.
    #expect(worst(result, rect) { expected[$0 - rect.x0, $1 - rect.y0] } < 0.02)
  }

  /// Another node that reads the same transform sees it by its own shutter.
  @Test func aNodeInTwoChainsIsItselfInEach() async throws {
    let shared = try comp(
      Self.sources
        + Self.moving.replacing("AA", with: "").replacing("CC", with: #", "motionBlur": 1"#)
        + #", "other": {"type": "Multiply", "source": "a", "value": 1.5}, "sum": {"type": "Merge", "a": "c", "b": "other", "operation": "plus"}"#
    )
    let alone = try moving("", #", "motionBlur": 1"#)
    let whole = Rect(width: Self.side, height: Self.side)
    let blurred = Reference(try await image(alone, "c", frame: 4), .red, whole)
    let sharp = Reference(try await image(alone, "a", frame: 4), .red, whole)
    let error = worst(try await image(shared, "sum", frame: 4), whole) {
      blurred[$0, $1] + 1.5 * sharp[$0, $1]
    }
    #expect(error < 1e-5, "\(error)")
  }
}
