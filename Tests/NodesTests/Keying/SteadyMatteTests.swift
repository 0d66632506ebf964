import Bipack
import Testing

@testable import BipackNodes

@Suite struct SteadyMatteTests {
  /// A disc with a soft edge and a pattern of its own before another pattern, moving, under grain.
  private struct Clip {
    static let size = (width: 150, height: 120)
    /// Pixels to the right from frame to frame.
    var speed = 0.0
    var grain = 0.06

    private func distance(_ frame: Int, _ x: Int, _ y: Int) -> Double {
      let (dx, dy) = (Double(x) - 60 - speed * Double(frame), Double(y) - 60)
      return (dx * dx + dy * dy).squareRoot()
    }

    func alpha(_ frame: Int) -> [Float] {
      Self.pixels { Float(min(max((36 - distance(frame, $0, $1)) / 9, 0), 1)) }
    }

    func trimap(_ frame: Int) -> [Float] {
      Self.pixels {
        let far = distance(frame, $0, $1)
        return far < 24 ? 1 : far > 42 ? 0 : 0.5
      }
    }

    func picture(_ frame: Int) -> [Channel: [Float]] {
      var dice = Dice(seed: UInt64(frame + 40))
      let alphas = alpha(frame)
      var result: [Channel: [Float]] = [.red: [], .green: [], .blue: []]
      for i in alphas.indices {
        let (x, y, a) = (
          Double(i % Self.size.width), Double(i / Self.size.width), Double(alphas[i])
        )
        let own = x - speed * Double(frame)
        let shade = 1 + 0.3 * (0.8 * own).sine * (0.5 * y + 0.3 * own).sine
        let wall = 1 + 0.4 * (0.45 * x + 0.2 * y).sine * (0.6 * y).sine
        let (front, back) = ([0.7, 0.45, 0.2], [0.06, 0.15, 0.3])
        for (c, channel) in Channel.rgb.enumerated() {
          let light = a * shade * front[c] + (1 - a) * wall * back[c]
          let noise = dice.unit() + dice.unit() + dice.unit() - 1.5
          result[channel]?.append(Float(light + grain * light.squareRoot() * noise))
        }
      }
      return result
    }

    static func pixels(_ value: (Int, Int) -> Float) -> [Float] {
      (0..<size.width * size.height).map { value($0 % size.width, $0 / size.width) }
    }

    static func image(_ pixels: [Channel: [Float]]) -> Image {
      Pictures.make(width: size.width, height: size.height, pixels)
    }
  }

  /// Matting with the frames around given one by one: source, trimap, no plate, then pairs.
  private struct GivenFrames: CompositeOperator {
    let matting: Matting

    func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
      -> Expansion.Ref
    {
      graph.add(matting, context.inputs.indices.map { .input($0) })
    }
  }

  private func pair(_ clip: Clip, _ frame: Int) -> [Image?] {
    [Clip.image(clip.picture(frame)), Clip.image([.alpha: clip.trimap(frame)])]
  }

  private func matte(
    _ clip: Clip, _ frame: Int, around: [Image?] = [], motion: Double = 24,
    method: Matting.Method = .laplacian
  ) async throws -> [Float] {
    var node = Matting()
    (node.view, node.method, node.motion) = (.matte, method, motion)
    return try await run(GivenFrames(matting: node), pair(clip, frame) + [nil] + around).values(
      .alpha)
  }

  private func around(_ clip: Clip, _ frame: Int) -> [Image?] {
    [-2, -1, 1, 2].flatMap { pair(clip, frame + $0) }
  }

  private func square(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / Double(a.count)
  }

  private struct Errors {
    /// Mean squares: of what alpha is off, and of what it changes beyond the truth.
    var off = 0.0
    var change = 0.0
  }

  private func errors(
    _ clip: Clip, _ motion: Double?, _ method: Matting.Method = .laplacian
  ) async throws -> Errors {
    var off: [[Float]] = []
    for frame in [3, 4] {
      let around = motion == nil ? [] : around(clip, frame)
      let found = try await matte(
        clip, frame, around: around, motion: motion ?? 0, method: method)
      off.append(zip(found, clip.alpha(frame)).map { $0 - $1 })
    }
    let none = [Float](repeating: 0, count: off[0].count)
    return Errors(off: square(off[0], none), change: square(off[0], off[1]))
  }

  @Test(arguments: [Matting.Method.laplacian, .guided])
  func anotherGrainOnWhatStandsStill(method: Matting.Method) async throws {
    let clip = Clip()
    let alone = try await errors(clip, nil, method)
    for motion in [0.0, 24] {
      let steady = try await errors(clip, motion, method)
      #expect(steady.off < 0.9 * alone.off, "\(steady.off / alone.off)")
      #expect(steady.change < 0.5 * alone.change, "\(steady.change / alone.change)")
    }
  }

  /// What moves is found again; where it is not looked for it is left out rather than smeared.
  @Test(arguments: [5, 5.4]) func fivePixelsAFrame(speed: Double) async throws {
    let clip = Clip(speed: speed)
    let alone = try await errors(clip, nil)
    let steady = try await errors(clip, 24)
    #expect(steady.off < 0.95 * alone.off, "\(steady.off / alone.off)")
    #expect(steady.change < 0.7 * alone.change, "\(steady.change / alone.change)")
    let fixed = try await errors(clip, 0)
    #expect(fixed.off < 1.1 * alone.off, "\(fixed.off / alone.off)")
    #expect(steady.change < 0.8 * fixed.change, "\(steady.change / fixed.change)")
  }

  @Test func framesThatAreMissingAreLeftOut() async throws {
    let clip = Clip()
    let alone = try await matte(clip, 3)
    let empty = Pictures.make(width: 0, height: 0, [.red: [], .green: [], .blue: []])
    let level = Clip.image([.alpha: clip.trimap(3)])
    #expect(try await matte(clip, 3, around: [nil, nil, empty, level, nil, level]) == alone)
    // Beside one that is there.
    let next = pair(clip, 4)
    let one = try await matte(clip, 3, around: next)
    #expect(try await matte(clip, 3, around: [empty, level] + next) == one)
    #expect(one != alone)
    // A frame held beyond the end of its sequence is the same once more.
    let held = try await matte(clip, 3, around: pair(clip, 3))
    #expect(zip(held, alone).allSatisfy { abs($0 - $1) < 1e-6 })
    // Nothing alike is no part of it.
    let black = Clip.image(
      [.red: [], .green: [], .blue: []].mapValues { _ in alone.map { _ in 50 } })
    let other = try await matte(clip, 3, around: [black, level])
    #expect(zip(other, alone).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func asksForNoFramesButThoseItNeeds() {
    func frames(_ range: Int, at frame: Double, of frames: ClosedRange<Int> = 1001...1010)
      -> [[Double]]
    {
      var matting = Matting()
      matting.range = range
      let node = NodeDeclaration.of(Matting.self).bound(matting, inputs: 3)
      let asked = node.inputFrames(
        FrameContext(frame: frame, frames: frames, fps: 24, connected: [true, true, false]))
      #expect(asked.prefix(3) == (0..<3).map { InputFrame(slot: $0, frame: frame) }[...])
      let others = asked.dropFirst(3)
      return (0..<3).map { slot in others.filter { $0.slot == slot }.map { $0.frame } }
    }
    #expect(frames(0, at: 1005) == [[], [], []])
    #expect(frames(1, at: 1005) == [[1004, 1006], [1004, 1006], []])
    #expect(frames(2, at: 1001)[0] == [1002, 1003])
    #expect(frames(2, at: 1009)[1] == [1007, 1008, 1010])
    // Outside the document's range, or where it says no range, there is no end to keep to.
    #expect(frames(1, at: 1020)[0] == [1019, 1021])
    #expect(frames(1, at: 7, of: 7...7)[0] == [6, 8])
  }

  @Test func whatIsKnownIsKeptAndBadPixelsStayNear() async throws {
    let clip = Clip()
    let bad = [60 * 150 + 88, 30 * 150 + 50, 61 * 150 + 25]
    func spoiled(_ frame: Int) -> Image {
      var picture = clip.picture(frame)
      for i in bad {
        for channel in Channel.rgb { picture[channel]?[i] = i % 2 == 0 ? .nan : .infinity }
      }
      return Clip.image(picture)
    }
    let good = try await matte(clip, 3, around: around(clip, 3))
    let level = Clip.image([.alpha: clip.trimap(4)])
    let around = [spoiled(2), level, spoiled(4), level]
    var node = Matting()
    node.view = .matte
    let own: [Image?] = [spoiled(3), Clip.image([.alpha: clip.trimap(3)]), nil]
    let found = try await run(GivenFrames(matting: node), own + around).values(.alpha)
    let trimap = clip.trimap(3)
    for i in found.indices {
      if trimap[i] != 0.5 {
        #expect(found[i] == trimap[i])
        continue
      }
      let isNear = bad.contains { abs($0 % 150 - i % 150) < 8 && abs($0 / 150 - i / 150) < 8 }
      #expect(found[i] >= 0 && found[i] <= 1 && (isNear || abs(found[i] - good[i]) < 0.25))
    }
  }

  // The part by itself: mattes that are given.

  /// A picture of no regularity, and the same moved.
  private func pattern(_ seed: UInt64, x: Int, y: Int, _ window: Rect) -> [Channel: [Float]] {
    var result: [Channel: [Float]] = [:]
    for (c, channel) in (Channel.rgb + [.alpha]).enumerated() {
      result[channel] = (0..<window.area).map { i in
        let (px, py) = (window.x0 + i % window.width - x, window.y0 + i / window.width - y)
        // Of two sizes, so that the halved pictures have something too.
        func value(_ x: Int, _ y: Int, _ salt: Int) -> Double {
          var dice = Dice(
            seed: seed &+ UInt64(bitPattern: Int64(x &* 7919 &+ y &* 104_729 &+ salt)))
          _ = dice.word()
          return dice.unit()
        }
        return Float(0.3 * value(px, py, c) + 0.7 * value(px >> 3, py >> 3, c + 9))
      }
    }
    return result
  }

  private let window = Rect(x0: -11, y0: 5, x1: 139, y1: 122)

  private func image(_ pixels: [Channel: [Float]]) -> Image {
    Pictures.make(
      width: window.width, height: window.height, at: (window.x0, window.y0), pixels)
  }

  /// Matte, picture, trimap, and another frame in which all has moved.
  private func moved(x: Int, y: Int) -> [Image?] {
    let (here, there) = (pattern(3, x: 0, y: 0, window), pattern(3, x: x, y: y, window))
    let matte = here[.alpha]?.map { _ in Float(0.25) } ?? []
    let trimap = matte.indices.map { Float($0 % 5 == 4 ? 0 : 0.5) }
    return [
      image([.alpha: matte]), image(here), image([.alpha: trimap]), image(there), image(there),
    ]
  }

  @Test(arguments: [(0, 0), (3, -2), (-6, 5), (13, 9), (-24, 20)])
  func whatHasMovedIsFound(x: Int, y: Int) async throws {
    let inputs = moved(x: x, y: y)
    let part = SteadyMattePart(motion: Double(max(abs(x), abs(y))), known: .alpha)
    let found = try await run(part, inputs).values(.alpha)
    let alpha = inputs[1]?.values(.alpha) ?? []
    var wrong = 0
    for (i, value) in found.enumerated() {
      let (px, py) = (window.x0 + i % window.width, window.y0 + i / window.width)
      if i % 5 == 4 {
        #expect(value == 0.25)
      } else if window.contains(x: px + x, y: py + y) {
        // Where nothing differs there is no step between pixels.
        if abs(value - (0.25 + alpha[i]) / 2) > 1e-5 { wrong += 1 }
      }
    }
    #expect(Double(wrong) < 0.06 * Double(found.count), "\(wrong) of \(found.count)")
  }

  /// A part of the frame without a trimap, made alone, is what it is in the whole.
  @Test func whereThereIsNoTrimapTheMatteStays() async throws {
    var inputs = moved(x: 1, y: 1)
    inputs[2] = Pictures.make(
      width: 20, height: 20, at: (0, 10), [.alpha: [Float](repeating: 0.5, count: 400)])
    let below = Rect(x0: 0, y0: 64, x1: 100, y1: 120)
    let renderer = Renderer(RenderOptions(threads: 1, grid: TileGrid(log2Size: 4)))
    let image = try await renderer.run(
      SteadyMattePart(motion: 2, known: .alpha), inputs: inputs, region: below)
    let values = image.pixels(.alpha, in: below, pool: renderer.pool)
    #expect(values.allSatisfy { $0 == 0.25 })
  }

  /// Against the definition, by way of all steps.
  @Test func isWhatItSays() async throws {
    let reach = 3
    let here = pattern(5, x: 0, y: 0, window)
    var there = pattern(5, x: 1, y: -2, window)
    var dice = Dice(seed: 8)
    for channel in Channel.rgb {
      there[channel] = there[channel]?.map { $0 + 0.2 * Float(dice.unit()) }
    }
    let own = [Float](repeating: 0.5, count: window.area)
    let inputs: [Image?] = [
      image([.alpha: own]), image(here), image([.alpha: own]), image(there), image(there),
    ]
    let found = try await run(SteadyMattePart(motion: Double(reach), known: .alpha), inputs)
      .values(.alpha)
    func code(_ pixels: [Channel: [Float]], _ channel: Channel, _ x: Int, _ y: Int) -> Double {
      let (cx, cy) = (min(max(x, 0), window.width - 1), min(max(y, 0), window.height - 1))
      return (Double(pixels[channel]?[cy * window.width + cx] ?? 0) + 0.02).squareRoot()
    }
    func difference(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int) -> Double? {
      guard (0..<window.width).contains(x + dx), (0..<window.height).contains(y + dy) else {
        return nil
      }
      var sum = 0.0
      for channel in Channel.rgb {
        for v in -2...2 {
          for u in -2...2 {
            let d = code(here, channel, x + u, y + v) - code(there, channel, x + dx + u, y + dy + v)
            sum += d * d
          }
        }
      }
      return sum
    }
    /// Least squares of what is left when the other picture goes on linearly.
    func between(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int) -> (x: Double, y: Double, rest: Double) {
      var (xx, xy, yy, ox, oy, oo) = (0.001, 0.0, 0.001, 0.0, 0.0, 0.0)
      for channel in Channel.rgb {
        for v in -2...2 {
          for u in -2...2 {
            let (px, py) = (x + dx + u, y + dy + v)
            let off = code(here, channel, x + u, y + v) - code(there, channel, px, py)
            let gx = (code(there, channel, px + 1, py) - code(there, channel, px - 1, py)) / 2
            let gy = (code(there, channel, px, py + 1) - code(there, channel, px, py - 1)) / 2
            (xx, xy, yy) = (xx + gx * gx, xy + gx * gy, yy + gy * gy)
            (ox, oy, oo) = (ox + off * gx, oy + off * gy, oo + off * off)
          }
        }
      }
      let determinant = xx * yy - xy * xy
      let fx = min(max((ox * yy - oy * xy) / determinant, -0.5), 0.5)
      let fy = min(max((oy * xx - ox * xy) / determinant, -0.5), 0.5)
      let squares = fx * fx * (xx - 0.001) + 2 * fx * fy * xy + fy * fy * (yy - 0.001)
      return (fx, fy, max(oo - 2 * (fx * ox + fy * oy) + squares, 0))
    }
    func variation(_ x: Int, _ y: Int) -> Double {
      Channel.rgb.reduce(0) { sum, channel in
        let values = (0..<25).map { code(here, channel, x + $0 % 5 - 2, y + $0 / 5 - 2) }
        let mean = values.reduce(0, +) / 25
        return sum + values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      }
    }
    func matte(_ x: Int, _ y: Int) -> Double {
      let (cx, cy) = (min(max(x, 0), window.width - 1), min(max(y, 0), window.height - 1))
      return Double(there[.alpha]?[cy * window.width + cx] ?? 0)
    }
    for (x, y) in [(0, 0), (1, 2), (40, 50), (77, 3), (149, 116), (120, 80), (16, 31), (149, 60)] {
      var best = (x: 0, y: 0, value: Double.infinity)
      for dy in -reach...reach {
        for dx in -reach...reach {
          if let value = difference(x, y, dx, dy), value < best.value { best = (dx, dy, value) }
        }
      }
      let step = between(x, y, best.x, best.y)
      let most = 25 * 0.002 + 0.6 * variation(x, y)
      let share = most / (most + step.rest)
      let weight = share * share * share * share
      let (px, py) = (Double(x + best.x) + step.x, Double(y + best.y) + step.y)
      let (fx, fy) = (px - px.rounded(.down), py - py.rounded(.down))
      let (left, up) = (Int(px.rounded(.down)), Int(py.rounded(.down)))
      let value =
        (1 - fy) * ((1 - fx) * matte(left, up) + fx * matte(left + 1, up))
        + fy * ((1 - fx) * matte(left, up + 1) + fx * matte(left + 1, up + 1))
      let expected = (0.5 + weight * value) / (1 + weight)
      #expect(abs(Double(found[y * window.width + x]) - expected) < 1e-4, "\(x) \(y)")
    }
  }

  /// Sizes are halved on a grid of the picture's own.
  @Test func anyPartOfItIsTheSame() async throws {
    let inputs = moved(x: 17, y: -9)
    let part = SteadyMattePart(motion: 40, known: .alpha)
    let whole = try await run(part, inputs)
    var dice = Dice(seed: 2)
    for log2Size in [4, 5, 6] {
      let renderer = Renderer(
        RenderOptions(threads: 3, grid: TileGrid(log2Size: log2Size), isCaching: false))
      let given = moved(x: 17, y: -9, renderer.pool)
      for _ in 0..<4 {
        let region = Rect(
          x: window.x0 + dice.below(100), y: window.y0 + dice.below(80), width: 1 + dice.below(50),
          height: 1 + dice.below(37))
        let some = try await renderer.run(part, inputs: given, region: region)
        #expect(
          some.pixels(.alpha, in: region, pool: renderer.pool)
            == whole.pixels(.alpha, in: region, pool: Pictures.renderer.pool))
      }
    }
  }

  private func moved(x: Int, y: Int, _ pool: BlockPool) -> [Image?] {
    moved(x: x, y: y).map { image in
      image.map { image in
        var pixels: [Channel: [Float]] = [:]
        for channel in image.channels { pixels[channel] = image.values(channel) }
        return Image(spec: image.spec, pool: pool, pixels: pixels)
      }
    }
  }
}

extension Double {
  /// A wave of period 4, between -1 and 1, without libm.
  fileprivate var sine: Double {
    let turn = self / 4 - (self / 4).rounded()
    return 4 * (turn.magnitude < 0.25 ? turn : (turn < 0 ? -0.5 - turn : 0.5 - turn))
  }
}
