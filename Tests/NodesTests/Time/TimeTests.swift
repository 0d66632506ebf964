import Bipack
import Testing

@testable import BipackNodes

@Suite struct TimeTests {
  private func at(_ frame: Double) -> FrameContext {
    FrameContext(frame: frame, frames: 1001...1010, fps: 24, connected: [true])
  }

  @Test func offsetsAndHolds() {
    var offset = TimeOffset()
    offset.timeOffset = 3
    #expect(offset.inputFrames(at(1005)) == [InputFrame(slot: 0, frame: 1002)])
    offset.reverse = true
    #expect(offset.sourceFrame(at(1003)) == 1011)
    offset.timeOffset = 0
    #expect(offset.sourceFrame(at(1001)) == 1010)
    var hold = FrameHold()
    hold.firstFrame = 1002
    #expect(hold.sourceFrame(at(1009)) == 1002)
    hold.increment = 3
    #expect(
      [1002.0, 1004, 1005, 1010].map { hold.sourceFrame(at($0)) } == [1002, 1002, 1005, 1008])
    #expect(hold.sourceFrame(at(1001)) == 999)
  }

  @Test func clipEdges() {
    let frames = [0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    func shown(_ edge: ClipEdge) -> [Double?] { frames.map { edge.frame($0, first: 3, last: 5) } }
    #expect(shown(.hold) == [3, 3, 3, 3, 4, 5, 5, 5, 5, 5])
    #expect(shown(.loop) == [3, 4, 5, 3, 4, 5, 3, 4, 5, 3])
    #expect(shown(.bounce) == [4, 5, 4, 3, 4, 5, 4, 3, 4, 5])
    #expect(shown(.continue) == frames)
    #expect(shown(.black) == [nil, nil, nil, 3, 4, 5, nil, nil, nil, nil])
  }

  @Test func retimes() {
    var node = Retime()
    (node.inputFirst, node.inputLast) = (1001, 1010)
    node.speed = 2
    #expect(node.time(at(1003)) == 1005)
    #expect(node.time(at(1009)) == 1010)
    node.reverse = true
    #expect(node.time(at(1001)) == 1010)
    node.reverse = false
    (node.outputFirst, node.outputLast) = (1001, 1019)
    #expect(node.time(at(1002)) == 1001.5)
    node.filter = .linear
    #expect(node.inputFrames(at(1002)).map(\.frame) == [1001, 1002])
    #expect(node.inputFrames(at(1003)).map(\.frame) == [1002])
    node.filter = .nearest
    #expect(node.inputFrames(at(1002)).map(\.frame) == [1002])
    node.before = .black
    #expect(node.time(at(990)) == nil)
  }

  /// A picture whose value is the frame number, through a node.
  private func value(_ node: String, frame: Double) async throws -> [Float] {
    let text = """
      {"bipack": 1, "format": {"width": 3, "height": 2, "fps": 24}, "frames": [1, 10], "nodes": {
        "clock": {"type": "Constant", "color": {"keys": [[1, 1], [10, 10]], "interpolation": "linear"}},
        "node": {"source": "clock", \(node)}}}
      """
    let comp = try #require(Comp.check(text: text, registry: Registry(Catalog.nodes)).comp)
    let id = try #require(comp.id(of: "node"))
    let image = try await Pictures.renderer.image(comp, node: id, frame: frame)
    return image.values(.red)
  }

  @Test func framesThroughTheEngine() async throws {
    let retime =
      #""type": "Retime", "inputFirst": 1, "inputLast": 10, "outputFirst": 1, "outputLast": 37"#
    #expect(
      try await value(retime + #", "filter": "linear""#, frame: 2)
        == [Float](repeating: 1.25, count: 6))
    #expect(try await value(retime, frame: 4) == [Float](repeating: 2, count: 6))
    #expect(
      try await value(retime + #", "before": "black""#, frame: 0) == [Float](repeating: 0, count: 6)
    )
    let offset = #""type": "TimeOffset", "timeOffset": 2"#
    #expect(try await value(offset, frame: 9)[0] == 7)
    let hold = #""type": "FrameHold", "firstFrame": 4"#
    #expect(try await value(hold, frame: 9)[0] == 4)
    let range = #""type": "FrameRange", "firstFrame": 3, "lastFrame": 5, "after": "loop""#
    #expect(try await value(range, frame: 6)[0] == 3)
  }

  @Test(arguments: [
    (FrameBlend.Operation.average, Float(4)), (.sum, 12), (.product, 60), (.min, 3), (.max, 5),
  ])
  func blends(operation: FrameBlend.Operation, expected: Float) async throws {
    let blend = #""type": "FrameBlend", "frames": 3, "operation": "\#(operation.rawValue)""#
    #expect(try await value(blend, frame: 5)[0] == expected)
    var node = FrameBlend()
    node.frames = 3
    #expect(node.inputFrames(at(1005)).map(\.frame) == [1003, 1004, 1005])
    node.useRange = true
    node.absolute = false
    (node.startFrame, node.endFrame, node.interval) = (-4, 4, 2)
    #expect(node.inputFrames(at(10)).map(\.frame) == [6, 8, 10, 12, 14])
  }
}
