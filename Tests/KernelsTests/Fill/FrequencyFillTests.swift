import BipackPixels
import CVector
import Dispatch
import Foundation
import Testing

@testable import BipackKernels

@Suite("Frequency fill") struct FrequencyFillTests {
  private let pool = BlockPool()
  private let width = 150
  private let height = 110

  private func image(_ values: [[Float]]) -> Image {
    let spec = ImageSpec(format: Format(width: width, height: height), channels: Channel.rgb)
    return Image(
      spec: spec, pool: pool, pixels: Dictionary(uniqueKeysWithValues: zip(Channel.rgb, values)))
  }

  private func picture(_ value: (Int, Int, Int) -> Double) -> Image {
    image((0..<3).map { c in (0..<width * height).map { Float(value(c, $0 % width, $0 / width)) } })
  }

  private func hole(_ isIn: (Int, Int) -> Bool) -> PixelSet {
    let matte = picture { _, x, y in isIn(x, y) ? 1 : 0 }
    return PixelSet(matte, .red, above: 0.5, in: matte.dataWindow, pool: pool, loops: .serial)
  }

  private func filled(_ picture: Image, _ hole: PixelSet, _ loops: Loops = .serial) -> [[Float]] {
    let fill = FrequencyFill(picture, Channel.rgb, hole: hole, pool: pool, loops: loops)
    return Channel.rgb.indices.map { c in
      let plane = pool.scratch(count: width * height)
      let view = PlaneView(picture.dataWindow, of: plane)
      picture.gather(Channel.rgb[c], edge: .black, into: view)
      fill.fill(c, view, loops: loops)
      return (0..<width * height).map { plane.base[$0] }
    }
  }

  private func wire(_ x: Int, _ y: Int) -> Bool { abs(Double(x) - 20 - Double(y) * 0.9) < 3.2 }
  private func waves(_ c: Int, _ x: Int, _ y: Int) -> Double {
    0.5 + 0.2 * sin(Double(x) * 0.7 + Double(y) * 0.4 + Double(c)) + 0.1 * cos(Double(y) * 0.9)
  }

  @Test func wavesGoOn() {
    let clean = picture(waves)
    let bad = picture { c, x, y in wire(x, y) ? 9 : waves(c, x, y) }
    let made = filled(bad, hole(wire))
    for c in 0..<3 {
      var (squares, count) = (0.0, 0)
      for i in made[c].indices {
        let (x, y) = (i % width, i / width)
        guard wire(x, y) else {
          #expect(made[c][i] == clean.value(Channel.rgb[c], x: x, y: y))
          continue
        }
        squares += pow(Double(made[c][i]) - waves(c, x, y), 2)
        count += 1
      }
      #expect((squares / Double(count)).squareRoot() < 0.03)
    }
  }

  @Test func anEvenPictureStaysEven() {
    let even = picture { c, _, _ in [0.2, 0.7, 3][c] }
    let made = filled(even, hole { x, y in wire(x, y) || x < 9 })
    for c in 0..<3 {
      #expect(made[c].allSatisfy { abs(Double($0) - [0.2, 0.7, 3][c]) < 1e-5 })
    }
  }

  /// One block after the other, in their order, is what the turns give.
  @Test func anyOrderOfTheLoopsGivesTheSameBits() {
    let threads = Loops { count, body in
      DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
    let bad = picture { c, x, y in
      waves(c, x, y) + Double((x &* 31 &+ y &* 17 &+ c) & 63) / 300
    }
    // With a part so thick that its middle sees nothing known.
    let set = hole { x, y in wire(x, y) || abs(x - 100) < 26 && abs(y - 60) < 26 }
    let made = filled(bad, set)
    #expect(filled(bad, set, .backwards) == made)
    #expect(filled(bad, set, threads) == made)
    #expect(made.joined().allSatisfy { $0 > -1 && $0 < 2 })
  }

  @Test func blocksOfATurnAreFarApartAndInOrder() throws {
    let places = (0..<400).map { (x: $0 * 7 % 40, y: $0 * 7 / 40) }
    let grid = try #require(BlockGrid(places))
    let order = places.indices.sorted { ($0 * 37) % 400 < ($1 * 37) % 400 }
    let turns = grid.turns(of: order, reach: 4, .serial)
    #expect(turns.joined().sorted() == Array(places.indices))
    var turn = [Int](repeating: 0, count: places.count)
    for (number, blocks) in turns.enumerated() { for block in blocks { turn[block] = number } }
    for (rank, a) in order.enumerated() {
      for b in order[(rank + 1)...]
      where max(abs(places[a].x - places[b].x), abs(places[a].y - places[b].y)) <= 4 {
        #expect(turn[a] < turn[b])
      }
    }
  }

  @Test func whatIsNoNumberIsNotKnown() {
    let bad = picture { c, x, y in
      wire(x, y) ? 0 : (x + 3 * y) % 29 == 0 ? [.nan, .infinity, 1e30][c] : waves(c, x, y)
    }
    let made = filled(bad, hole(wire))
    for i in made[0].indices where wire(i % width, i / width) {
      for c in 0..<3 { #expect(abs(Double(made[c][i]) - waves(c, i % width, i / width)) < 0.3) }
    }
    // Nothing known anywhere: all stays.
    let all = filled(picture { _, _, _ in 5 }, hole { _, _ in true })
    #expect(all.joined().allSatisfy { $0 == 5 })
  }

  @Test func memoryFollowsTheHole() {
    let spec = ImageSpec(format: Format(width: 1920, height: 1080), channels: Channel.rgb)
    let plane = (0..<1920 * 1080).map { Float($0 % 251) / 251 }
    let wire = (0..<1920 * 1080).map { i -> Float in
      abs(Double(i % 1920) - Double(i / 1920) * 1.77) < 4 ? 1 : 0
    }
    let (picture, matte) = (
      Image(spec: spec, pool: pool, pixels: [.red: plane, .green: plane, .blue: plane]),
      Image(spec: spec, pool: pool, pixels: [.red: wire])
    )
    let set = PixelSet(
      matte, .red, above: 0.5, in: matte.dataWindow, pool: pool, loops: .serial)
    let own = BlockPool()
    _ = FrequencyFill(picture, Channel.rgb, hole: set, pool: own, loops: .serial)
    #expect(own.usage.peakScratch < 20 << 20)
  }

  /// The formula in doubles, by the letter.
  @Test func aBlockIsTheFormula() {
    let size = Int(BP_FSR_WINDOW)
    var settings = bp_fsr_settings(decay: 0.7, share: 0.5, per_deviation: 200, least: 9, most: 60)
    let tables = UnsafeMutablePointer<bp_fsr_tables>.allocate(capacity: 1)
    defer { tables.deallocate() }
    bp_fsr_prepare(tables, &settings)
    var seed: UInt64 = 7
    func random() -> Float {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(seed >> 40) / Float(1 << 24)
    }
    var planes = [Float](repeating: 0, count: 3 * size * size)
    var trust = [Float](repeating: 0, count: size * size)
    for i in trust.indices {
      let (x, y) = (i % size, i / size)
      trust[i] = abs(x - y) < 3 ? 0 : x > 27 ? 0.5 : 1
      for c in 0..<3 where trust[i] > 0 {
        planes[c * size * size + i] = Float(waves(c, x, y)) + 0.05 * random()
      }
    }
    var made = [Float](repeating: 0, count: 48)
    #expect(bp_fsr_block(&made, planes, trust, tables) == 1)
    let truth = FrequencyReference(size: size, settings: settings).block(planes, trust)
    for (value, expected) in zip(made, truth) { #expect(abs(Double(value) - expected) < 1e-4) }
  }
}

/// Frequency selective reconstruction as its papers say it, without any thought of time.
private struct FrequencyReference {
  let size: Int
  let settings: bp_fsr_settings

  private struct Complex {
    var re = 0.0
    var im = 0.0
  }

  private func spectrum(_ plane: [Double]) -> [Complex] {
    /// Along one direction of `size` numbers that lie `step` apart.
    func line(_ values: [Complex], _ first: Int, _ step: Int, _ k: Int) -> Complex {
      var sum = Complex()
      for i in 0..<size {
        let turn = -2 * Double.pi * Double(k * i % size) / Double(size)
        let (v, c, s) = (values[first + i * step], cos(turn), sin(turn))
        sum.re += v.re * c - v.im * s
        sum.im += v.re * s + v.im * c
      }
      return sum
    }
    let start = plane.map { Complex(re: $0) }
    let rows = (0..<size * size).map { line(start, $0 / size * size, 1, $0 % size) }
    return (0..<size * size).map { line(rows, $0 % size, size, $0 / size) }
  }

  func block(_ planes: [Float], _ trust: [Float]) -> [Double] {
    let (count, half) = (size * size, size / 2)
    let weights = (0..<count).map { i -> Double in
      let far = hypot(Double(i % size) - 15.5, Double(i / size) - 15.5)
      return Double(trust[i]) * pow(Double(settings.decay), far)
    }
    let all = weights.reduce(0, +)
    let values = (0..<3).map { c in planes[(c * count)..<(c + 1) * count].map(Double.init) }
    let means = values.map { plane in zip(plane, weights).reduce(0) { $0 + $1.0 * $1.1 } / all }
    let known = trust.indices.filter { trust[$0] == 1 }
    let variance = values.reduce(0.0) { sum, plane in
      let mean = known.reduce(0) { $0 + plane[$1] } / Double(known.count)
      return sum + known.reduce(0) { $0 + pow(plane[$1] - mean, 2) } / Double(known.count)
    }
    let wanted = Int(Double(settings.per_deviation) * (variance / 3).squareRoot())
    let most = min(max(wanted, Int(settings.least)), Int(settings.most))
    var left = (0..<3).map { c in
      spectrum((0..<count).map { (values[c][$0] - means[c]) * weights[$0] })
    }
    let whole = spectrum(weights)
    var made = (0..<3).map { c in [Double](repeating: means[c], count: 16) }
    var taken = 0
    while taken < most {
      var (best, power) = (0, -1.0)
      for u in 0...half {
        for v in 0..<size {
          let share =
            1 - hypot(Double(u), Double(min(v, size - v))) * 2.0.squareRoot() / Double(size)
          let own = (0..<3).reduce(0.0) {
            $0 + pow(left[$1][u * size + v].re, 2) + pow(left[$1][u * size + v].im, 2)
          }
          if own * share * share > power { (best, power) = (u * size + v, own * share * share) }
        }
      }
      let (u, v) = (best / size, best % size)
      let isAlone = u % half == 0 && v % half == 0
      for c in 0..<3 {
        let scale = Double(settings.share) / all
        let p = Complex(re: scale * left[c][best].re, im: isAlone ? 0 : scale * left[c][best].im)
        for i in 0..<16 {
          let (x, y) = (half - 2 + i % 4, half - 2 + i / 4)
          let turn = 2 * Double.pi * Double(u * y + v * x) / Double(size)
          made[c][i] += (isAlone ? 1 : 2) * (p.re * cos(turn) - p.im * sin(turn))
        }
        for k in 0..<size {
          for l in 0..<size {
            func weight(_ k: Int, _ l: Int) -> Complex {
              whole[(k + size) % size * size + (l + size) % size]
            }
            let (a, b) = (weight(k - u, l - v), weight(k + u, l + v))
            let at = k * size + l
            left[c][at].re -= p.re * a.re - p.im * a.im + (isAlone ? 0 : p.re * b.re + p.im * b.im)
            left[c][at].im -= p.re * a.im + p.im * a.re + (isAlone ? 0 : p.re * b.im - p.im * b.re)
          }
        }
      }
      taken += isAlone ? 1 : 2
    }
    return made.flatMap { $0 }
  }
}
