import BipackPixels
import Dispatch
import Foundation
import Testing

@testable import BipackKernels

@Suite("Multigrid") struct MultigridTests {
  private let pool = BlockPool()

  /// Which pixels of a picture are to be found.
  private struct Shape: CustomStringConvertible {
    let description: String
    let width: Int
    let height: Int
    let isUnknown: (_ x: Int, _ y: Int) -> Bool

    var unknown: [Int] {
      (0..<width * height).filter { isUnknown($0 % width, $0 / width) }
    }

    init(_ name: String, _ width: Int, _ height: Int, _ isUnknown: @escaping (Int, Int) -> Bool) {
      (description, self.width, self.height, self.isUnknown) = (name, width, height, isUnknown)
    }

    static func within(_ x: Int, _ y: Int, _ r: Double, of at: (Double, Double)) -> Bool {
      hypot(Double(x) - at.0, Double(y) - at.1) < r
    }

    static func spiral(_ x: Int, _ y: Int, _ size: Int, thick: Double) -> Bool {
      let (dx, dy) = (Double(x) - Double(size) / 2, Double(y) - Double(size) / 2)
      let r = hypot(dx, dy)
      let turn = atan2(dy, dx) / (2 * .pi)
      let pitch = 3 * thick
      return r < Double(size) * 0.45
        && (r / pitch - turn) - (r / pitch - turn).rounded(.down) < 1 / 3
    }

    /// Hard cases, of about `size` pixels each way. None reaches the border.
    static func inside(_ size: Int) -> [Shape] {
      let middle = Double(size) / 2
      return [
        Shape("disc", size, size) { x, y in within(x, y, middle * 0.9, of: (middle, middle)) },
        Shape("square", size, size) { x, y in min(x, y) > 0 && max(x, y) < size - 1 },
        Shape("comb", size, size) { x, y in
          min(x, y) > 1 && max(x, y) < size - 2 && (x % 7 < 4 || y < size / 5)
        },
        Shape("spiral", size, size) { x, y in spiral(x, y, size, thick: 5) },
        Shape("thin spiral", size, size) { x, y in spiral(x, y, size, thick: 2) },
        Shape("wire", size, size) { x, y in
          min(x, y) > 1 && max(x, y) < size - 2 && abs(x - y * 2 / 3 - 5) < 3
        },
        Shape("checkerboard of pixels", size, size) { x, y in
          min(x, y) > 0 && max(x, y) < size - 1 && (x + y) % 2 == 0
        },
        Shape("checkerboard of squares", size, size) { x, y in
          min(x, y) > 0 && max(x, y) < size - 1 && (x / 8 + y / 8) % 2 == 0
        },
        Shape("all but a grid of pixels", size, size) { x, y in
          min(x, y) > 0 && max(x, y) < size - 1 && !(x % 9 == 4 && y % 9 == 4)
        },
      ]
    }

    /// Those that do.
    static func touching(_ size: Int) -> [Shape] {
      [
        Shape("the corner", size, size) { x, y in x < size * 2 / 3 && y < size / 2 },
        Shape("bands from side to side", size, size) { _, y in y % 11 < 6 },
        Shape("all but one pixel", size, size) { x, y in !(x == size / 3 && y == size / 4) },
        Shape("all but one row", size, size) { _, y in y != size / 3 },
        Shape("all but a line's ends", size, 1) { x, _ in x > 0 && x < size - 1 },
      ]
    }
  }

  private func image(_ shape: Shape, _ value: (Int, Int) -> Float) -> Image {
    let (w, h) = (shape.width, shape.height)
    let spec = ImageSpec(format: Format(width: w, height: h), channels: [.red])
    return Image(spec: spec, pool: pool, pixels: [.red: (0..<w * h).map { value($0 % w, $0 / w) }])
  }

  private func hole(_ shape: Shape) -> PixelSet {
    let matte = image(shape) { x, y in shape.isUnknown(x, y) ? 1 : 0 }
    return PixelSet(matte, .red, above: 0.5, in: matte.dataWindow, pool: pool, loops: .serial)
  }

  private func filled(
    _ shape: Shape, _ picture: Image, _ slopes: Membrane.Slopes = .none, _ loops: Loops = .serial
  ) -> (values: [Float], rounds: Int) {
    let membrane = Membrane(
      picture, [.red], hole: hole(shape), slopes: slopes, pool: pool, loops: loops)
    let plane = pool.scratch(count: picture.dataWindow.area)
    let view = PlaneView(picture.dataWindow, of: plane)
    picture.gather(.red, edge: .black, into: view)
    membrane.fill(0, view, loops: loops)
    return ((0..<picture.dataWindow.area).map { plane.base[$0] }, membrane.rounds[0])
  }

  /// Gauss' elimination in doubles; pixels that are no numbers are not there.
  private func direct(_ shape: Shape, _ picture: [Float], divergence: Double = 0) -> [Int: Double] {
    let unknown = shape.unknown
    let places = Dictionary(uniqueKeysWithValues: unknown.enumerated().map { ($1, $0) })
    let count = unknown.count
    var (matrix, right) = (
      [Double](repeating: 0, count: count * count), [Double](repeating: -divergence, count: count)
    )
    for (row, pixel) in unknown.enumerated() {
      let (x, y) = (pixel % shape.width, pixel / shape.width)
      for (u, v) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
      where u >= 0 && v >= 0 && u < shape.width && v < shape.height {
        let other = v * shape.width + u
        if let column = places[other] {
          matrix[row * count + row] += 1
          matrix[row * count + column] -= 1
        } else if picture[other].magnitude < 60_000 {
          matrix[row * count + row] += 1
          right[row] += Double(picture[other])
        }
      }
    }
    let solved = LinearSystem(matrix: matrix, right: right).solved() ?? []
    return Dictionary(uniqueKeysWithValues: zip(unknown, solved))
  }

  private func texture(_ x: Int, _ y: Int) -> Float {
    Float(0.5 + 0.3 * sin(Double(x) * 1.7) + 0.4 * cos(Double(y) * 0.9 + Double(x) * 0.2))
  }

  @Test func isTheDirectSolution() {
    for shape in Shape.inside(17) + Shape.touching(15) {
      let picture = image(shape, texture)
      let (values, rounds) = filled(shape, picture)
      let truth = direct(shape, values)
      for (pixel, value) in truth {
        #expect(abs(Double(values[pixel]) - value) < 1e-5, "\(shape), pixel \(pixel)")
      }
      #expect(rounds < 15, "\(shape)")
      // What is known is as it was.
      for i in values.indices where truth[i] == nil {
        #expect(values[i] == texture(i % shape.width, i / shape.width))
      }
    }
  }

  @Test func tenRoundsAreEnoughForAnyShape() {
    // Functions that are their own membrane: over all, and along the border too.
    func saddle(_ x: Int, _ y: Int) -> Float { Float(x * x - y * y + x * y) / 40_000 + 0.3 }
    for shape in Shape.inside(203) {
      let (values, rounds) = filled(shape, image(shape, saddle))
      for i in values.indices {
        #expect(abs(values[i] - saddle(i % 203, i / 203)) < 2e-5, "\(shape)")
      }
      #expect(rounds <= 12, "\(shape): \(rounds)")
    }
    for shape in Shape.touching(203) {
      let (values, rounds) = filled(shape, image(shape, texture))
      #expect(values.allSatisfy { $0 > -0.3 && $0 < 1.3 }, "\(shape)")
      // A picture of one row is no picture: at half the size its equations are others.
      #expect(rounds <= (shape.height == 1 ? 30 : 12), "\(shape): \(rounds)")
    }
  }

  @Test func slopesAreTaken() {
    let shape = Shape("disc", 61, 40) { x, y in Shape.within(x, y, 17, of: (30, 19)) }
    // x^2 + y^2 diverges by 4 everywhere.
    func bowl(_ x: Int, _ y: Int) -> Float { Float(x * x + y * y) / 1000 }
    let field = image(shape) { _, _ in 4.0 / 1000 }
    let (values, _) = filled(shape, image(shape, bowl), .divergence(field))
    for i in values.indices { #expect(abs(values[i] - bowl(i % 61, i / 61)) < 2e-5) }
    // Another picture is cloned: its detail, in the light of this one.
    let light = image(shape) { x, y in
      0.2 + Float(x) / 50 + (shape.isUnknown(x, y) ? 9 : texture(x, y))
    }
    let (cloned, _) = filled(shape, light, .of(image(shape, texture)))
    for i in cloned.indices {
      let (x, y) = (i % 61, i / 61)
      #expect(abs(cloned[i] - (0.2 + Float(x) / 50 + texture(x, y))) < 2e-5)
    }
  }

  @Test func whatIsNoNumberIsNotThere() {
    let shape = Shape("disc", 21, 19) { x, y in Shape.within(x, y, 6, of: (10, 9)) }
    let bad: [Int: Float] = [
      3 * 21 + 10: .nan, 9 * 21 + 4: 3e38, 9 * 21 + 16: -.infinity, 15 * 21 + 10: 1e6,
    ]
    for (pixel, _) in bad { #expect(!shape.unknown.contains(pixel)) }
    let picture = image(shape) { x, y in bad[y * 21 + x] ?? texture(x, y) }
    let (values, _) = filled(shape, picture)
    for (pixel, value) in direct(shape, values) {
      #expect(abs(Double(values[pixel]) - value) < 1e-5)
    }
  }

  @Test func aHoleThatNothingSurroundsStays() {
    let shape = Shape("two", 40, 20) { x, y in x < 12 || Shape.within(x, y, 5, of: (28, 9)) }
    let picture = image(shape) { x, y in x < 12 ? 7 : x < 16 ? .nan : 0.25 }
    let (values, _) = filled(shape, picture)
    for i in values.indices where i % 40 >= 16 || i % 40 < 12 {
      #expect(values[i] == (i % 40 < 12 ? 7 : 0.25))
    }
    let all = Shape("all", 20, 20) { _, _ in true }
    #expect(filled(all, image(all) { _, _ in 3 }).values.allSatisfy { $0 == 3 })
  }

  @Test func anyOrderOfTheLoopsGivesTheSameBits() {
    let threads = Loops { count, body in
      DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
    for shape in [Shape.inside(203)[0], Shape.inside(203)[2], Shape.touching(203)[0]] {
      let picture = image(shape, texture)
      let values = filled(shape, picture).values
      #expect(filled(shape, picture, .none, .backwards).values == values)
      #expect(filled(shape, picture, .none, threads).values == values)
    }
  }

  @Test func memoryFollowsTheHole() {
    let wire = Shape("wire", 1920, 1080) { x, y in abs(Double(x) - Double(y) * 1.77) < 4.5 }
    let picture = image(wire) { x, _ in Float(x) }
    let set = hole(wire)
    let pool = BlockPool()
    _ = Membrane(picture, [.red], hole: set, pool: pool, loops: .serial)
    #expect(pool.usage.peakScratch < 8 << 20)
    for shape in [
      Shape("all", 333, 222) { x, _ in x > 0 }, Shape("dots", 400, 300) { x, y in x % 2 == y % 2 },
    ] {
      let (picture, set) = (image(shape, texture), hole(shape))
      let pool = BlockPool()
      _ = Membrane(picture, [.red], hole: set, pool: pool, loops: .serial)
      #expect(pool.usage.peakScratch <= Membrane.workingBytes(picture.dataWindow, channels: 1))
    }
  }
}
