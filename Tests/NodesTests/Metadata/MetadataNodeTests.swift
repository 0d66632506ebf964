import BipackEngine
import BipackGraph
import BipackNodes
import BipackPixels
import Testing

@Suite("Metadata") struct MetadataNodeTests {
  private func picture(_ metadata: [String: Metadata.Value]) -> Image {
    var spec = ImageSpec(format: Format(width: 4, height: 2))
    for (key, value) in metadata { spec.metadata[key] = value }
    let plane = [Float](repeating: 0.25, count: 8)
    return Image(
      spec: spec, pool: BlockPool(),
      pixels: Dictionary(uniqueKeysWithValues: Channel.rgba.map { ($0, plane) }))
  }

  private func run(_ node: MetadataNode, _ inputs: [Image?], frame: Double = 1) async throws
    -> Metadata
  {
    let result = try await Renderer(RenderOptions(threads: 1)).run(
      node, inputs: inputs, frame: frame)
    #expect(result.value(.red, x: 1, y: 1) == 0.25 && result.value(.alpha, x: 1, y: 1) == 0.25)
    return result.spec.metadata
  }

  @Test func setsCopiesRemoves() async throws {
    var node = MetadataNode()
    node.remove = ["exr/*", "old"]
    node.copy = ["lens*"]
    node.set = ["owner=Anna", "take=3", "slate=\"3\"", "stop=2.8", "empty=", "rule=a=b"]
    let source = picture([
      "exr/a": .int(1), "old": .int(2), "kept": .int(3), "owner": .string("Bo"),
    ])
    let other = picture(["lens": .string("40 mm"), "lensSerial": .int(7), "other": .int(1)])
    let metadata = try await run(node, [source, other])
    #expect(
      metadata.keys == [
        "empty", "kept", "lens", "lensSerial", "owner", "rule", "slate", "stop", "take",
      ])
    #expect(metadata["owner"] == .string("Anna") && metadata["take"] == .int(3))
    #expect(metadata["slate"] == .string("3") && metadata["stop"] == .float(2.8))
    #expect(metadata["rule"] == .string("a=b") && metadata["empty"] == .string(""))
  }

  /// Standard names have their standard's types, whatever was typed.
  @Test(arguments: [
    ("isoSpeed=800", Metadata.Value.float(800)),
    ("captureRate=24000/1001", .rational(24000, 1001)),
    ("expTime=0.02", .float(Double(Float(0.02)))),
    ("owner=3", .string("3")), ("owner=\"3\"", .string("3")), ("imageCounter=7", .int(7)),
    ("framesPerSecond=24000/1001", .rational(24000, 1001)),
    ("framesPerSecond=25", .rational(25, 1)),
    ("adoptedNeutral=0.25 0.5", .floats([0.25, 0.5])),
    ("multiView=left right", .strings(["left", "right"])),
    ("sensorAcquisitionRectangle=0, 0, 99, 49", .ints([0, 0, 99, 49])),
  ])
  func standardNamesHaveTheirTypes(_ entry: String, _ value: Metadata.Value) async throws {
    var node = MetadataNode()
    node.set = TextList([entry])
    let metadata = try await run(node, [picture([:])])
    #expect(metadata.keys.map { metadata[$0] } == [value])
  }

  @Test(arguments: [
    ("isoSpeed=fast", "'isoSpeed': a number"), ("isoSpeed=\"800\"", "a number"),
    ("focus=nan", "a number"),
    ("imageCounter=1.5", "a whole number"), ("adoptedNeutral=1", "2 numbers"),
    ("framesPerSecond=0", "frames a second"), ("timeCode=01:00:00:00", "'startcode' gives it"),
    ("compression=zip", "no file keeps 'compression'"), ("bipack:graph=x", "no file keeps"),
    ("oiio:subimages=2", "no file keeps"), ("name=x", "no file keeps 'name'"),
    (String(repeating: "n", count: 256) + "=x", "1 to 255 bytes"),
  ])
  func whatAStandardOrAFileCannotHoldIsAnError(_ entry: String, _ words: String) async throws {
    var node = MetadataNode()
    node.set = TextList([entry])
    let error = await #expect(throws: RenderError.self) { _ = try await run(node, [picture([:])]) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func countsTimecode() async throws {
    var node = MetadataNode()
    (node.startcode, node.useFrame, node.frame) = ("01:00:00:22", true, 1001)
    let code = try await run(node, [picture([:])], frame: 1003).timecode(at: .film)
    #expect(code?.description == "01:00:01:00")
    // Before the frame that has the start code, back over midnight.
    node.startcode = "00:00:00:00"
    let before = try await run(node, [picture([:])], frame: 1000).timecode(at: .film)
    #expect(before?.description == "23:59:59:23")
    // At the picture's own rate.
    node.startcode = "00:00:59;29"
    let ntsc = picture([Metadata.frameRateKey: .rational(30000, 1001)])
    let drop = try await run(node, [ntsc], frame: 1002).timecode(at: .film)
    #expect(drop?.description == "00:01:00;02")
  }

  @Test func refusals() async throws {
    for (startcode, fps, set) in [
      ("01:00:00", 24.0, [String]()), ("01:00:00:24", 24, []), ("01:00:00;00", 24, []),
      ("00:00:00:00", 120, []), ("", 0, ["nothing"]), ("", 0, ["=x"]), ("", 0.5, []),
    ] {
      var node = MetadataNode()
      (node.startcode, node.fps, node.set) = (startcode, fps, TextList(set))
      await #expect(throws: RenderError.self, "\(startcode) \(fps) \(set)") {
        _ = try await run(node, [picture([:])])
      }
    }
  }
}
