// swift-format-ignore-file: AlwaysUseLowerCamelCase
// A and B are pictures, a and b their alphas.

import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

/// The formulas once more, in double precision and written independently of the kernels.
private func reference(_ op: MergeOperation, _ A: Double, _ B: Double, _ a: Double, _ b: Double)
  -> Double
{
  func screen(_ x: Double, _ y: Double) -> Double {
    x <= 1 || y <= 1 ? x + y - x * y : Swift.max(x, y)
  }
  func multiply(_ x: Double, _ y: Double) -> Double { x < 0 && y < 0 ? x : x * y }
  func hard(_ x: Double, _ y: Double) -> Double {
    2 * x < 1 ? multiply(2 * x, y) : screen(2 * x - 1, y)
  }
  switch op {
  case .atop: return A * b + B * (1 - a)
  case .average: return (A + B) / 2
  case .colorBurn: return A <= 0 ? A : 1 - Swift.min(1, (1 - B) / A)
  case .colorDodge: return A >= 1 ? A : Swift.min(1, B / (1 - A))
  case .conjointOver: return a > b ? A : b <= 0 ? A + B : A + B * (1 - a / b)
  case .copy: return A
  case .difference: return abs(A - B)
  case .disjointOver:
    return a >= 1 ? A : a + b < 1 ? A + B : b <= 0 ? A + B * (1 - a) : A + B * (1 - a) / b
  case .divide: return (A < 0 && B < 0) || B == 0 ? 0 : A / B
  case .exclusion: return A + B - 2 * A * B
  case .freeze: return B <= 0 ? 0 : Swift.max(0, 1 - sqrt(Swift.max(0, 1 - A)) / B)
  case .from: return B - A
  case .geometric: return A + B == 0 ? 0 : 2 * A * B / (A + B)
  case .grainExtract: return B - A + 0.5
  case .grainMerge: return B + A - 0.5
  case .hardLight: return hard(A, B)
  case .hypot: return (A * A + B * B).squareRoot()
  case .in: return A * b
  case .mask: return B * a
  case .matte: return A * a + B * (1 - a)
  case .max: return Swift.max(A, B)
  case .min: return Swift.min(A, B)
  case .minus: return A - B
  case .multiply: return multiply(A, B)
  case .out: return A * (1 - b)
  case .over: return A + B * (1 - a)
  case .overlay: return hard(B, A)
  case .pinlight: return A >= 0.5 ? Swift.max(B, 2 * (A - 0.5)) : Swift.min(B, 2 * A)
  case .plus: return A + B
  case .reflect: return B >= 1 ? 1 : Swift.min(1, A * A / (1 - B))
  case .screen: return screen(A, B)
  case .softLight:
    if 2 * A <= 1 { return B - (1 - 2 * A) * B * (1 - B) }
    if 4 * B <= 1 { return B + (2 * A - 1) * (4 * B * (4 * B + 1) * (B - 1) + 7 * B) }
    return B + (2 * A - 1) * (sqrt(B) - B)
  case .softLightNuke: return A * B < 1 ? B * (2 * A + B * (1 - A * B)) : 2 * A * B
  case .stencil: return B * (1 - a)
  case .under: return A * (1 - b) + B
  case .xor: return A * (1 - b) + B * (1 - a)
  case .hue, .saturation, .color, .luminosity: return .nan
  }
}

/// Every combination of difficult colours and alphas, as two pictures of one row.
private struct Combinations {
  var A: [Float] = []
  var B: [Float] = []
  var a: [Float] = []
  var b: [Float] = []

  init() {
    for x in difficult {
      for y in difficult {
        for s in [0, 0.3, 0.7, 1, 1.2] as [Float] {
          for t in [0, 0.3, 0.7, 1, 1.2] as [Float] {
            A.append(x)
            B.append(y)
            a.append(s)
            b.append(t)
          }
        }
      }
    }
  }

  func merged(_ operation: MergeOperation, masked: Bool = false) async throws -> Image {
    var merge = Merge()
    merge.operation = operation
    merge.alphaMasking = masked
    return try await run(merge, [Pictures.row(B, alpha: b), Pictures.row(A, alpha: a)])
  }
}

@Suite("Merge") struct MergeTests {
  @Test(
    arguments: MergeOperation.allCases.filter {
      ![.hue, .saturation, .color, .luminosity].contains($0)
    })
  func followsItsFormula(_ operation: MergeOperation) async throws {
    let all = Combinations()
    let image = try await all.merged(operation)
    let (red, alpha) = (image.values(.red), image.values(.alpha))
    for i in all.A.indices {
      let (A, B, a, b) = (
        Double(all.A[i]), Double(all.B[i]), Double(all.a[i]), Double(all.b[i])
      )
      let color = reference(operation, A, B, a, b)
      let tolerance = 2e-6 * max(1, abs(A), abs(B))
      #expect(agree(red[i], color, tolerance), "\(operation) \(A) \(B) \(a) \(b)")
      let expected =
        operation == .matte ? a + b - a * b : reference(operation, a, b, a, b)
      #expect(agree(alpha[i], expected, 2e-6), "\(operation) alpha \(a) \(b)")
    }
  }

  /// What is not connected is black and transparent, also where it leads through every operation.
  @Test(arguments: MergeOperation.allCases)
  func anInputThatIsNotConnectedIsBlack(_ operation: MergeOperation) async throws {
    let all = Combinations()
    let nothing = Pictures.row(all.A.map { _ in 0 }, alpha: all.A.map { _ in 0 })
    let picture = Pictures.row(all.B, alpha: all.b)
    var merge = Merge()
    merge.operation = operation
    let noA = try await run(merge, [nothing, picture])
    let noB = try await run(merge, [picture, nothing])
    for (inputs, expected) in [
      ([nil, picture], noA), ([picture], noB), ([picture, nil], noB),
    ] {
      let image = try await run(merge, inputs, format: Format(width: 7, height: 7))
      #expect(image.spec == expected.spec)
      for channel in Channel.rgba {
        let isSame = zip(image.values(channel), expected.values(channel)).allSatisfy {
          $0 == $1 || ($0.isNaN && $1.isNaN)
        }
        #expect(isSame, "\(operation) \(channel)")
      }
    }
  }

  @Test func aMergeOfOnePictureChecksAndKeepsItsShape() async throws {
    let text = """
      {"bipack": 1, "format": {"width": 30, "height": 20}, "nodes": {
        "c": {"type": "Constant", "color": 0.5, "format": "8x6"},
        "onlyA": {"type": "Merge", "a": "c"}, "onlyB": {"type": "Merge", "b": "c"},
        "all": {"type": "Merge", "b": "c", "operation": "multiply"},
        "none": {"type": "Merge", "a": []}}}
      """
    let result = Comp.check(text: text, registry: Registry(Catalog.nodes))
    #expect(result.diagnostics.map(\.message) == [])
    let comp = try #require(result.comp)
    func image(_ name: String) async throws -> Image {
      try await Pictures.renderer.image(comp, node: try #require(comp.id(of: name)), frame: 1)
    }
    for name in ["onlyA", "onlyB"] {
      let image = try await image(name)
      #expect(image.format == Format(width: 8, height: 6))
      #expect(image.dataWindow == image.format.window)
      #expect(image.values(.red) == [Float](repeating: 0.5, count: 48))
    }
    let multiplied = try await image("all")
    #expect(multiplied.values(.red) == [Float](repeating: 0, count: 48))
    let none = try await image("none")
    #expect(none.dataWindow.isEmpty)
    #expect(none.format == Format(width: 30, height: 20))
  }

  @Test func operationsHaveNukesNames() {
    let names = Set(MergeOperation.allCases.map(\.rawValue))
    for name in [
      "atop", "average", "color-burn", "color-dodge", "conjoint-over", "copy", "difference",
      "disjoint-over", "divide", "exclusion", "from", "geometric", "hard-light", "hypot", "in",
      "mask", "matte", "max", "min", "minus", "multiply", "out", "over", "overlay", "plus",
      "screen", "soft-light", "stencil", "under", "xor",
    ] {
      #expect(names.contains(name))
    }
  }

  @Test func alphaMaskingKeepsEachPictureWhereItIsAlone() async throws {
    let all = Combinations()
    for operation in MergeOperation.allCases where operation.isMaskable {
      let image = try await all.merged(operation, masked: true)
      let (red, alpha) = (image.values(.red), image.values(.alpha))
      for i in all.A.indices {
        let (A, B, a, b) = (
          Double(all.A[i]), Double(all.B[i]), Double(all.a[i]), Double(all.b[i])
        )
        #expect(agree(alpha[i], a + b - a * b, 2e-6))
        let alone = A * (1 - b) + B * (1 - a)
        let both = a * b == 0 ? 0 : a * b * reference(operation, A / a, B / b, 1, 1)
        // Divisions nearly cancel for some modes: the tolerance is that of their largest term.
        let size = max(1, abs(A), abs(B)) * max(1, abs(A), abs(B)) * 20
        #expect(agree(red[i], alone + both, 2e-6 * size), "\(operation) \(A) \(B) \(a) \(b)")
      }
    }
  }

  @Test func alphaMaskingDoesNotTouchOver() async throws {
    let all = Combinations()
    for operation in [MergeOperation.over, .screen, .in, .disjointOver, .copy] {
      let plain = try await all.merged(operation)
      let masked = try await all.merged(operation, masked: true)
      for channel in Channel.rgba { #expect(plain.values(channel) == masked.values(channel)) }
    }
  }

  /// ISO 32000-1, 11.3.5.3, in double precision on opaque colours.
  @Test func hueModesExchangeHueSaturationAndLuminosity() async throws {
    func lum(_ c: [Double]) -> Double { 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2] }
    func clip(_ c: [Double]) -> [Double] {
      let (l, n, x) = (lum(c), c.min() ?? 0, c.max() ?? 0)
      var c = c
      if n < 0 { c = c.map { l + ($0 - l) * l / (l - n) } }
      if x > 1 { c = c.map { l + ($0 - l) * (1 - l) / (x - l) } }
      return c
    }
    func setLum(_ c: [Double], _ l: Double) -> [Double] {
      let d = l - lum(c)
      return clip(c.map { $0 + d })
    }
    func sat(_ c: [Double]) -> Double { (c.max() ?? 0) - (c.min() ?? 0) }
    func setSat(_ c: [Double], _ s: Double) -> [Double] {
      let (low, range) = (c.min() ?? 0, sat(c))
      return range == 0 ? [0, 0, 0] : c.map { ($0 - low) * s / range }
    }
    let colors: [[Double]] = [
      [0.8, 0.3, 0.1], [0.1, 0.5, 0.9], [0.4, 0.4, 0.4], [1, 0, 0], [0, 1, 1], [0, 0, 0],
      [1, 1, 1], [0.2, 0.9, 0.3],
    ]
    var (As, Bs): ([[Double]], [[Double]]) = ([], [])
    for A in colors {
      for B in colors {
        As.append(A)
        Bs.append(B)
      }
    }
    func picture(_ colors: [[Double]], _ alpha: Float) -> Image {
      var planes: [Channel: [Float]] = [.alpha: colors.map { _ in alpha }]
      for (slot, channel) in Channel.rgb.enumerated() {
        planes[channel] = colors.map { Float($0[slot]) * alpha }
      }
      return Pictures.make(width: colors.count, planes)
    }
    for operation in [MergeOperation.hue, .saturation, .color, .luminosity] {
      for (a, b) in [(1, 1), (0.5, 1), (0.25, 0.5), (0, 1), (1, 0)] as [(Float, Float)] {
        var merge = Merge()
        merge.operation = operation
        let image = try await run(merge, [picture(Bs, b), picture(As, a)])
        for (slot, channel) in Channel.rgb.enumerated() {
          let values = image.values(channel)
          for i in As.indices {
            let (A, B) = (As[i], Bs[i])
            let blended =
              switch operation {
              case .hue: setLum(setSat(A, sat(B)), lum(B))
              case .saturation: setLum(setSat(B, sat(A)), lum(B))
              case .color: setLum(A, lum(B))
              default: setLum(B, lum(A))
              }
            let (s, d) = (Double(a), Double(b))
            let expected =
              (1 - s) * B[slot] * d + (1 - d) * A[slot] * s + s * d * blended[slot]
            #expect(agree(values[i], expected, 4e-6), "\(operation) \(A) \(B) \(a) \(b)")
          }
        }
        #expect(agree(image.values(.alpha)[0], Double(a + b - a * b)))
      }
    }
  }

  @Test func aNaNStaysInItsPixel() async throws {
    let B: [Float] = [0.5, .nan, 0.5, .infinity, 0.5]
    let A: [Float] = [0.25, 0.25, .nan, 0.25, 0.25]
    for operation in MergeOperation.allCases {
      var merge = Merge()
      merge.operation = operation
      let clean = try await run(merge, [Pictures.row([0.5]), Pictures.row([0.25])]).values(.red)
      let image = try await run(merge, [Pictures.row(B), Pictures.row(A)]).values(.red)
      #expect(image[0] == clean[0] && image[4] == clean[0], "\(operation)")
    }
  }

  @Test func severalPicturesAreLaidOneAfterAnother() async throws {
    let b = Pictures.row([1, 1], alpha: [1, 0])
    let first = Pictures.row([0.5, 0.5], alpha: [0.5, 0.5])
    let second = Pictures.row([0.125, 0.125], alpha: [0.25, 0.25])
    let merged = try await run(Merge(), [b, first, second])
    let one = try await run(Merge(), [b, first])
    let two = try await run(Merge(), [one, second])
    for channel in Channel.rgba { #expect(merged.values(channel) == two.values(channel)) }
    #expect(merged.values(.red)[0] == 0.125 + (0.5 + 1 * 0.5) * 0.75)
    #expect(merged.values(.alpha)[1] == 0.25 + 0.5 * 0.75)
  }

  @Test func theDataWindowFollowsBbox() async throws {
    let format = Format(width: 10, height: 1)
    let B = Pictures.make(
      width: 6, format: format, [.red: [1, 1, 1, 1, 1, 1], .alpha: [0, 0, 0, 0, 0, 0]])
    let A = Pictures.make(
      width: 6, format: format, at: (4, 0),
      [.red: [2, 2, 2, 2, 2, 2], .alpha: [1, 1, 1, 1, 1, 1]])
    var merge = Merge()
    merge.operation = .plus
    for (bbox, window, red) in [
      (.union, 0..<10, [1, 1, 1, 1, 3, 3, 2, 2, 2, 2]), (.intersection, 4..<6, [3, 3]),
      (.a, 4..<10, [3, 3, 2, 2, 2, 2]), (.b, 0..<6, [1, 1, 1, 1, 3, 3]),
    ] as [(Merge.BBox, Range<Int>, [Float])] {
      merge.bbox = bbox
      let image = try await run(merge, [B, A])
      #expect(image.dataWindow == Rect(x0: window.lowerBound, y0: 0, x1: window.upperBound, y1: 1))
      #expect(image.values(.red) == red)
    }
  }

  @Test func channelSetsMeetByPlace() async throws {
    let B = Pictures.row([0.5], alpha: [0.5])
    let A = Pictures.make(
      width: 1, [.red: [9], .alpha: [0.25], "diffuse.R": [1], "diffuse.G": [2], "diffuse.B": [3]])
    var merge = Merge()
    merge.operation = .plus
    merge.aChannels = "diffuse"
    merge.bChannels = .rgb
    merge.outputChannels = .rgb
    let image = try await run(merge, [B, A])
    #expect(image.values(.red) == [1.5])
    #expect(image.values(.green) == [2.5])
    #expect(image.values(.blue) == [3.5])
    #expect(image.values(.alpha) == [0.5])
    #expect(!image.spec.has("diffuse.R"))
  }

  @Test func alsoMergeTakesFurtherChannelsWithTheAlpha() async throws {
    let B = Pictures.make(width: 1, [.red: [1], .alpha: [1], "depth.Z": [8]])
    let A = Pictures.make(width: 1, [.red: [0.25], .alpha: [0.5], "depth.Z": [2], "id.R": [5]])
    var merge = Merge()
    #expect(try await run(merge, [B, A]).values("depth.Z") == [8])
    merge.alsoMerge = "depth"
    #expect(try await run(merge, [B, A]).values("depth.Z") == [2 + 8 * 0.5])
    merge.alsoMerge = .all
    let image = try await run(merge, [B, A])
    #expect(image.values("id.R") == [5])
    #expect(image.values(.red) == [0.25 + 0.5])
  }

  @Test func aPictureWithoutAlphaIsOpaque() async throws {
    let B = Pictures.row([0.5])
    let A = Pictures.make(width: 1, [.red: [0.25], .green: [0.25], .blue: [0.25]])
    let image = try await run(Merge(), [B, A])
    #expect(image.values(.red) == [0.25])
    #expect(image.values(.alpha) == [1])
  }

  /// Of several pictures without alpha each is opaque where it is, also below one that has an alpha.
  @Test func aStackOfPicturesWithoutAlphaIsOpaqueWhereAnyIs() async throws {
    let colors = [Channel.red, .green, .blue]
    func opaque(_ width: Int, at x: Int) -> Image {
      let ones = [Float](repeating: 1, count: width)
      return Pictures.make(
        width: width, format: Format(width: 4, height: 1), at: (x, 0),
        Dictionary(uniqueKeysWithValues: colors.map { ($0, ones) }))
    }
    let top = Pictures.row([0, 0, 0, 0], alpha: [0, 0, 0, 0])
    let image = try await run(Merge(), [opaque(1, at: 0), opaque(2, at: 1), top])
    #expect(image.values(.red) == [1, 1, 1, 0])
    #expect(image.values(.alpha) == [1, 1, 1, 0])
  }
}

@Suite("KeyMix, Dissolve, Switch") struct ChoosingTests {
  @Test func keyMixIsAInsideItsMask() async throws {
    let B = Pictures.row([1, 2, 3])
    let A = Pictures.row([10, 20, 30], alpha: [0, 0, 0])
    var node = KeyMix()
    let image = try await run(node, [B, A])
    #expect(image.values(.red) == [10, 20, 30])
    #expect(image.values(.alpha) == [0, 0, 0])
    node.channels = "R"
    let red = try await run(node, [B, A])
    #expect(red.values(.red) == [10, 20, 30])
    #expect(red.values(.green) == [1, 2, 3])
  }

  @Test func dissolveFadesFromOnePictureToTheNext() async throws {
    var node = Dissolve()
    for (which, expected) in [(0, [0, 1]), (0.25, [1, 2]), (1, [4, 5])] as [(Double, [Float])] {
      node.which = which
      let image = try await run(node, [Pictures.row([0, 1]), Pictures.row([4, 5])])
      #expect(image.values(.red) == expected)
    }
  }

  @Test func dissolveAsksForTwoInputsAtMost() {
    var node = Dissolve()
    for (which, slots) in [(0, [0]), (0.25, [0, 1]), (1, [1]), (1.5, [1, 2]), (9, [2])]
      as [(Double, [Int])]
    {
      node.which = which
      let bound = NodeDeclaration.of(Dissolve.self).bound(node, inputs: 3)
      let frames = bound.inputFrames(
        FrameContext(frame: 1, frames: 1...1, fps: 24, connected: [true, true, true]))
      #expect(frames.map(\.slot) == slots)
    }
  }

  @Test func switchAsksForOneInputOnly() async throws {
    var node = Switch()
    for (which, slot) in [(0, 0), (1.9, 1), (2, 2), (60, 2)] as [(Double, Int)] {
      node.which = which
      let bound = NodeDeclaration.of(Switch.self).bound(node, inputs: 3)
      let frames = bound.inputFrames(
        FrameContext(frame: 7, frames: 1...9, fps: 24, connected: [true, true, true]))
      #expect(frames == [InputFrame(slot: slot, frame: 7)])
    }
  }
}
