import Bipack
import BipackIO
import Foundation
import Testing

@testable import BipackNodes

/// The same as OpenImageIO's, on the files of others.
@Suite("Deep pictures beside OpenImageIO", .enabled(if: Plates.areHere && OIIOTool.isHere))
struct DeepPeerTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  private let renderer = Renderer(RenderOptions(threads: 2))

  private func comp(_ nodes: String) throws -> Comp {
    let text = #"{"bipack": 1, "format": {"width": 64, "height": 64}, "nodes": {\#(nodes)}}"#
    let result = Comp.check(text: text, directory: folder.path, registry: Registry(Catalog.nodes))
    guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
    return comp
  }

  /// The share of pixels whose red, green, blue and alpha are all within 1e-4, of those that count.
  private func share(
    _ ours: Image, _ file: String, counts: (_ x: Int, _ y: Int) -> Bool = { _, _ in true }
  ) throws -> Double {
    let theirs = try ImageFile.read(file, pool: renderer.pool).image
    let window = ours.dataWindow.union(theirs.dataWindow)
    var good = [Bool](repeating: true, count: window.area)
    for channel in Channel.rgba {
      let (a, b) = (
        ours.pixels(channel, in: window, pool: renderer.pool),
        theirs.pixels(channel, in: window, pool: renderer.pool)
      )
      for i in good.indices where !(abs(a[i] - b[i]) <= 1e-4) { good[i] = false }
    }
    let counted = good.indices.filter {
      counts(window.x0 + $0 % window.width, window.y0 + $0 / window.width)
    }
    #expect(counted.count > window.area / 2)
    return Double(counted.count { good[$0] }) / Double(counted.count)
  }

  @Test(arguments: ["11.deep", "trunks_lowres"]) func flattening(_ name: String) async throws {
    let file = Plates.exr("deep/\(name).exr")
    let ours = try await renderer.image(
      comp(
        #""d": {"type": "DeepRead", "path": "\#(file)"}, "f": {"type": "DeepToImage", "source": "d"}"#
      ),
      "f", frame: 1)
    let theirs = folder.path + "/theirs.exr"
    try OIIOTool.run(file, "--flatten", "--ch", "R,G,B,A", "-d", "float", "-o", theirs)
    let share = try share(ours, theirs)
    print("DeepToImage of \(name): \(100 * share) % of pixels as OpenImageIO's")
    #expect(share >= 0.995)
  }

  private static let pairs = [
    ["FloatPoints", "IntPoints"], ["FloatVolumes", "IntVolumes"], ["FloatVolumes", "FloatPoints"],
    ["IntVolumes", "IntPoints"],
  ]

  /// Flat pictures with depths, made deep and written by us, merged by both.
  @Test(arguments: pairs) func merging(_ names: [String]) async throws {
    var nodes = ""
    for (key, name) in zip(["b", "a"], names) {
      nodes += #"""
        "r\#(key)": {"type": "Read", "path": "\#(Plates.exr("deep/gaffer_deep\(name).exr"))", "raw": true},
        "d\#(key)": {"type": "DeepFromImage", "source": "r\#(key)", "depth": "Z", "depthBack": "ZBack"},
        "w\#(key)": {"type": "DeepWrite", "source": "d\#(key)", "path": "\#(key).exr"},
        """#
    }
    nodes += #"""
      "m": {"type": "DeepMerge", "b": "db", "a": "da"}, "f": {"type": "DeepToImage", "source": "m"}
      """#
    let comp = try comp(nodes)
    let summary = await renderer.render(RenderJob(comp, frames: [1]))
    #expect(summary.failures == [])
    let ours = try await renderer.image(comp, "f", frame: 1)
    let theirs = folder.path + "/theirs.exr"
    try OIIOTool.run(
      folder.path + "/b.exr", folder.path + "/a.exr", "--deepmerge", "--flatten", "--ch", "R,G,B,A",
      "-d",
      "float", "-o", theirs)
    let layers = try ["b", "a"].map {
      try ImageFile.readDeep(folder.path + "/\($0).exr", pool: renderer.pool)
    }
    // OpenImageIO sorts by the front alone: a point in a volume comes behind all of that volume that is cut
    // off at the point, its back too. The standard sorts by front, then back.
    let share = try share(ours, theirs) { x, y in !Self.isPointInVolume(layers, x, y) }
    print("DeepMerge of \(names): \(100 * share) % of pixels as OpenImageIO's")
    #expect(share >= 0.995)
  }

  /// Whether one picture's only sample is a point in the volume of the other's.
  private static func isPointInVolume(_ layers: [DeepImage], _ x: Int, _ y: Int) -> Bool {
    let ends = layers.map { layer in
      (layer.values(.z, x: x, y: y).first, layer.values(.zBack, x: x, y: y).first)
    }
    guard case (let z0?, let back0?) = ends[0], case (let z1?, let back1?) = ends[1] else {
      return false
    }
    return z0 == back0 && z1 <= z0 && z0 < back1 || z1 == back1 && z0 <= z1 && z1 < back0
  }

  @Test func ourFilesAreReadByOpenImageIO() throws {
    let pool = renderer.pool
    let image = try ImageFile.readDeep(Plates.exr("deep/11.deep.exr"), pool: pool)
    for compression in [WriteOptions.Compression.none, .rle, .zips] {
      var options = WriteOptions()
      options.compression = compression
      try ImageFile.write(image, to: folder.path + "/ours.exr", options: options)
      try OIIOTool.run(folder.path + "/ours.exr", "-o", folder.path + "/theirs.exr")
      let back = try ImageFile.readDeep(folder.path + "/theirs.exr", pool: pool)
      // Of ids it makes fractions of 2^32 when it copies.
      for (x, y) in [(63, 101), (68, 159), (128, 128), (0, 0), (200, 77)] {
        for channel in Channel.rgba + [.z] {
          #expect(back.values(channel, x: x, y: y) == image.values(channel, x: x, y: y))
        }
      }
    }
  }

  @Test func tilesOfOthersAreRead() throws {
    let file = Plates.exr("deep/trunks_lowres.exr")
    try OIIOTool.run(file, "--tile", "64", "32", "-o", folder.path + "/tiled.exr")
    let (lines, tiles) = (
      try ImageFile.readDeep(file, pool: renderer.pool),
      try ImageFile.readDeep(folder.path + "/tiled.exr", pool: renderer.pool)
    )
    #expect(try ImageFile.deepSource(folder.path + "/tiled.exr").tile?.width == 64)
    for y in stride(from: 141, to: 576, by: 3) {
      for x in 0..<1024 where lines.count(x: x, y: y) > 0 || tiles.count(x: x, y: y) > 0 {
        #expect(lines.pixel(x: x, y: y) == tiles.pixel(x: x, y: y))
      }
    }
  }
}
