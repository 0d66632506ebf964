import Bipack
import Testing

@Suite struct EmbeddingTests {
  @Test func theProgramOfTheReadmeRuns() async throws {
    let (frame, tinted) = try await embed()
    #expect(frame.format == Format(width: 1280, height: 720))
    for (channel, factor) in zip(Channel.rgb, [Float(1), 0.8, 0.6]) {
      #expect(
        tinted.value(channel, x: 640, y: 360) == frame.value(channel, x: 640, y: 360) * factor)
    }
  }

  @Test func documentsUseYourNode() async throws {
    var registry = Registry.standard
    registry.add(Tint.self)
    let text = """
      { "bipack": 1, "format": { "width": 32, "height": 32 }, "frames": [1, 10], "nodes": {
          "flat": { "type": "Constant", "color": 0.5 },
          "warm": { "type": "Tint", "source": "flat", "mix": 0.5,
                    "color": { "keys": [[1, 1], [10, [3, 2, 1]]] } } } }
      """
    let result = Comp.check(text: text, registry: registry)
    let comp = try #require(result.comp, "\(result.diagnostics)")
    let image = try await Renderer().image(comp, "warm", frame: 10)
    #expect(image.value(.red, x: 3, y: 3) == 1)
    #expect(image.value(.green, x: 3, y: 3) == 0.75)
    #expect(Schema.document(registry).contains("\"node.Tint\""))

    let wrong = Comp.check(
      text: text.replacing("\"color\": {", with: "\"colour\": {"), registry: registry)
    #expect(wrong.errors.first?.suggestion == "color")
  }
}
