import Bipack
import Testing

@testable import BipackNodes

@Suite("Channels") struct ChannelTests {
  private let source = Pictures.make(
    width: 2,
    [
      .red: [1, 2], .green: [3, 4], .blue: [5, 6], .alpha: [0.5, 0], "depth.Z": [7, 8],
      "diffuse.R": [10, 11], "diffuse.G": [12, 13], "diffuse.B": [14, 15],
    ])
  private let other = Pictures.make(width: 2, [.green: [20, 21], .alpha: [0.25, 0.75]])

  @Test func shuffleRearranges() async throws {
    var node = Shuffle()
    node.mapping = "R=A, G=b.G, A=1,depth.Z=R mask.X=0.25"
    let image = try await run(node, [source, other])
    #expect(image.values(.red) == [0.5, 0])
    #expect(image.values(.green) == [20, 21])
    #expect(image.values(.blue) == [5, 6])
    #expect(image.values(.alpha) == [1, 1])
    #expect(image.values("depth.Z") == [1, 2])
    #expect(image.values("mask.X") == [0.25, 0.25])
  }

  @Test func shuffleTakesWholeLayers() async throws {
    var node = Shuffle()
    node.mapping = "rgb=diffuse, copy=rgba"
    let image = try await run(node, [source, nil])
    #expect(Channel.rgb.map { image.value($0, x: 1, y: 0) } == [11, 13, 15])
    #expect(image.values("copy.R") == [1, 2])
    #expect(image.values("copy.A") == [0.5, 0])
    node.mapping = "rgb=alpha, alpha=white"
    let grey = try await run(node, [source, nil])
    #expect(Channel.rgba.map { grey.value($0, x: 0, y: 0) } == [0.5, 0.5, 0.5, 1])
    node.mapping = "rgba=0"
    let black = try await run(node, [source, nil])
    #expect(Channel.rgba.map { black.value($0, x: 0, y: 0) } == [0, 0, 0, 0])
  }

  @Test(arguments: [
    ("R", "is not of the form"), ("R == A", "is not of the form"),
    ("R=Q", "no channel or layer 'Q'"), ("R=dpth.Z", "did you mean 'depth.Z'?"),
    ("R='depth.Z", "a quote ' does not close"),
    ("R=b.G", "'b' is not connected"), ("=A", "is not of the form"),
    ("all=R", "'all' is a word for a set"), ("none=0", "'none' is a word for a set"),
    ("*.Z=R", "'*.Z' is a pattern"), ("beauty=diffuse.*", "'diffuse.*' is a pattern"),
    ("rgb=all", "'all' is a word for a set"), ("1=R", "'1' is a number"),
    ("R=diffuse", "name one of its channels, as \"R=diffuse."),
    ("mask.A=rgb", "'mask.A' is one channel"), ("rgb=difuse", "did you mean 'diffuse'?"),
  ])
  func aWrongMappingSaysWhatIsWrong(_ mapping: String, _ message: String) async throws {
    var node = Shuffle()
    node.mapping = mapping
    do {
      _ = try await run(node, [source, nil])
      Issue.record("accepted \(mapping)")
    } catch let error as RenderError {
      #expect(error.message.contains(message), "\(error.message)")
    }
  }

  @Test func aLayerGoesToALayerByName() async throws {
    let dotted = Pictures.make(
      width: 1,
      [
        "a.b.R": [1], "a.b.G": [2], "a.b.B": [3], "a.b.Z": [4], "P.X": [5], "P.Y": [6], "all": [7],
      ])
    var node = Shuffle()
    node.mapping = "rgb='a.b', beauty=a.b, left.'all'=P, A='all', R=b.a.b.Z"
    let image = try await run(node, [dotted, dotted])
    #expect(Channel.rgba.map { image.value($0, x: 0, y: 0) } == [4, 2, 3, 7])
    #expect(image.values("beauty.R") == [1] && image.values("beauty.Z") == [4])
    #expect(image.values("left.all.X") == [5] && image.values("left.all.Y") == [6])
    var copy = Copy()
    copy.mapping = "'1'=a.b.Z, 'none'='all'"
    let copied = try await run(copy, [dotted, dotted])
    #expect(copied.values("1") == [4] && copied.values("none") == [7])
  }

  /// Layers of paint programs: one rule to name them everywhere.
  @Test func namesWithBlanksAreQuoted() async throws {
    let layered = Pictures.make(
      width: 1,
      [
        .red: [1], .green: [2], .blue: [3], .alpha: [0.5], "Layer 1.R": [4], "Layer 1.G": [5],
        "Layer 1.B": [6], "Layer 1.A": [0.25],
      ])
    var shuffle = Shuffle()
    shuffle.mapping = "rgb='Layer 1', A = b.'Layer 1'.A, 'New, one'.Z=R"
    let shuffled = try await run(shuffle, [layered, layered])
    #expect(Channel.rgba.map { shuffled.value($0, x: 0, y: 0) } == [4, 5, 6, 0.25])
    #expect(shuffled.values("New, one.Z") == [1])
    var copy = Copy()
    copy.mapping = "'Layer 2'=rgba"
    #expect(try await run(copy, [layered, layered]).values("Layer 2.G") == [2])
    var merge = Merge()
    (merge.operation, merge.aChannels) = (.plus, "'Layer 1'")
    let merged = try await run(merge, [layered, layered])
    #expect(Channel.rgb.map { merged.value($0, x: 0, y: 0) } == [5, 7, 9])
    merge.aChannels = "'Layer 3'"
    await #expect(throws: RenderError.self) { try await run(merge, [layered, layered]) }
    var expression = Expression()
    var unpremult = Unpremult()
    unpremult.alpha = "'Layer 1'.A"
    #expect(try await run(unpremult, [layered]).values(.red) == [4])
    unpremult.alpha = "dpeth"
    await #expect(throws: RenderError.self) { try await run(unpremult, [layered]) }
    expression.expr0 = "'Layer 1'.R * 2 + 'Layer 1.G' + a.'Layer 1'.B(x, y)"
    #expect(try await run(expression, [layered, layered, nil]).values(.red) == [19])
  }

  @Test func copyBringsChannelsFromA() async throws {
    var node = Copy()
    let image = try await run(node, [source, other])
    #expect(image.values(.alpha) == [0.25, 0.75])
    #expect(image.values(.red) == [1, 2])
    node.mapping = "mask.A=G"
    let masked = try await run(node, [source, other])
    #expect(masked.values("mask.A") == [20, 21])
    #expect(masked.values(.alpha) == [0.5, 0])
  }

  @Test func premultMultipliesAndUnpremultDivides() async throws {
    let image = try await run(Premult(), [source])
    #expect(image.values(.red) == [0.5, 0])
    #expect(image.values(.alpha) == [0.5, 0])
    #expect(image.values("diffuse.R") == [10, 11])
    let back = try await run(Unpremult(), [source])
    #expect(back.values(.red) == [2, 2])
    #expect(back.values(.green) == [6, 4])
    var inverted = Premult()
    inverted.invert = true
    inverted.channels = "diffuse"
    #expect(try await run(inverted, [source]).values("diffuse.R") == [5, 11])
    var byDepth = Unpremult()
    byDepth.alpha = "depth.Z"
    #expect(agree(try await run(byDepth, [source]).values(.red), [1.0 / 7, 2.0 / 8]))
  }

  @Test func removeTakesAwayOrKeeps() async throws {
    var node = Remove()
    node.channels = "diffuse, A"
    #expect(try await run(node, [source]).channels == Channel.rgb + ["depth.Z"])
    node.operation = .keep
    let kept = try await run(node, [source])
    #expect(Set(kept.channels) == [.alpha, "diffuse.R", "diffuse.G", "diffuse.B"])
    #expect(kept.values("diffuse.G") == [12, 13])
  }

  @Test func addChannelsMakesWhatIsMissing() async throws {
    var node = AddChannels()
    node.channels = "rgba depth.Z mask.A"
    node.color = ColorValue(0.1, 0.2, 0.3, 0.4)
    let image = try await run(node, [other])
    #expect(image.values(.red) == [0.1, 0.1])
    #expect(image.values(.green) == [20, 21])
    #expect(image.values(.alpha) == [0.25, 0.75])
    #expect(image.values("depth.Z") == [0.1, 0.1])
    #expect(image.values("mask.A") == [0.4, 0.4])
  }
}
