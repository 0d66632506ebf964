import Bipack
import BipackIO
import Foundation
import Testing

@testable import BipackEngine
@testable import BipackNodes

@Suite("Deep nodes") struct DeepNodesTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  private let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))

  private func comp(_ nodes: String, width: Int = 64, height: Int = 40) throws -> Comp {
    let text = """
      {"bipack": 1, "format": {"width": \(width), "height": \(height), "fps": 24},
       "frames": [1, 10], "nodes": {\(nodes)}}
      """
    let result = Comp.check(text: text, directory: folder.path, registry: Registry(Catalog.nodes))
    guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
    return comp
  }

  private func image(
    _ nodes: String, _ name: String, width: Int = 64, height: Int = 40, frame: Double = 1,
    proxy: Double = 1
  ) async throws -> Image {
    try await renderer.image(
      comp(nodes, width: width, height: height), name, frame: frame, proxy: proxy)
  }

  private func deep(_ nodes: String, _ name: String, frame: Double = 1, proxy: Double = 1)
    async throws -> DeepImage
  {
    let comp = try comp(nodes)
    let id = try #require(comp.id(of: name))
    let made = try await renderer.payload(comp, node: id, frame: frame, proxy: proxy)
    return try #require(made.deep)
  }

  private func render(
    _ nodes: String, _ options: RenderOptions = RenderOptions(threads: 2), width: Int = 64,
    height: Int = 40
  ) async throws -> (RenderSummary, Renderer) {
    let renderer = Renderer(options)
    let job = RenderJob(try comp(nodes, width: width, height: height), frames: [1])
    let summary = await renderer.render(job)
    #expect(summary.failures == [])
    return (summary, renderer)
  }

  private func failure(_ nodes: String, _ name: String) async -> String {
    do {
      let comp = try comp(nodes)
      let id = try #require(comp.id(of: name))
      _ = try await renderer.payload(comp, node: id, frame: 1)
      return "none"
    } catch {
      return "\(error)"
    }
  }

  private let plate = Pictures.make(
    width: 4,
    [
      .red: [0, 0.1, 0.2, 0.3], .green: [0, 0, 0, 0], .blue: [1, 0, 0, 0],
      .alpha: [0, 0.5, 1, .nan], "depth.Z": [1, 2, 3, 4], "depth.end": [1, 4, 3, 9],
    ])

  // MARK: DeepFromImage

  private func made(_ node: DeepFromImage, _ image: Image) async throws -> DeepImage {
    try #require(try await Pictures.renderer.run(node, payloads: [.picture(image)]).deep)
  }

  @Test func aPixelIsASampleAtItsDepth() async throws {
    let found = try await made(DeepFromImage(), plate)
    #expect((0..<4).map { found.count(x: $0, y: 0) } == [0, 1, 1, 1])
    #expect(found.channels == Channel.rgba + [.z])
    #expect(found.values(.z, x: 1, y: 0) == [2] && found.values(.red, x: 1, y: 0) == [0.1])
    #expect(found.values(.alpha, x: 3, y: 0).first?.isNaN == true)
    let all = try await made(DeepFromImage().with { $0.keepZeroAlpha = true }, plate)
    #expect(all.count(x: 0, y: 0) == 1 && all.values(.blue, x: 0, y: 0) == [1])
  }

  @Test func depthsAreGivenOrHaveABack() async throws {
    let even = try await made(
      DeepFromImage().with {
        $0.specifyZ = true
        $0.z = 7.5
      }, plate)
    #expect(even.values(.z, x: 2, y: 0) == [7.5])
    let volumes = try await made(DeepFromImage().with { $0.depthBack = "depth.end" }, plate)
    #expect(volumes.values(.zBack, x: 1, y: 0) == [4] && volumes.channels.last == .zBack)
  }

  /// Its alpha and its depth are numbers that no pixel is asked for.
  @Test func aPictureWithoutAlphaHidesThoughNobodyAsksForItsColour() async throws {
    let nodes = """
      "c": {"type": "Constant", "channels": "rgb", "color": 0.5},
      "a": {"type": "DeepFromImage", "source": "c", "specifyZ": true, "z": 5},
      "g": {"type": "Constant", "color": [0.5, 0.5, 0.5, 1]},
      "b": {"type": "DeepFromImage", "source": "g", "specifyZ": true, "z": 10},
      "h": {"type": "DeepMerge", "a": "a", "b": "b", "operation": "holdout"},
      "held": {"type": "DeepToImage", "source": "h"},
      "depth": {"type": "DeepToImage", "source": "a", "channels": "none", "depth": "nearest"}
      """
    let held = try await image(nodes, "held")
    #expect(held.value(.alpha, x: 9, y: 9) == 0 && held.value(.red, x: 9, y: 9) == 0)
    let depth = try await image(nodes, "depth")
    #expect(depth.value("depth.Z", x: 9, y: 9) == 5 && depth.value(.alpha, x: 9, y: 9) == 1)
  }

  @Test func aPictureWithoutAlphaIsOpaqueAndOneWithoutDepthAnError() async throws {
    let opaque = Pictures.make(width: 2, [.red: [0.25, 0.5], "Z": [1, 2]])
    let found = try await made(DeepFromImage(), opaque)
    #expect(found.values(.alpha, x: 1, y: 0) == [1] && found.values(.z, x: 1, y: 0) == [2])
    let text = await failure(
      #""c": {"type": "Constant"}, "d": {"type": "DeepFromImage", "source": "c"}"#, "d")
    #expect(
      text.contains("nodes.d: depth: the picture has none of 'depth.Z Z', only R, G, B, A"),
      "\(text)")
    #expect(text.contains("\"specifyZ\": true"), "\(text)")
  }

  // MARK: DeepToImage, DeepMerge

  private func pixel(_ samples: [[Channel: Float]]) -> Payload {
    .deep(DeepPictures.pixel(samples, Pictures.renderer.pool))
  }

  @Test func aDeepPixelIsFlattened() async throws {
    let deep = pixel([
      [.red: 0.5, .alpha: 0.5, .z: 4], [.red: 0.25, .alpha: 0.25, .z: 2],
      [.red: 1, .alpha: 1, .z: 9],
    ])
    var flat = try await Pictures.renderer.run(DeepToImage(), payloads: [deep]).expectPicture()
    #expect(flat.channels == [.red, .alpha])
    #expect(flat.values(.red) == [0.25 + 0.75 * (0.5 + 0.5)] && flat.values(.alpha) == [1])
    let nearest = DeepToImage().with { $0.depth = .nearest }
    flat = try await Pictures.renderer.run(nearest, payloads: [deep]).expectPicture()
    #expect(flat.values("depth.Z") == [2])
    let mean = DeepToImage().with {
      $0.depth = .mean
      $0.channels = .none
    }
    flat = try await Pictures.renderer.run(mean, payloads: [deep]).expectPicture()
    #expect(flat.channels == [.alpha, "depth.Z"])
    #expect(flat.values("depth.Z") == [0.25 * 2 + 0.375 * 4 + 0.375 * 9])
  }

  @Test func samplesWithoutAlphaAreOpaqueAndIdsAreLeftOut() async throws {
    let pool = Pictures.renderer.pool
    let window = Rect(width: 1, height: 1)
    let deep = DeepImage(
      spec: DeepPictures.spec(window, channels: [.red, .z, "id"]), pool: pool
    ) { _, _ in [[.red: 0.5, .z: 2, "id": 7], [.red: 0.25, .z: 1, "id": 8]] }
    let flat = try await Pictures.renderer.run(DeepToImage(), payloads: [.deep(deep)])
      .expectPicture()
    #expect(flat.channels == [.red, .alpha])
    #expect(flat.values(.red) == [0.25] && flat.values(.alpha) == [1])
  }

  @Test func mergedPixelsHaveBothPicturesSamples() async throws {
    let (b, a) = (
      pixel([[.red: 1, .alpha: 1, .z: 3], [.red: 0.1, .alpha: 0.5, .z: 5]]),
      pixel([[.red: 0.5, .alpha: 0.5, .z: 2, .zBack: 4]])
    )
    func merged(_ change: (inout DeepMerge) -> Void) async throws -> DeepImage {
      try #require(
        try await Pictures.renderer.run(DeepMerge().with(change), payloads: [b, a]).deep)
    }
    let both = try await merged { _ in }
    #expect(
      both.values(.z, x: 0, y: 0) == [2, 3, 5] && both.values(.zBack, x: 0, y: 0) == [4, 3, 5])
    let seen = try await merged { $0.dropHidden = true }
    #expect(seen.values(.z, x: 0, y: 0) == [2, 3])
    let held = try await merged { $0.operation = .holdout }
    #expect(held.values(.z, x: 0, y: 0) == [3])
    #expect(abs(held.values(.alpha, x: 0, y: 0)[0] - Float(0.5).squareRoot()) < 1e-6)
  }

  @Test func windowsJoin() async throws {
    let pool = Pictures.renderer.pool
    func random(_ window: Rect, _ seed: UInt64) -> DeepImage {
      DeepPictures.random(window, format: Format(width: 100, height: 80), seed: seed, pool)
    }
    let (b, a) = (
      random(Rect(x0: -20, y0: 5, x1: 70, y1: 60), 1),
      random(Rect(x0: 30, y0: -9, x1: 140, y1: 40), 2)
    )
    let both = try #require(
      try await Pictures.renderer.run(DeepMerge(), payloads: [.deep(b), .deep(a)]).deep)
    #expect(both.dataWindow == b.dataWindow.union(a.dataWindow))
    for (x, y) in [(-20, 59), (0, 0), (50, 20), (139, -9), (139, 39), (69, 59)] {
      #expect(both.count(x: x, y: y) == b.count(x: x, y: y) + a.count(x: x, y: y), "\(x) \(y)")
    }
    let held = try #require(
      try await Pictures.renderer.run(
        DeepMerge().with { $0.operation = .holdout }, payloads: [.deep(b), .deep(a)]
      ).deep)
    #expect(held.dataWindow == b.dataWindow)
  }

  // MARK: DeepWrite, DeepRead

  /// Three slabs, written.
  private static let slabs = """
    "n": {"type": "Noise", "size": 20, "replace": true},
    "r": {"type": "Radial", "area": [8, 4, 50, 36], "color": [0.5, 0.1, 0.2, 0.6]},
    "dn": {"type": "DeepFromImage", "source": "n", "specifyZ": true, "z": 4},
    "dr": {"type": "DeepFromImage", "source": "r", "specifyZ": true, "z": 2.5},
    "m": {"type": "DeepMerge", "b": "dn", "a": "dr"}
    """

  private static let written =
    slabs
    + #", "w": {"type": "DeepWrite", "source": "m", "path": "deep.0001.exr"}"#

  @Test func whatIsWrittenIsReadBack() async throws {
    let (summary, _) = try await render(Self.written)
    #expect(summary.rendered == 1 && folder.files == ["deep.0001.exr"])
    let before = try await deep(Self.slabs, "m")
    let after = try await deep(#""d": {"type": "DeepRead", "path": "deep.####.exr"}"#, "d")
    NodeLaws.expectSame(
      (Payload.deep(before).unrolled(renderer.pool), renderer),
      (Payload.deep(after).unrolled(renderer.pool), renderer), in: before.dataWindow, "read back")
    #expect(after.channels == before.channels)
    // Once more there is nothing to do, and after a change there is.
    let again = try await render(Self.written).0
    #expect(again.upToDate == 1 && again.rendered == 0)
    let other = try await render(Self.written.replacing("\"z\": 4", with: "\"z\": 5")).0
    #expect(other.rendered == 1)
  }

  @Test func aFileMadeInBandsIsTheSameFile() async throws {
    _ = try await render(Self.written)
    let path = folder.path + "/deep.0001.exr"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    var options = RenderOptions(threads: 2, grid: TileGrid(log2Size: 4))
    options.bandTiles = 1
    _ = try await render(Self.written, options)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
  }

  @Test func framesThatAreMissingFollowTheRules() async throws {
    _ = try await render(Self.written)
    let read = #""type": "DeepRead", "path": "deep.####.exr""#
    let text = await failure(#""d": {\#(read), "offset": -4}"#, "d")
    #expect(text.contains("deep.0005.exr does not exist; the sequence has 1 frames"), "\(text)")
    let held = try await deep(#""d": {\#(read), "offset": -4, "after": "hold"}"#, "d")
    #expect(held.count(x: 20, y: 20) == 2)
    let none = try await deep(#""d": {\#(read), "offset": -4, "after": "black"}"#, "d")
    #expect(none.dataWindow == held.dataWindow && none.count(x: 20, y: 20) == 0)
  }

  @Test func channelsAndPartsAreChosen() async throws {
    _ = try await render(Self.written)
    let some = try await deep(
      #""d": {"type": "DeepRead", "path": "deep.0001.exr", "channels": "A", "part": "rgba"}"#, "d")
    #expect(some.channels == [.alpha, .z])
    let text = await failure(
      #""d": {"type": "DeepRead", "path": "deep.0001.exr", "part": "rgb"}"#, "d")
    #expect(text.contains("no part 'rgb'; expected one of 'rgba'"), "\(text)")
  }

  @Test func flatAndDeepFilesSayWhoReadsThem() async throws {
    _ = try await render(Self.written)
    let flat = await failure(#""r": {"type": "Read", "path": "deep.0001.exr"}"#, "r")
    #expect(flat.contains("is a deep image; expected a flat image (DeepRead reads it"), "\(flat)")
    _ = try await render(
      #""c": {"type": "Constant"}, "w": {"type": "Write", "source": "c", "path": "flat.exr"}"#)
    let deep = await failure(#""r": {"type": "DeepRead", "path": "flat.exr"}"#, "r")
    #expect(
      deep.contains("this is no deep image; expected an EXR with deep samples (Read reads it"),
      "\(deep)")
  }

  @Test func aDeepNodeIsNoPictureToBeSeen() async throws {
    await #expect(throws: RenderError.self) { try await image(Self.slabs, "m") }
    do {
      _ = try await image(Self.slabs, "m")
    } catch {
      #expect(
        "\(error)".contains("nodes.m: gives a deep picture, not a picture; a DeepToImage behind it")
      )
    }
  }

  @Test func aProxyPicksPixels() async throws {
    _ = try await render(Self.written)
    let read = #""d": {"type": "DeepRead", "path": "deep.0001.exr"}"#
    let (whole, small) = (try await deep(read, "d"), try await deep(read, "d", proxy: 3))
    #expect(small.dataWindow == Rect(width: 22, height: 14))
    for (x, y) in [(0, 0), (5, 4), (20, 12)] {
      #expect(small.pixel(x: x, y: y) == whole.pixel(x: 3 * x + 1, y: 3 * y + 1), "\(x) \(y)")
    }
    let flat = try await image(
      read + #", "f": {"type": "DeepToImage", "source": "d"}"#, "f", proxy: 3)
    #expect(flat.dataWindow == small.dataWindow)
  }

  @Test func deepPicturesAreKeptInMemoryOnly() async throws {
    _ = try await render(Self.written)
    var options = RenderOptions(threads: 2)
    let cache = DiskCache(directory: folder.path + "/cache", keepsEverything: true)
    options.disk = cache
    let nodes = #"""
      "d": {"type": "DeepRead", "path": "deep.0001.exr", "cache": true},
      "f": {"type": "DeepToImage", "source": "d"}, "g": {"type": "Blur", "source": "f", "size": 2}
      """#
    let comp = try comp(nodes)
    let first = Renderer(options)
    let one = try await first.image(comp, "g", frame: 1)
    let hash = try #require(comp.id(of: "d"))
    _ = try await first.payload(comp, node: hash, frame: 1)
    #expect(first.cache.counters.hits > 0)
    cache.flush()
    #expect(cache.contents.entries > 0)
    let other = try await Renderer(options).image(comp, "g", frame: 1)
    #expect(cache.counters.hits > 0)
    #expect(one.values(.red) == other.values(.red))
  }

  // MARK: Memory

  /// Four layers of samples over a large frame.
  private static func layers() -> String {
    var text = ""
    for index in 0..<4 {
      text += """
        "n\(index)": {"type": "Noise", "size": \(30 + index), "seed": \(index), "replace": true, "color": [1, 1, 1, 1]},
        "d\(index)": {"type": "DeepFromImage", "source": "n\(index)", "specifyZ": true, "z": \(index), "keepZeroAlpha": true},

        """
    }
    return text + """
      "m1": {"type": "DeepMerge", "b": "d0", "a": "d1"}, "m2": {"type": "DeepMerge", "b": "m1", "a": "d2"},
      "m3": {"type": "DeepMerge", "b": "m2", "a": "d3"},
      "w": {"type": "DeepWrite", "source": "m3", "path": "large.exr", "compression": "rle"}
      """
  }

  private static let flattened = """
    "d": {"type": "DeepRead", "path": "large.exr"}, "f": {"type": "DeepToImage", "source": "d"},
    "w": {"type": "Write", "source": "f", "path": "flat.exr", "compression": "none", "dataType": "float"}
    """

  @Test func memoryFollowsTheTileNotTheFile() async throws {
    let (width, height) = (1024, 1152)
    let samples = 4 * 5 * 4 * width * height
    var options = RenderOptions(threads: 2)
    options.memory = samples * 2 / 3
    let (_, maker) = try await render(Self.layers(), options, width: width, height: height)
    #expect(maker.pool.usage.peakTotal < options.memory * 11 / 10 + 4 << 20)

    let whole = Renderer(RenderOptions(threads: 2))
    let plan = try await whole.plan(comp(Self.flattened, width: width, height: height), frame: 1)
    #expect(plan.bands.count == 1 && plan.peakBytes > samples)
    options.memory = samples / 3
    let (summary, small) = try await render(Self.flattened, options, width: width, height: height)
    let taken = small.pool.usage.peakTotal
    print(
      "deep file of \(samples >> 20) MiB of samples: \(taken >> 20) MiB taken of \(options.memory >> 20) MiB"
    )
    #expect(summary.rendered == 1 && taken <= options.memory && taken < samples / 3)
    let banded = try await small.plan(comp(Self.flattened, width: width, height: height), frame: 1)
    #expect(banded.bands.count > 3 && taken <= banded.peakBytes + 1 << 20)
    let image = try ImageFile.read(folder.path + "/flat.exr", pool: whole.pool).image
    let full = try await whole.image(
      comp(Self.flattened, width: width, height: height), "f", frame: 1)
    #expect(
      full.pixels(.red, in: full.dataWindow, pool: whole.pool)
        == image.pixels(.red, in: full.dataWindow, pool: whole.pool))
  }

  @Test func whatCannotFitSaysSoBeforeAnythingIsRead() async throws {
    let (width, height) = (1024, 256)
    _ = try await render(Self.layers(), width: width, height: height)
    var options = RenderOptions(threads: 2)
    options.memory = 4 << 20
    let job = RenderJob(try comp(Self.flattened, width: width, height: height), frames: [1])
    let summary = await Renderer(options).render(job)
    #expect(summary.failures.first?.kind == .memory)
  }
}
