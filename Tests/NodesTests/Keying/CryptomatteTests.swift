import Bipack
import BipackEngine
import BipackGraph
import BipackIO
import BipackKernels
import BipackPixels
import FoundationEssentials
import Testing

@testable import BipackNodes

/// Hashes and ids were worked out by an independent implementation; `bunny` and `default` are those of
/// the specification's sample.
@Suite("Cryptomatte") struct CryptomatteTests {
  @Test func namesHashAsTheSpecificationSays() {
    for (text, hash) in [
      ("", 0), ("hello", 0x248b_fa47), ("hello, world", 0x149b_bb7f),
      ("The quick brown fox jumps over the lazy dog", 0x2e4f_f723), ("Größe", 0xe36f_382e),
    ] as [(String, UInt32)] {
      #expect(MurmurHash3.hash(Array(text.utf8)) == hash, "\(text)")
    }
    for (name, bits) in [
      ("bunny", 0x1385_1a76), ("default", 0x42c9_679f), ("/root/char/hair", 0xafce_2049),
      // These would be denormal, infinite, denormal.
      ("obj45", 0x00f3_4d5c), ("obj520", 0x7f3b_01ed), ("obj522", 0x808a_20bd),
    ] as [(String, UInt32)] {
      #expect(CryptomatteID(name: name).bits == bits, "\(name)")
      let value = Float(bitPattern: bits)
      #expect(value.isNormal)
    }
  }

  private static let manifest = """
    {"bob":"a85b7bf2","hair_left":"03bc001d","hair_right":"208fb74e","odd":"80aa55f0"}
    """

  private func id(_ hex: UInt32) -> Float { Float(bitPattern: hex) }

  /// Four pixels: bob; bob and left hair; all three in two levels; nothing.
  private func picture(_ change: (inout Metadata) -> Void = { _ in }) -> Image {
    let (bob, left, right) = (id(0xa85b_7bf2), id(0x03bc_001d), id(0x208f_b74e))
    var metadata = Metadata()
    metadata["cryptomatte/f834d0a/name"] = .string("CryptoObject")
    metadata["cryptomatte/f834d0a/hash"] = .string("MurmurHash3_32")
    metadata["cryptomatte/f834d0a/conversion"] = .string("uint32_to_float32")
    metadata["cryptomatte/f834d0a/manifest"] = .string(Self.manifest)
    change(&metadata)
    let planes: [Channel: [Float]] = [
      .red: [1, 2, 3, 4], .green: [0, 0, 0, 0], .blue: [0, 0, 0, 0],
      "CryptoObject00.R": [bob, bob, left, 0], "CryptoObject00.G": [1, 0.75, 0.5, 0],
      "CryptoObject00.B": [0, left, bob, 0], "CryptoObject00.A": [0, 0.25, 0.3, 0],
      "CryptoObject01.R": [0, 0, right, 0], "CryptoObject01.G": [0, 0, 0.2, 0],
      "CryptoObject01.B": [0, 0, 0, 0], "CryptoObject01.A": [0, 0, 0, 0],
    ]
    let plain = Pictures.make(width: 4, planes)
    var spec = plain.spec
    spec.metadata = metadata
    return Image(spec: spec, pool: Pictures.renderer.pool, pixels: planes)
  }

  private func matte(
    _ names: [String], except: [String] = [], of image: Image? = nil,
    _ change: (inout Cryptomatte) -> Void = { _ in }
  ) async throws -> [Float] {
    var node = Cryptomatte()
    (node.names, node.except) = (TextList(names), TextList(except))
    change(&node)
    return try await run(node, [image ?? picture()]).values(.alpha)
  }

  @Test func coveragesAreSummed() async throws {
    #expect(try await matte(["bob"]) == [1, 0.75, 0.3, 0])
    #expect(try await matte(["hair_left"]) == [0, 0.25, 0.5, 0])
    #expect(agree(try await matte(["hair*"]), [0, 0.25, 0.7, 0]))
    #expect(agree(try await matte(["hair*", "bob"]), [1, 1, 1, 0]))
    #expect(agree(try await matte(["*"], except: ["*_left"]), [1, 0.75, 0.5, 0]))
    #expect(try await matte([]) == [0, 0, 0, 0])
    // By id, in both spellings.
    #expect(try await matte(["0x208FB74E"]) == [0, 0, 0.2, 0])
    let number = "<\(id(0x208f_b74e))>"
    #expect(try await matte([number]) == [0, 0, 0.2, 0])
  }

  @Test func theManifestDecidesWhatANameIs() async throws {
    // Its id of "odd" is not the name's hash.
    var odd = picture()
    let planes = Dictionary(
      uniqueKeysWithValues: odd.channels.map { channel in
        (channel, channel == "CryptoObject00.R" ? [id(0x80aa_55f0), 0, 0, 0] : odd.values(channel))
      })
    odd = Image(spec: odd.spec, pool: Pictures.renderer.pool, pixels: planes)
    #expect(try await matte(["odd"], of: odd) == [1, 0, 0, 0])
    // Without one names are hashed, and patterns are refused.
    let bare = picture { $0["cryptomatte/f834d0a/manifest"] = nil }
    #expect(try await matte(["bob"], of: bare) == [1, 0.75, 0.3, 0])
    #expect(try await matte(["nobody"], of: bare) == [0, 0, 0, 0])
    await #expect(throws: RenderError.self) { try await matte(["hair*"], of: bare) }
  }

  @Test func outputs() async throws {
    var node = Cryptomatte()
    (node.names, node.output) = (["bob"], .premultiplied)
    #expect(agree(try await run(node, [picture()]).values(.red), [1, 1.5, 0.9, 0]))
    node.output = .matte
    #expect(try await run(node, [picture()]).values(.blue) == [1, 0.75, 0.3, 0])
    node.output = .preview
    let preview = try await run(node, [picture()])
    let color = CryptomattePreviewKernel.color(0xa85b_7bf2)
    let other = CryptomattePreviewKernel.color(0x03bc_001d)
    let (red, green) = (preview.values(.red), preview.values(.green))
    #expect(agree(red[0], Double(color.r)) && agree(green[0], Double(color.g)))
    #expect(agree(red[1], Double(0.75 * color.r + 0.25 * 0.2 * other.r)))
    #expect(red[3] == 0 && preview.values(.alpha) == [1, 1, 1, 1])
  }

  @Test func mistakesAreSaid() async throws {
    func message(
      _ names: [String], _ image: Image, _ change: (inout Cryptomatte) -> Void = { _ in }
    )
      async -> String
    {
      do {
        _ = try await matte(names, of: image, change)
        return ""
      } catch { return "\(error)" }
    }
    #expect(await message(["hair_lft"], picture()).contains("did you mean \"hair_left\"?"))
    #expect(await message(["dog*"], picture()).contains("CryptoObject has no \"dog*\""))
    #expect(await message(["0xzz"], picture()).contains("hexadecimal"))
    #expect(await message(["<one>"], picture()).contains("number of a pixel"))
    #expect(
      await message(["bob"], picture()) { $0.layer = "Crypto" }.contains("it has CryptoObject"))
    #expect(await message(["bob"], Pictures.row([1])).contains("no Cryptomatte"))
    let broken = picture { $0["cryptomatte/f834d0a/manifest"] = .string("{\"bob\": 3}") }
    #expect(await message(["bob"], broken).contains("not hexadecimal"))
    let missing = try await matte(["dog", "bob"]) { $0.missing = .ignore }
    #expect(missing == [1, 0.75, 0.3, 0])
  }

  /// Through a file: floats to the bit, the manifest in its header, or beside it.
  @Test func readsWhatARendererWrites() async throws {
    let folder = try Folder()
    var options = WriteOptions()
    options.type = .float
    try ImageFile.write(picture(), to: folder.path + "/a.exr", options: options)
    let bare = picture {
      $0["cryptomatte/f834d0a/manifest"] = nil
      $0["cryptomatte/f834d0a/manif_file"] = .string("names.json")
    }
    try ImageFile.write(bare, to: folder.path + "/b.exr", options: options)
    try Self.manifest.write(toFile: folder.path + "/names.json", atomically: true, encoding: .utf8)
    func alpha(_ file: String, _ more: String) async throws -> [Float] {
      let text = """
        {"bipack": 1, "format": {"width": 4, "height": 1},
         "nodes": {"in": {"type": "Read", "path": "\(file)"},
          "key": {"type": "Cryptomatte", "source": "in", \(more)}}}
        """
      let result = Comp.check(
        text: text, directory: folder.path, registry: Registry(Catalog.nodes))
      guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
      let id = try #require(comp.id(of: "key"))
      return try await Pictures.renderer.image(comp, node: id, frame: 1, proxy: 1).values(.alpha)
    }
    #expect(agree(try await alpha("a.exr", "\"names\": [\"hair*\", \"bob\"]"), [1, 1, 1, 0]))
    // One name needs no brackets.
    #expect(try await alpha("a.exr", "\"names\": \"bob\"") == [1, 0.75, 0.3, 0])
    #expect(
      agree(
        try await alpha("b.exr", "\"names\": [\"hair*\"], \"manifest\": \"names.json\""),
        [0, 0.25, 0.7, 0]))
    do {
      _ = try await alpha("b.exr", "\"names\": [\"hair*\"]")
      Issue.record("a pattern without a manifest was taken")
    } catch { #expect("\(error)".contains("names.json")) }
  }
}
