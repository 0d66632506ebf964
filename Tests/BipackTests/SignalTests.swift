import Bipack
import Foundation
import Testing

/// From a signal to the end of the process, in the midst of the longest pieces of work.
@Suite(.serialized) struct SignalTests {
  private static func graph(
    _ nodes: String, _ write: String = "", width: Int = 1920, height: Int = 1080
  )
    -> String
  {
    """
    { "bipack": 1, "format": { "width": \(width), "height": \(height) }, "frames": [1, 20],
      "nodes": {
        "grain": { "type": "Noise", "zoffset": { "expr": "frame" } }, \(nodes)
        "out": { "type": "Write", "source": "work", "path": "out.####.exr" \(write) } } }
    """
  }

  static let works: [String: String] = [
    "Matting": graph(
      """
      "guess": { "type": "Constant", "color": 0.5 },
      "shape": { "type": "Radial", "source": "guess", "area": [800, 400, 1100, 700] },
      "work": { "type": "Matting", "source": "grain", "trimap": "shape" },
      """),
    "Median": graph(#""work": { "type": "Median", "source": "grain", "size": 100 },"#),
    "PIZ": graph(
      #""work": { "type": "Multiply", "source": "grain", "value": 2 },"#,
      #", "compression": "piz", "dataType": "float""#, width: 4000, height: 3000),
    // Not asked while it works: nobody waits for it.
    "Despot": graph(
      #""work": { "type": "Despot", "source": "grain" },"#, width: 4000, height: 3000),
  ]

  /// The best of some tries, at different moments of the work: other tests run at the same time.
  @Test(arguments: works.keys.sorted())
  func endsAtOnce(_ name: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(try #require(Self.works[name]), "g.json")
    var waits: [Duration] = []
    for moment in [1.2, 2.0, 3.0, 4.5] {
      let child = try Command.start(["render", file, "--force"])
      usleep(UInt32(moment * 1e6))
      let clock = ContinuousClock.now
      kill(child.id, SIGINT)
      #expect(child.wait() == 130, "\(child.errors)")
      waits.append(ContinuousClock.now - clock)
      #expect(!scratch.names.contains { $0.hasSuffix(".part") })
      if waits[waits.count - 1] < .milliseconds(500) { break }
    }
    #expect(waits.contains { $0 < .milliseconds(500) }, "\(name): \(waits)")
  }

  @Test func aSecondSignalEndsAtOnce() throws {
    let scratch = try Scratch()
    let file = try scratch.write(try #require(Self.works["Matting"]), "g.json")
    var least = Duration.seconds(9)
    for _ in 0..<3 {
      let child = try Command.start(["render", file])
      usleep(1_500_000)
      kill(child.id, SIGTERM)
      usleep(10_000)
      let clock = ContinuousClock.now
      kill(child.id, SIGTERM)
      #expect(child.wait() == 143)
      least = min(least, ContinuousClock.now - clock)
      if least < .milliseconds(400) { break }
    }
    #expect(least < .milliseconds(400))
  }
}
