import Bipack
import BipackEngine
import BipackGraph
import BipackIO
import BipackPixels
import Testing

/// What a written file says of itself is true.
@Suite("Metadata in files") struct MetadataInFilesTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  private func render(_ nodes: String) async throws {
    let text = """
      {"bipack": 1, "format": {"width": 32, "height": 16, "fps": 24}, "frames": [1, 1],
       "nodes": {\(nodes)}}
      """
    let result = Comp.check(text: text, directory: folder.path, registry: Registry(Catalog.nodes))
    let comp = try #require(result.comp, "\(result.diagnostics)")
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp, frames: [1]))
    #expect(summary.failures.map(\.description) == [])
  }

  private func metadata(_ name: String) throws -> Metadata {
    try ImageFile.info(folder.path + "/" + name)[0].spec.metadata
  }

  @Test func anEXRMadeOfAJPEGSaysWhatItIs() async throws {
    try await render(
      """
      "c": {"type": "Constant", "color": 0.18},
      "out": {"type": "Write", "source": "c", "path": "a.jpg"}
      """)
    #expect(try metadata("a.jpg")["jpeg:subsampling"] != nil)
    try await render(
      """
      "in": {"type": "Read", "path": "a.jpg"},
      "out": {"type": "Write", "source": "in", "path": "b.exr"}
      """)
    let written = try metadata("b.exr").keys.filter { !$0.hasPrefix("bipack:") }
    #expect(written == ["chromaticities", "colorInteropID"])
  }

  @Test(arguments: [("ACES2065-1", "lin_ap0_scene"), ("ACEScg", "lin_ap1_scene")])
  func linearSpacesCarryTheirChromaticities(_ space: String, _ id: String) async throws {
    try await render(
      """
      "c": {"type": "Constant", "color": 0.18},
      "a": {"type": "Write", "source": "c", "path": "a.exr", "colorspace": "\(space)"}
      """)
    let first = try metadata("a.exr")
    #expect(first["colorInteropID"] == .string(id) && first["chromaticities"] != nil)
    // Another space does not keep them, raw numbers do.
    try await render(
      """
      "in": {"type": "Read", "path": "a.exr", "colorspace": "\(space)"},
      "log": {"type": "Write", "source": "in", "path": "log.exr", "colorspace": "Cineon"},
      "numbers": {"type": "Read", "path": "a.exr", "raw": true},
      "raw": {"type": "Write", "source": "numbers", "path": "raw.exr", "raw": true}
      """)
    #expect(try metadata("log.exr").keys.filter { !$0.hasPrefix("bipack:") } == [])
    #expect(try metadata("raw.exr")["chromaticities"] == first["chromaticities"])
  }
}
