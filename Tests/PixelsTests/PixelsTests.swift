import Testing

@testable import BipackPixels

@Suite("Rect and TileGrid") struct RectTests {
  @Test func emptyRectanglesAreNeutral() {
    let a = Rect(x: -3, y: 4, width: 10, height: 5)
    #expect(a.union(.empty) == a)
    #expect(Rect(x: 50, y: 50, width: 0, height: 9).union(a) == a)
    #expect(a.intersection(.empty) == .empty)
    #expect(a.contains(Rect.empty))
    #expect(Rect.empty.expanded(7) == .empty)
    #expect(Rect(x: 0, y: 0, width: 3, height: 3).expanded(-2) == .empty)
  }

  @Test func tilesCoverNegativePixels() {
    let grid = TileGrid.standard
    #expect(
      grid.tiles(covering: Rect(x0: -1, y0: -128, x1: 1, y1: -127))
        == Rect(x0: -1, y0: -1, x1: 1, y1: 0))
    #expect(
      grid.rounded(Rect(x0: -1, y0: 0, x1: 129, y1: 1)) == Rect(x0: -128, y0: 0, x1: 256, y1: 128))
    #expect(grid.tiles(covering: .empty) == .empty)
  }
}

@Suite("Image") struct ImageTests {
  let pool = BlockPool(grid: TileGrid(log2Size: 4))
  let window = Rect(x0: -5, y0: 3, x1: 40, y1: 37)

  var image: Image {
    let spec = ImageSpec(
      format: Format(width: 30, height: 30), dataWindow: window, channels: ["R", "depth.Z"])
    var values: [Float] = []
    for y in window.y0..<window.y1 {
      for x in window.x0..<window.x1 { values.append(Float(x + 1000 * y)) }
    }
    return Image(spec: spec, pool: pool, pixels: ["R": values])
  }

  @Test func valuesAndWindowsAgreeUnderEveryEdgeMode() {
    let image = image
    let rect = Rect(x0: -30, y0: -20, x1: 70, y1: 60)
    for edge in EdgeMode.allCases {
      let w = image.window("R", rect, edge: edge, pool: pool)
      for y in stride(from: rect.y0, to: rect.y1, by: 3) {
        let row = w.row(y)
        for x in stride(from: rect.x0, to: rect.x1, by: 7) {
          func map(_ v: Int, _ low: Int, _ high: Int) -> Int? {
            if v >= low && v < high { return v }
            switch edge {
            case .black: return nil
            case .clamp: return min(max(v, low), high - 1)
            case .mirror:
              var k = v
              while k < low || k >= high { k = k < low ? 2 * low - 1 - k : 2 * high - 1 - k }
              return k
            }
          }
          var expected: Float = 0
          if let sx = map(x, window.x0, window.x1), let sy = map(y, window.y0, window.y1) {
            expected = Float(sx + 1000 * sy)
          }
          #expect(row[x - rect.x0] == expected, "\(edge) \(x) \(y)")
        }
      }
    }
  }

  @Test func lentLinesAreThoseOfAWindow() {
    let image = image
    let rows = -20..<60
    for (channel, edge) in EdgeMode.allCases.flatMap({ [("R", $0), ("depth.Z", $0), ("G", $0)] }) {
      for columns in pool.grid.tileColumns(window.x0..<window.x1) {
        let rect = Rect(
          x0: columns.lowerBound, y0: rows.lowerBound, x1: columns.upperBound, y1: rows.upperBound)
        var lent: [[Float]] = []
        image.withLines(
          Channel(channel), columns: columns, rows: rows, edge: edge, pool: pool
        ) { lines in
          lent = lines.map { line in columns.indices.map { line?[$0 - columns.lowerBound] ?? .nan }
          }
        }
        let whole = image.window(Channel(channel), rect, edge: edge, pool: pool)
        for (row, line) in zip(rows, lent) {
          for x in 0..<columns.count {
            let want = whole.row(row)[x]
            #expect(line[x] == want, "\(edge) \(row)")
          }
        }
      }
    }
  }

  @Test func outsideAndAbsentChannelsAreZero() {
    #expect(image.value("R", x: -6, y: 5) == 0)
    #expect(image.value("R", x: -5, y: 5) == 4995)
    #expect(image.value("depth.Z", x: 0, y: 5) == 0)
    #expect(image.value("G", x: 0, y: 5) == 0)
    #expect(image.window("G", Rect(width: 3, height: 3), edge: .clamp, pool: pool).row(0)[2] == 0)
  }

  @Test func aWindowInsideOneTileIsNotCopied() {
    let image = image
    _ = image.window("R", Rect(x: 1, y: 5, width: 10, height: 10), edge: .black, pool: pool)
    #expect(pool.usage.peakScratch == 0)
  }

  @Test func copiesShareTheirBlocks() {
    let a = image
    let before = pool.usage.live
    var b = a
    b["G"] = b["R"]
    b.spec.add(["G"])
    #expect(pool.usage.live == before)
    #expect(b.channels == ["R", "G", "depth.Z"])
  }
}

@Suite("StableHash") struct StableHashTests {
  @Test func isTheSameForEver() {
    var hasher = StableHasher()
    hasher.combine("bipack")
    hasher.combine(1.5)
    hasher.combine(-7)
    hasher.combine(true)
    let text = hasher.finalize().description
    #expect(text.count == 32)
    #expect(
      text == Self.expected, "a changed hash invalidates every cache: raise StableHasher.version")
  }
  static let expected = "f871a359f41cee503fa5441e17b3f460"

  @Test func boundariesAndZerosMatter() {
    func hash(_ body: (inout StableHasher) -> Void) -> StableHash {
      var h = StableHasher()
      body(&h)
      return h.finalize()
    }
    #expect(
      hash {
        $0.combine("ab")
        $0.combine("c")
      }
        != hash {
          $0.combine("a")
          $0.combine("bc")
        })
    #expect(hash { $0.combine(0.0) } == hash { $0.combine(-0.0) })
    #expect(hash { $0.combine(Double.nan) } == hash { $0.combine(-Double.nan) })
    #expect(
      hash { $0.combine(1) }
        != hash {
          $0.combine(1)
          $0.combine(0)
        })
    let many = Set((0..<100_000).map { i in hash { $0.combine(i) } })
    #expect(many.count == 100_000)
  }
}

@Suite("Channel names") struct ChannelTests {
  @Test func layersAndSlots() {
    #expect(Channel("left.diffuse.R").layer == "left.diffuse")
    #expect(Channel("left.diffuse.R").slot == 0)
    #expect(Channel("R").layer == "")
    #expect(Channel("depth.Z").slot == nil)
    #expect(Channel(layer: "", component: "A") == .alpha)
  }

  @Test func rootColoursComeFirst() {
    var spec = ImageSpec(format: Format(width: 1, height: 1), channels: ["depth.Z", "A"])
    spec.add(["B", "R"])
    #expect(spec.channels == ["R", "B", "A", "depth.Z"])
  }
}

@Suite("StripProgram") struct StripProgramTests {
  struct Add: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = a[i] + b[i] }
    }
  }

  /// A long chain with a reused value needs few registers and gives the right sum.
  @Test func registersAreReused() {
    let pool = BlockPool(grid: TileGrid(log2Size: 5))
    let window = Rect(x0: 3, y0: 2, x1: 60, y1: 40)
    let image = Image(
      spec: ImageSpec(format: Format(window: window), channels: ["R"]), pool: pool,
      pixels: ["R": (0..<window.area).map(Float.init)])
    var steps: [StripProgram.Step] = []
    let source = StripProgram.Value.external(input: 0, channel: "R", clip: window)
    var last = source
    for _ in 0..<50 {
      steps.append(.init(kernel: Add(), inputs: [last, source], outputs: 1, clip: window))
      last = .step(steps.count - 1, output: 0)
    }
    let program = StripProgram(steps: steps, outputs: [last, .constant(4), source])
    let planes = program.run(tileX: 0, tileY: 1, dataWindow: window, inputs: [image], pool: pool)
    guard case .block(let block) = planes[0], case .constant(4) = planes[1] else {
      Issue.record("a computed and a constant plane")
      return
    }
    #expect(block.base[(33 - 32) * 32 + 5] == 51 * Float((33 - 2) * 57 + 2))
    #expect(pool.usage.peakScratch <= 8 * 2048 * 4)
  }
}

@Suite("Edges") struct EdgeTests {
  /// The range of what is seen holds every pixel that is, and begins and ends with one.
  @Test(arguments: EdgeMode.allCases) func whatIsSeenIsKnown(_ edge: EdgeMode) {
    let source = -3..<4
    for low in -30..<30 {
      for count in 1..<25 {
        let seen = low..<low + count
        let pixels = seen.compactMap { edge.source($0, source.lowerBound, source.upperBound) }
        let range = edge.sources(seen, in: source)
        #expect(range.isEmpty == pixels.isEmpty, "\(seen)")
        if let first = pixels.min(), let last = pixels.max() {
          #expect(range == first..<last + 1, "\(seen)")
        }
      }
    }
  }
}
