import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// What must hold for every node, drawn from the catalogue: a new node cannot escape.
@Suite("Laws of every node", .serialized) struct NodeLaws {
  static let all: [NodeDeclaration] = Catalog.nodes.map { NodeDeclaration.of($0) }
    .filter { !$0.isSink && !$0.isData && !($0.type is any SourceNode.Type) }
  static let names: [String] = all.map(\.typeName)

  static func declaration(_ name: String) -> NodeDeclaration {
    all.first { $0.typeName == name } ?? all[0]
  }

  /// One node with random parameters and as many pictures as it wants.
  struct Case {
    var node: any Node
    var inputs: Int
    var description: String

    init?(_ declaration: NodeDeclaration, _ dice: inout Dice, isDefault: Bool = false) {
      var lists: [Int] = []
      inputs = 0
      for input in declaration.inputs {
        if let range = input.list {
          let count = max(range.lowerBound, min(range.upperBound, 1 + dice.below(3)))
          lists.append(count)
          inputs += count
        } else {
          inputs += 1
        }
      }
      guard var made = RandomNode(declaration, lists: lists, &dice) else { return nil }
      if isDefault { made.reset() }
      node = made.node
      description =
        "\(declaration.typeName) "
        + zip(declaration.params, made.values)
        .compactMap { param, value in value.map { "\(param.name)=\($0)" } }.joined(separator: " ")
    }
  }

  static let format = Format(width: 150, height: 131)
  static let windows = [
    Rect(x0: -13, y0: 5, x1: 181, y1: 139), Rect(x0: 20, y0: -9, x1: 140, y1: 110),
    Rect(x0: 0, y0: 0, x1: 150, y1: 131), Rect(x0: 60, y0: 40, x1: 130, y1: 141),
  ]

  /// As many pictures as a node is to get, or deep pictures where its inputs take these.
  static func pictures(
    for node: any Node, _ count: Int, _ pool: BlockPool, windows: [Rect] = windows,
    format: Format = format
  ) -> [Payload?] {
    let inputs = NodeDeclaration.of(type(of: node)).inputs
    return (0..<count).map { i in
      let (window, seed) = (windows[i % windows.count], UInt64(i) + 5)
      return i < inputs.count && inputs[i].kind == .deep
        ? .deep(DeepPictures.random(window, format: format, seed: seed, pool))
        : .picture(TestPicture.make(window, format: format, seed: seed, pool: pool))
    }
  }

  static func run(
    _ node: any Node, _ count: Int, _ options: RenderOptions, region: Rect? = nil,
    windows: [Rect] = windows, change: (inout [Payload?], BlockPool) -> Void = { _, _ in }
  ) async throws -> (Image, Renderer)? {
    let renderer = Renderer(options)
    var inputs = pictures(for: node, count, renderer.pool, windows: windows)
    change(&inputs, renderer.pool)
    do {
      let made = try await renderer.run(
        node, payloads: inputs, format: format, region: region)
      return (made.unrolled(renderer.pool), renderer)
    } catch let error as RenderError where error.kind == .invalid {
      return nil  // a setting the node refuses with a message; it must refuse it every time
    }
  }

  /// Where two rows of numbers differ first.
  static func firstDifference(_ a: [Float], _ b: [Float]) -> Int? {
    zip(a, b).enumerated().first { _, pair in
      pair.0.bitPattern != pair.1.bitPattern && !(pair.0.isNaN && pair.1.isNaN) && pair.0 != pair.1
    }?.offset ?? (a.count == b.count ? nil : min(a.count, b.count))
  }

  /// What is compared of a picture: some nodes make endless ones.
  static let view = Rect(x0: -400, y0: -400, x1: 600, y1: 600)

  static func expectSame(
    _ one: (image: Image, renderer: Renderer), _ other: (image: Image, renderer: Renderer),
    in rect: Rect, _ what: String
  ) {
    if rect.isEmpty { return }
    for channel in one.image.channels {
      let a = one.image.pixels(channel, in: rect, pool: one.renderer.pool)
      let b = other.image.pixels(channel, in: rect, pool: other.renderer.pool)
      guard let i = firstDifference(a, b) else { continue }
      let (x, y) = (rect.x0 + i % rect.width, rect.y0 + i / rect.width)
      Issue.record("\(channel) at (\(x), \(y)) is \(b[i]), not \(a[i]), \(what)")
    }
  }

  static let variants = [
    RenderOptions(threads: 2),
    RenderOptions(threads: 1, grid: TileGrid(log2Size: 6), isFused: false),
    RenderOptions(threads: 8, grid: TileGrid(log2Size: 8)),
  ]

  @Test("tile size, threads and fusion do not change a bit", arguments: names)
  func invariance(name: String) async throws {
    var dice = Dice(seed: 11)
    for _ in 0..<5 {
      guard let test = Case(Self.declaration(name), &dice) else { continue }
      guard let (image, renderer) = try await Self.run(test.node, test.inputs, Self.variants[0])
      else { continue }
      for options in Self.variants.dropFirst() {
        guard let (other, otherRenderer) = try await Self.run(test.node, test.inputs, options)
        else {
          Issue.record("refused only under other options: \(test.description)")
          continue
        }
        #expect(other.spec == image.spec, "\(test.description)")
        Self.expectSame(
          (image, renderer), (other, otherRenderer), in: image.dataWindow.intersection(Self.view),
          test.description)
      }
    }
  }

  @Test("a region is that part of the whole", arguments: names)
  func regions(name: String) async throws {
    var dice = Dice(seed: 23)
    for _ in 0..<4 {
      guard let test = Case(Self.declaration(name), &dice) else { continue }
      guard let (image, renderer) = try await Self.run(test.node, test.inputs, Self.variants[0])
      else { continue }
      let window = image.dataWindow.intersection(Self.view)
      if window.isEmpty { continue }
      let region = Rect(
        x: window.x0 + dice.below(window.width), y: window.y0 + dice.below(window.height),
        width: 1 + dice.below(40), height: 1 + dice.below(40)
      ).intersection(window)
      let small = RenderOptions(threads: 1, grid: TileGrid(log2Size: 4))
      guard
        let (part, partRenderer) = try await Self.run(
          test.node, test.inputs, small, region: region)
      else {
        Issue.record("refused only for a region: \(test.description)")
        continue
      }
      Self.expectSame(
        (image, renderer), (part, partRenderer), in: region, "\(region): \(test.description)")
    }
  }

  @Test("a frame made in bands of rows is the same frame", arguments: names)
  func bands(name: String) async throws {
    var dice = Dice(seed: 29)
    var banded = RenderOptions(threads: 2, grid: TileGrid(log2Size: 5))
    for rows in 1...3 {
      banded.bandTiles = rows
      guard let test = Case(Self.declaration(name), &dice),
        let (image, renderer) = try await Self.run(test.node, test.inputs, Self.variants[0])
      else { continue }
      guard let (other, otherRenderer) = try await Self.run(test.node, test.inputs, banded) else {
        Issue.record("refused only in bands: \(test.description)")
        continue
      }
      Self.expectSame(
        (image, renderer), (other, otherRenderer), in: image.dataWindow.intersection(Self.view),
        "\(rows) rows of tiles: \(test.description)")
    }
  }

  /// Pixels that may change when input 0 changes at `at`: those whose demand reaches it.
  @Test("a bad pixel stays within the reach of the node", arguments: names)
  func containment(name: String) async throws {
    var dice = Dice(seed: 37)
    for bad in [Float.nan, .infinity, -.infinity, 3e38] {
      guard let test = Case(Self.declaration(name), &dice), test.inputs > 0 else { continue }
      let at = (x: 70, y: 71)
      guard let (clean, renderer) = try await Self.run(test.node, test.inputs, Self.variants[0]),
        let (image, badRenderer) = try await Self.run(
          test.node, test.inputs, Self.variants[0],
          change: { images, pool in
            images[0] = images[0]?.with(bad, x: at.x, y: at.y, pool)
          })
      else { continue }
      // Its operators are judged by laws of their own.
      if test.node is any CompositeNode { continue }
      let pictures = Self.pictures(for: test.node, test.inputs, renderer.pool)
      let frames = test.node.inputFrames(
        FrameContext(
          frame: 1, frames: 1...1, fps: 24,
          connected: Array(repeating: true, count: test.inputs)))
      let context = NodeContext(
        frame: 1, frames: 1...1, fps: 24, format: Self.format, proxy: 1,
        settings: DocumentSettings(), inputs: frames.map { pictures[$0.slot]?.spec })
      Self.expectContained(
        (clean, renderer), (image, badRenderer), "\(bad) at \(at): \(test.description)"
      ) { demand in
        zip(test.node.demand(demand, context), frames).contains {
          $1.slot == 0 && $0.rect.contains(x: at.x, y: at.y)
        }
      }
    }
  }

  /// Pixels may only differ where what they demand `reaches` the bad one.
  static func expectContained(
    _ clean: (image: Image, renderer: Renderer), _ other: (image: Image, renderer: Renderer),
    _ what: String, reaches: (Demand) -> Bool
  ) {
    let window = clean.image.dataWindow.intersection(view)
    if window.isEmpty { return }
    for channel in clean.image.channels {
      let a = clean.image.pixels(channel, in: window, pool: clean.renderer.pool)
      let b = other.image.pixels(channel, in: window, pool: other.renderer.pool)
      for i in a.indices where a[i] != b[i] && !(a[i].isNaN && b[i].isNaN) {
        let pixel = Rect(
          x: window.x0 + i % window.width, y: window.y0 + i / window.width, width: 1, height: 1)
        guard reaches(Demand(rect: pixel, channels: Set(clean.image.channels))) else {
          Issue.record("\(channel) at \(pixel) changed: \(what)")
          return
        }
      }
    }
  }

  @Test("tiny, thin, empty and far-away pictures are answered", arguments: names)
  func geometry(name: String) async throws {
    let shapes = [
      Rect(x: 0, y: 0, width: 1, height: 1), Rect(x: 7, y: -3, width: 1, height: 37),
      Rect(x: -20, y: 9, width: 53, height: 1), .empty,
      Rect(x: 100_000, y: -90_000, width: 5, height: 3),
    ]
    var dice = Dice(seed: 41)
    for shape in shapes {
      guard let test = Case(Self.declaration(name), &dice) else { continue }
      let result = try await Self.run(
        test.node, test.inputs, Self.variants[0],
        region: Rect(x0: -300, y0: -300, x1: 300, y1: 300), windows: [shape])
      if let (image, _) = result {
        #expect(image.dataWindow.isEmpty || image.dataWindow.area > 0, "\(test.description)")
      }
      // Nothing connected at all.
      let renderer = Renderer(RenderOptions(threads: 1))
      do {
        _ = try await renderer.run(
          test.node, payloads: Array(repeating: nil, count: test.inputs), format: Self.format)
      } catch let error as RenderError {
        #expect(error.kind == .invalid, "\(error): \(test.description)")
      }
    }
  }

  @Test("equal parameters hash alike, others differ", arguments: names)
  func hashes(name: String) throws {
    var dice = Dice(seed: 53)
    let declaration = Self.declaration(name)
    func hash(_ node: any Node) -> StableHash {
      var hasher = StableHasher()
      node.hash(into: &hasher)
      return hasher.finalize()
    }
    var seen: [StableHash: [ValueData]] = [:]
    for _ in 0..<40 {
      guard let made = RandomNode(declaration, lists: [1], &dice) else { return }
      let values = NodeDeclaration.values(of: made.node)
      let key = hash(made.node)
      if let other = seen[key] { #expect(other == values, "two settings of \(name) hash alike") }
      seen[key] = values
    }
  }

  @Test(
    "declarations are well formed", arguments: Catalog.nodes.map { NodeDeclaration.of($0).typeName }
  )
  func wellFormed(name: String) {
    for node in Catalog.nodes where node.typeName == name {
      #expect(NodeDeclaration.of(node).problems == [])
    }
  }
}
