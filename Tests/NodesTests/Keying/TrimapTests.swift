import Bipack
import Testing

@testable import BipackNodes

@Suite struct TrimapTests {
  private static let size = (width: 61, height: 47)

  /// A blob cut off by the left edge of the frame, with soft borders, a hole and a bad pixel.
  private var matte: [Float] {
    var values: [Float] = []
    for y in 0..<Self.size.height {
      for x in 0..<Self.size.width {
        let (dx, dy) = (Float(x - 14), Float(y - 22))
        let edge = (20 - (dx * dx + dy * dy).squareRoot()) / 3
        values.append(x == 20 && y == 25 ? 0.4 : min(max(edge, 0), 1))
      }
    }
    values[5 * Self.size.width + 50] = .nan
    return values
  }

  private func level(_ matte: [Float], _ x: Int, _ y: Int, _ node: Trimap) -> Float {
    var (isInside, isOutside) = (true, true)
    for (i, value) in matte.enumerated() {
      let (dx, dy) = (Double(i % Self.size.width - x), Double(i / Self.size.width - y))
      let square = dx * dx + dy * dy
      if square <= node.inside * node.inside { isInside = isInside && Double(value) >= node.solid }
      if square <= node.outside * node.outside {
        isOutside = isOutside && Double(value) <= node.clear
      }
    }
    return isInside ? 1 : isOutside ? 0 : 0.5
  }

  @Test(arguments: [(0.0, 0.0), (1.5, 4), (4, 2.24), (9.9, 0), (0.5, 30)])
  func everyDiscIsTried(inside: Double, outside: Double) async throws {
    var node = Trimap()
    (node.inside, node.outside) = (inside, outside)
    let values = matte
    let made = try await run(
      node, [Pictures.make(width: Self.size.width, height: Self.size.height, [.alpha: values])])
    for y in 0..<Self.size.height {
      for x in 0..<Self.size.width {
        #expect(made.value(.alpha, x: x, y: y) == level(values, x, y, node), "\(x), \(y)")
      }
    }
    for channel in Channel.rgb { #expect(made.values(channel) == made.values(.alpha)) }
  }

  @Test func redIsReadWhereThereIsNoAlpha() async throws {
    let made = try await run(Trimap(), [Pictures.make(width: 3, [.red: [1, 1, 1]])])
    #expect(made.values(.alpha) == [1, 1, 1])
  }

  /// A roto whose data window ends at its shape: beyond it all is clear.
  @Test func whatIsOutsideTheDataWindowIsClear() async throws {
    let format = Format(width: 40, height: 9)
    let shape = Pictures.make(
      width: 10, height: 9, format: format, at: (12, 0),
      [.alpha: [Float](repeating: 1, count: 90)])
    var node = Trimap()
    (node.inside, node.outside) = (2, 3)
    let made = try await run(node, [shape])
    let row = (0..<40).map { made.value(.alpha, x: $0, y: 4) }
    #expect(row[..<9].allSatisfy { $0 == 0 } && row[25...].allSatisfy { $0 == 0 })
    #expect(row[9..<14].allSatisfy { $0 == 0.5 } && row[20..<25].allSatisfy { $0 == 0.5 })
    #expect(row[14..<20].allSatisfy { $0 == 1 })
    // The frame cuts the shape off above and below: that is no edge of it.
    #expect(made.value(.alpha, x: 16, y: 0) == 1)
  }

  @Test func mattesHaveTheLastWord() async throws {
    func row(_ values: [Float]) -> Image { Pictures.make(width: values.count, [.alpha: values]) }
    let made = try await run(
      Trimap(), [row([0, 0.5, 1, 0.5, 0]), row([1, 1, 0, 0, 0]), row([0, 1, 0, 1, 0.4])])
    #expect(made.values(.alpha) == [1, 0, 0.5, 0, 0.5])
  }

  @Test func levelsMustNotCross() async {
    var node = Trimap()
    (node.solid, node.clear) = (0.3, 0.5)
    await #expect(throws: RenderError.self) { try await run(node, [Pictures.row([0, 1])]) }
  }
}
