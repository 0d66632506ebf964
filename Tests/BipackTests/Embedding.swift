// The program of the README, and its node, compiled; EmbeddingTests runs them.
import Bipack

func embed() async throws -> (frame: Image, tinted: Image) {
  // A comp made in code; `try Comp.load("shot.json", registry: .standard)` reads one.
  var builder = CompBuilder(format: Format(width: 1280, height: 720), frames: 1...48)
  let bars = builder.add(ColorBars())
  let soft = builder.add(Blur().with { $0.size = 12 }, from: bars)
  builder.add(Merge().with { $0.operation = .screen }, name: "comp") { node in
    node.connect(\.b, bars)
    node.connect(\.a, [soft])
    node.mix(0.5)
  }

  // One frame of it, in memory.
  let renderer = Renderer()
  let frame = try await renderer.image(builder.comp(), "comp", frame: 24)
  print(frame.dataWindow, frame.value(.red, x: 640, y: 360))

  // One node on one image.
  let tint = Tint().with { $0.color = ColorValue(1, 0.8, 0.6, 1) }
  let tinted = try await renderer.run(tint, inputs: [frame])
  return (frame, tinted)
}

/// A node of your own: `registry.add(Tint.self)` and documents may use it too.
struct Tint: PointNode {
  static let abstract = "Multiplies by a colour."
  static let category = "Color"
  @Input("The picture.") var source
  @Param("The colour; 1 leaves a channel as it is.") var color: ColorValue = 1

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    .perChannel(Channel.rgb, of: context.main) { slot in Scale(factor: Float(color[slot])) }
  }
}

struct Scale: PointKernel {
  let factor: Float

  func apply(_ strip: borrowing Strip) {
    let source = strip.input(0)
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = source[i] * factor }
  }
}
