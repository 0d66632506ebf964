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

  // MARK: Clips one after the other

  /// Two clocks: the first shows the frame, the second a hundred times the frame.
  private func appended(_ node: String, frame: Double) async throws -> Float {
    let text = """
      {"bipack": 1, "format": {"width": 3, "height": 2, "fps": 24}, "frames": [1, 10], "nodes": {
        "one": {"type": "Constant", "color": {"keys": [[1, 1], [10, 10]], "after": "linear", "before": "linear"}},
        "two": {"type": "Constant", "color": {"keys": [[1, 100], [10, 1000]], "after": "linear", "before": "linear"}},
        "node": {"type": "AppendClip", "inputs": ["one", "two"], \(node)}}}
      """
    let result = Comp.check(text: text, registry: Registry(Catalog.nodes))
    #expect(result.diagnostics.map(\.message) == [])
    let comp = try #require(result.comp)
    let id = try #require(comp.id(of: "node"))
    return try await Pictures.renderer.image(comp, node: id, frame: frame).value(.red, x: 1, y: 1)
  }

  @Test func clipsFollowOneAnother() async throws {
    let cut = #""ranges": [3, 6, 11, 13], "firstFrame": 101"#
    var shown: [Float] = []
    for frame in 100...109 { shown.append(try await appended(cut, frame: Double(frame))) }
    #expect(shown == [3, 3, 4, 5, 6, 1100, 1200, 1300, 1300, 1300])
    #expect(try await appended(cut + #", "after": "black""#, frame: 108) == 0)
    #expect(try await appended(cut + #", "before": "continue""#, frame: 99) == 1)
    #expect(try await appended(cut + #", "after": "loop""#, frame: 108) == 3)
    // Without ranges both have the document's.
    #expect(try await appended(#""fadeIn": 0"#, frame: 10) == 10)
    #expect(try await appended(#""fadeIn": 0"#, frame: 11) == 100)
  }

  @Test func clipsDissolveAndFade() async throws {
    // 3 4 5 6, then 11 12 13 14 on top of the last three: six frames in all.
    let node =
      #""ranges": [3, 6, 11, 14], "firstFrame": 1, "dissolve": 3, "fadeIn": 1, "fadeOut": 1"#
    var shown: [Float] = []
    for frame in 1...5 { shown.append(try await appended(node, frame: Double(frame))) }
    let expected: [Double] = [1.5, 278, 602.5, 976.5, 700]
    #expect(agree(shown, expected))
    var clip = AppendClip()
    clip = NodeDeclaration.of(AppendClip.self).bound(clip, inputs: 2)
    clip.ranges = [3, 6, 11, 14]
    clip.dissolve = 3
    clip.firstFrame = 1
    #expect(
      clip.inputFrames(at(2)) == [InputFrame(slot: 0, frame: 4), InputFrame(slot: 1, frame: 11)])
    #expect(clip.inputFrames(at(1)) == [InputFrame(slot: 0, frame: 3)])
    await #expect(throws: RenderError.self) {
      try await appended(#""ranges": [3, 6, 11]"#, frame: 1)
    }
    await #expect(throws: RenderError.self) {
      try await appended(#""ranges": [3, 6, 11, 14], "dissolve": 5"#, frame: 1)
    }
    await #expect(throws: RenderError.self) {
      try await appended(#""ranges": [6, 3, 11, 14]"#, frame: 1)
    }
  }

  // MARK: Shutters and echoes

  @Test func aShutterAveragesFractionsOfAFrame() async throws {
    let blur = #""type": "TimeBlur", "divisions": 4, "shutter": 1"#
    // The clock at 5.125, 5.375, 5.625, 5.875.
    #expect(try await value(blur, frame: 5)[0] == 5.5)
    #expect(try await value(blur + #", "shutterOffset": "centered""#, frame: 5)[0] == 5)
    #expect(try await value(blur + #", "shutterOffset": "end""#, frame: 5)[0] == 4.5)
    #expect(
      try await value(blur + #", "shutterOffset": "custom", "shutterCustomOffset": 2"#, frame: 5)[0]
        == 7.5)
    #expect(try await value(#""type": "TimeBlur", "shutter": 0"#, frame: 5)[0] == 5)
    var node = TimeBlur()
    (node.divisions, node.timing.shutter) = (2, 0.5)
    #expect(node.inputFrames(at(10)).map(\.frame) == [10.125, 10.375])
  }

  @Test func echoes() async throws {
    let echo = #""type": "TimeEcho", "framesBehind": 3, "framesFade": 2"#
    var node = TimeEcho()
    (node.framesBehind, node.framesFade, node.interval) = (3, 2, 2)
    #expect(node.weights == [1, 1, 2.0 / 3, 1.0 / 3])
    #expect(node.inputFrames(at(10)).map(\.frame) == [10, 8, 6, 4])
    // Frames 8 7 6 5.
    let sum = 8 + 7 + 6 * 2.0 / 3 + 5 / 3.0
    let plus = try await value(echo + #", "method": "plus""#, frame: 8)[0]
    #expect(agree(plus, sum))
    let average = try await value(echo + #", "method": "average""#, frame: 8)[0]
    #expect(agree(average, sum / 3))
    #expect(try await value(echo, frame: 8)[0] == 8)
    #expect(try await value(#""type": "TimeEcho", "framesBehind": 0"#, frame: 8)[0] == 8)
  }

  /// Against Merge: the older frames, weighted, under the newer ones.
  @Test(arguments: [TimeEcho.Method.over, .under])
  func echoesAreLaidOverOneAnother(_ method: TimeEcho.Method) async throws {
    let text = """
      {"bipack": 1, "format": {"width": 60, "height": 40, "fps": 24}, "frames": [1, 10], "nodes": {
        "ball": {"type": "Radial", "softness": 0.5, "color": [0.8, 0.4, 0.2, 0.9],
          "area": {"keys": [[1, [0, 5, 30, 35]], [10, [30, 5, 60, 35]]]}},
        "f1": {"type": "TimeOffset", "source": "ball", "timeOffset": 1},
        "f2": {"type": "TimeOffset", "source": "ball", "timeOffset": 2},
        "w1": {"type": "Multiply", "source": "f1", "value": 0.6666666666666666, "channels": "all"},
        "w2": {"type": "Multiply", "source": "f2", "value": 0.3333333333333333, "channels": "all"},
        "over": {"type": "Merge", "b": "w2", "a": ["w1", "ball"]},
        "under": {"type": "Merge", "b": "ball", "a": ["w1", "w2"]},
        "node": {"type": "TimeEcho", "source": "ball", "framesBehind": 2, "framesFade": 9,
          "method": "\(method.rawValue)"}}}
      """
    let result = Comp.check(text: text, registry: Registry(Catalog.nodes))
    #expect(result.diagnostics.map(\.message) == [])
    let comp = try #require(result.comp)
    func image(_ name: String) async throws -> Image {
      try await Pictures.renderer.image(comp, node: try #require(comp.id(of: name)), frame: 6)
    }
    let (echo, merged) = (try await image("node"), try await image(method.rawValue))
    for channel in Channel.rgba {
      let expected = Reference(merged, channel, merged.dataWindow)
      #expect(worst(echo, merged.dataWindow, channel) { expected[$0, $1] } < 1e-6)
    }
  }
}
