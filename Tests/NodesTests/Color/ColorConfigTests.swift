import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

/// ColorSpace, LUT and CDL: the nodes that ask the colour config.
@Suite("Color config nodes") struct ColorConfigTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "bipack-color-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  @Test func colorSpaceConvertsAndGoesBack() async throws {
    // Far outside, the config's toe (12.9232, where it meets the power smoothly) differs from the
    // standard's rounded 12.92, and the 2.4th power makes much of the last bit.
    let values = difficult.filter { $0 > -1 && $0 < 100 }
    let picture = Pictures.row(values)
    let linear = try await run(ColorSpace(from: "sRGB", to: "linear"), [picture])
    let curve = TransferCurve.sRGB
    #expect(agree(linear.values(.red), values.map { Double(curve.decode($0)) }, 2e-5))
    #expect(linear.values(.alpha) == picture.values(.alpha))
    let back = try await run(ColorSpace(from: "linear", to: "sRGB"), [linear]).values(.green)
    #expect(agree(back, values.map(Double.init), 2e-5))
  }

  @Test func anUnknownColorSpaceIsNamed() async throws {
    do {
      _ = try await run(ColorSpace(from: "sRBG", to: "linear"), [Pictures.row([0])])
      Issue.record("accepted")
    } catch let error as RenderError {
      #expect(error.message.contains("'sRBG'"), "\(error.message)")
    }
  }

  @Test func cdlFollowsTheASC() async throws {
    var node = CDL()
    node.slope = ColorValue(1.2, 1, 0.8, 1)
    node.offset = ColorValue(0.05, 0, -0.1, 0)
    node.power = ColorValue(0.9, 1.1, 1.5, 1)
    node.saturation = 0.7
    let picture = Pictures.row(difficult)
    let image = try await run(node, [picture])
    for (i, x) in difficult.enumerated() {
      let graded = (0..<3).map { slot -> Double in
        let y = Double(x) * node.slope[slot] + node.offset[slot]
        return y < 0 ? y : pow(y, node.power[slot])
      }
      let luma = 0.2126 * graded[0] + 0.7152 * graded[1] + 0.0722 * graded[2]
      for (slot, channel) in Channel.rgb.enumerated() {
        let expected = luma + 0.7 * (graded[slot] - luma)
        #expect(agree(image.value(channel, x: i, y: 0), expected, 2e-5), "\(channel) \(x)")
      }
    }
    node.direction = .inverse
    let back = try await run(node, [image])
    #expect(agree(back.values(.green), difficult.map(Double.init), 2e-4))
  }

  @Test func cdlReadsACorrectionFromItsFile() async throws {
    let path = try folder() + "/grades.ccc"
    try """
    <ColorCorrectionCollection xmlns="urn:ASC:CDL:v1.2">
      <ColorCorrection id="dim"><SOPNode><Slope>0.5 0.5 0.5</Slope><Offset>0 0 0</Offset>
        <Power>1 1 1</Power></SOPNode><SatNode><Saturation>1</Saturation></SatNode></ColorCorrection>
      <ColorCorrection id="lift"><SOPNode><Slope>1 1 1</Slope><Offset>0.25 0.25 0.25</Offset>
        <Power>1 1 1</Power></SOPNode><SatNode><Saturation>1</Saturation></SatNode></ColorCorrection>
    </ColorCorrectionCollection>
    """.write(toFile: path, atomically: true, encoding: .utf8)
    var node = CDL()
    node.path = FilePath(path)
    node.cccId = "dim"
    #expect(agree(try await run(node, [Pictures.row([0.5, 2])]).values(.red), [0.25, 1]))
    node.cccId = "lift"
    #expect(agree(try await run(node, [Pictures.row([0.5, 2])]).values(.red), [0.75, 2.25]))
    node.cccId = "none"
    await #expect(throws: RenderError.self) { try await run(node, [Pictures.row([0])]) }
    node.path = "grade.cube"
    let error = await #expect(throws: RenderError.self) {
      try await run(node, [Pictures.row([0])])
    }
    #expect(error?.message.contains("tables are for LUT") == true)
    node.path = "/no/such.cdl"
    let missing = await #expect(throws: RenderError.self) {
      try await run(node, [Pictures.row([0])])
    }
    #expect(missing?.message.contains("the CDL file '/no/such.cdl'") == true)
  }

  @Test func cdlGradesInItsWorkingSpace() async throws {
    // Twice the slope in a log space, made by hand: there, grade, back.
    var cdl = CDL()
    cdl.slope = 1.1
    let picture = Pictures.row([0.02, 0.18, 0.5, 1])
    cdl.workingSpace = "Cineon"
    let graded = try await run(cdl, [picture])
    cdl.workingSpace = ""
    let log = try await run(ColorSpace(from: "", to: "Cineon"), [picture])
    let byHand = try await run(
      ColorSpace(from: "Cineon", to: ""), [try await run(cdl, [log])])
    #expect(agree(graded.values(.red), byHand.values(.red).map(Double.init), 1e-5))
    let linear = try await run(cdl, [picture])
    #expect(abs(graded.values(.red)[1] - linear.values(.red)[1]) > 0.01)
    // Nothing to do is nothing done, in any space.
    cdl.slope = 1
    cdl.workingSpace = "Cineon"
    #expect(try await run(cdl, [picture]).values(.red) == picture.values(.red))
  }

  @Test func aLutIsAppliedAndAChangedFileIsAnotherPicture() async throws {
    let path = try folder() + "/half.cube"
    func write(_ gain: Double) throws {
      let lines = (0..<8).map { i in
        "\(gain * Double(i & 1)) \(Double((i >> 1) & 1)) \(Double(i >> 2))"
      }
      try ("LUT_3D_SIZE 2\n" + lines.joined(separator: "\n") + "\n")
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    try write(0.5)
    var node = LUT()
    node.path = FilePath(path)
    for interpolation in [ColorConfig.Interpolation.linear, .tetrahedral, .best] {
      node.interpolation = interpolation
      let image = try await run(node, [Pictures.row([0, 0.25, 0.5, 1])])
      #expect(agree(image.values(.red), [0, 0.125, 0.25, 0.5], 1e-5))
      #expect(agree(image.values(.blue), [0, 0.25, 0.5, 1], 1e-5))
    }
    try await Task.sleep(for: .milliseconds(20))
    try write(0.25)
    let changed = try await run(node, [Pictures.row([0, 1])])
    #expect(agree(changed.values(.red), [0, 0.25], 1e-5))
    node.path = FilePath(path + ".missing")
    do {
      _ = try await run(node, [Pictures.row([0])])
      Issue.record("accepted a missing file")
    } catch let error as RenderError {
      #expect(error.kind == .input)
      #expect(error.message.contains("half.cube.missing"), "\(error.message)")
    }
  }
}
