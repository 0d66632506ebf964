import Bipack
import Foundation
import Testing

/// Mattes whose alpha says nothing are told of, with the remedy.
@Suite struct MatteTests {
  private static func picture(
    _ scratch: borrowing Scratch, _ name: String, alpha: Float?, border: Float? = nil
  )
    throws
  {
    let pool = BlockPool()
    let spec = ImageSpec(format: Format(width: 32, height: 16), channels: Channel.rgba)
    let ramp = (0..<512).map { Float($0 % 32) / 31 }
    var pixels: [Channel: [Float]] = [
      .red: ramp, .green: ramp, .blue: ramp, .alpha: alpha.map { a in ramp.map { _ in a } } ?? ramp,
    ]
    if let border { for i in 0..<64 { pixels[.alpha]?[i] = border } }
    try ImageFile.write(Image(spec: spec, pool: pool, pixels: pixels), to: scratch.path(name))
  }

  private static func graph(_ file: String, _ nodes: String) -> String {
    """
    { "bipack": 1, "format": { "width": 32, "height": 16 }, "frames": [1, 3],
      "nodes": {
        "bars": { "type": "ColorBars" },
        "tri": { "type": "Read", "path": "\(file)" }, \(nodes),
        "out": { "type": "Write", "source": "x", "path": "out.####.exr" } } }
    """
  }

  private static let masked = #""x": { "type": "Invert", "source": "bars", "mask": "tri" }"#

  @Test(arguments: [
    ("solid.exr", masked, "nodes.x: 'mask', from nodes.tri, has alpha 1 everywhere"),
    ("empty.exr", masked, "has alpha 0 everywhere while its colours differ, so the matte is empty"),
    (
      "solid.exr",
      #""flip": { "type": "Grade", "source": "tri", "multiply": 2 }, "#
        + #""x": { "type": "Keyer", "source": "bars", "garbage": "flip" }"#,
      "nodes.x: 'garbage', from nodes.tri, has alpha 1 everywhere"
    ),
  ]) func warns(_ file: String, _ nodes: String, _ words: String) throws {
    let scratch = try Scratch()
    try Self.picture(scratch, "solid.exr", alpha: 1)
    try Self.picture(scratch, "empty.exr", alpha: 0)
    let render = try Command.run("render", try scratch.write(Self.graph(file, nodes), "g.json"))
    #expect(render.status == 0, "\(render.errors)")
    // Once, not at every frame.
    #expect(render.errors.components(separatedBy: words).count == 2, "\(render.errors)")
    #expect(render.errors.contains(nodes.contains("mask") ? "maskChannel" : "A=R"))
  }

  /// The picture to put behind, connected as the clean plate.
  @Test(arguments: [("bars", true), ("screen", false)])
  func aCleanPlateWithoutScreenIsToldOf(_ plate: String, _ isTold: Bool) throws {
    let scratch = try Scratch()
    let pool = BlockPool()
    let spec = ImageSpec(format: Format(width: 32, height: 16), channels: Channel.rgb)
    for (name, color) in [("bars", [0.3, 0.25, 0.2] as [Float]), ("screen", [0.39, 0.4, 0.12])] {
      let pixels = zip(Channel.rgb, color).map { ($0, [Float](repeating: $1, count: 512)) }
      try ImageFile.write(
        Image(spec: spec, pool: pool, pixels: Dictionary(uniqueKeysWithValues: pixels)),
        to: scratch.path(name + ".exr"))
    }
    let nodes =
      #""back": { "type": "Read", "path": "\#(plate).exr" }, "#
      + #""held": { "type": "FrameHold", "source": "back", "firstFrame": 1 }, "#
      + #""x": { "type": "Keyer", "source": "tri", "plate": "held" }"#
    let render = try Command.run(
      "render", try scratch.write(Self.graph("screen.exr", nodes), "g.json"))
    #expect(render.status == 0, "\(render.errors)")
    let words = "nodes.x: 'plate', from nodes.back, holds no screen"
    #expect(render.errors.contains(words) == isTold, "\(render.errors)")
  }

  @Test(arguments: [
    ("real.exr", masked),
    (
      "solid.exr",
      #""x": { "type": "Invert", "source": "bars", "mask": "tri", "maskChannel": "R" }"#
    ),
    (
      "solid.exr",
      #""red": { "type": "Shuffle", "source": "tri", "mapping": "A=R" }, "#
        + #""x": { "type": "Invert", "source": "bars", "mask": "red" }"#
    ),
    // Only a part of it is looked at.
    (
      "frame.exr",
      #""y": { "type": "Invert", "source": "bars", "mask": "tri" }, "#
        + #""x": { "type": "Crop", "source": "y", "box": [8, 4, 20, 12] }"#
    ),
    // Its own alpha is no matte.
    ("solid.exr", #""x": { "type": "Invert", "source": "tri" }"#),
  ]) func saysNothingWhereAllIsWell(_ file: String, _ nodes: String) throws {
    let scratch = try Scratch()
    try Self.picture(scratch, "solid.exr", alpha: 1)
    try Self.picture(scratch, "real.exr", alpha: nil)
    try Self.picture(scratch, "frame.exr", alpha: 1, border: 0)
    let render = try Command.run("render", try scratch.write(Self.graph(file, nodes), "g.json"))
    #expect(render.status == 0, "\(render.errors)")
    #expect(!render.errors.contains("warning"), "\(render.errors)")
  }
}
