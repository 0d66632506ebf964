import Bipack
import Testing

@testable import BipackEngine

/// What a plan says of memory is what the frame takes, and a budget is kept.
@Suite("Memory", .serialized) struct MemoryTests {
  /// A comp of random shape: two to four sources, and a dozen nodes that read what is there already.
  static func comp(_ seed: UInt64) throws -> Comp {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func dice(_ sides: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(sides))
    }
    var nodes = [
      #""n0": {"type": "CheckerBoard"}"#, #""n1": {"type": "Noise", "size": [40, 40]}"#,
      #""n2": {"type": "ColorBars"}"#,
    ]
    for i in 3..<15 {
      let (a, b) = ("n\(i - 1 - dice(min(3, i)))", "n\(dice(i))")
      let kinds = [
        #"{"type": "Grade", "source": "\#(a)", "gamma": 1.\#(1 + dice(8))}"#,
        #"{"type": "Blur", "source": "\#(a)", "size": \#(1 + dice(90)), "cropToFormat": true}"#,
        #"{"type": "Blur", "source": "\#(a)", "size": \#(2 + dice(200)), "filter": "box"}"#,
        #"{"type": "Merge", "a": "\#(a)", "b": "\#(b)", "operation": "screen"}"#,
        #"{"type": "Merge", "a": "\#(a)", "b": "\#(b)", "mix": 0.5}"#,
        #"{"type": "Transform", "source": "\#(a)", "rotate": \#(dice(90)), "scale": 0.\#(5 + dice(4))}"#,
        #"{"type": "Dilate", "source": "\#(a)", "size": \#(1 + dice(70))}"#,
        #"{"type": "Median", "source": "\#(a)", "size": 3}"#,
        #"{"type": "Saturation", "source": "\#(a)", "saturation": 0.\#(dice(9))}"#,
        #"{"type": "Crop", "source": "\#(a)", "box": [\#(dice(300)), 10, 900, 700]}"#,
        #"{"type": "EdgeDetect", "source": "\#(a)"}"#,
      ]
      nodes.append("\"n\(i)\": " + kinds[dice(kinds.count)])
    }
    let text = """
      {"bipack": 1, "format": {"width": 1920, "height": 1080, "fps": 24}, "frames": [1, 1],
       "nodes": {\(nodes.joined(separator: ",\n"))}}
      """
    let result = Comp.check(text: text, registry: Registry(Catalog.nodes))
    guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
    return comp
  }

  static func measured(_ renderer: Renderer) -> Int {
    renderer.pool.usage.peakTotal
  }

  @Test(arguments: Array(UInt64(1)...30))
  func aPlanPredictsTheMemoryOfItsFrame(_ seed: UInt64) async throws {
    let comp = try Self.comp(seed)
    let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))
    let plan = try await renderer.plan(comp, outputs: [comp.nodes.count - 1], frame: 1)
    _ = try await renderer.image(comp, node: comp.nodes.count - 1, frame: 1)
    let ratio = Double(Self.measured(renderer)) / Double(plan.peakBytes)
    print(
      "memory \(seed): \(plan.peakBytes >> 20) MiB planned, \(Self.measured(renderer) >> 20) taken")
    #expect(ratio > 0.6 && ratio < 1.1, "\(ratio)\n\(plan)")
  }

  @Test(arguments: Array(UInt64(1)...8))
  func aBudgetIsKeptAndChangesNothing(_ seed: UInt64) async throws {
    let comp = try Self.comp(seed)
    let node = comp.nodes.count - 1
    let free = Renderer(RenderOptions(threads: 2, isCaching: false))
    let whole = try await free.image(comp, node: node, frame: 1)
    let needed = try await free.plan(comp, outputs: [node], frame: 1).peakBytes
    let tight = Renderer(RenderOptions(threads: 2, memory: needed * 7 / 10, isCaching: false))
    do {
      let part = try await tight.image(comp, node: node, frame: 1)
      #expect(Self.measured(tight) <= needed * 7 / 10 * 11 / 10)
      for channel in whole.channels {
        let same =
          whole.pixels(channel, in: whole.dataWindow, pool: free.pool)
          == part.pixels(channel, in: whole.dataWindow, pool: tight.pool)
        #expect(same, "\(channel)")
      }
    } catch let error as RenderError {
      // A frame whose parts cannot be made for less says so before it starts.
      #expect(error.kind == .memory)
      #expect(Self.measured(tight) == 0)
    }
  }
}
