import Bipack
import Testing

@testable import BipackNodes

@Suite struct ContactSheetTests {
  @Test func placesAndOrders() throws {
    var sheet = ContactSheet()
    let format = Format(width: 100, height: 50)
    sheet.gap = 4
    // Five: three columns, two rows, 30.67 x 23 pixels each.
    let places = try sheet.places(5, format)
    #expect(places[0] == Rect(x0: 0, y0: 0, x1: 31, y1: 23))
    #expect(places[1] == Rect(x0: 35, y0: 0, x1: 65, y1: 23))
    #expect(places[2] == Rect(x0: 69, y0: 0, x1: 100, y1: 23))
    #expect(places[4] == Rect(x0: 35, y0: 27, x1: 65, y1: 50))
    sheet.rowOrder = .bottomTop
    sheet.columnOrder = .rightLeft
    let turned = try sheet.places(5, format)
    #expect(turned[0] == Rect(x0: 69, y0: 27, x1: 100, y1: 50))
    sheet.rows = 1
    #expect(try sheet.places(5, format).allSatisfy { $0.height == 50 })
    sheet.columns = 4
    #expect(throws: NodeError.self) { try sheet.places(5, format) }
    sheet.columns = 0
    sheet.gap = 30
    #expect(throws: NodeError.self) { try sheet.places(5, format) }
  }

  /// Pictures as large as their places are not touched; others are those of Reformat.
  @Test func picturesAreWhatTheyWere() async throws {
    var sheet = ContactSheet()
    sheet.columns = 2
    sheet.format = "84x60"
    sheet.gap = 4
    let (a, b) = (Reference.noise(40, 28, seed: 1), Reference.noise(40, 28, seed: 2))
    let wide = Reference.noise(80, 28, seed: 3)
    let inputs = [
      a.image(), nil, wide.image(), b.image(at: (-5, 3), format: Format(width: 40, height: 28)),
    ]
    let image = try await run(sheet, inputs)
    #expect(image.format == Format(width: 84, height: 60))
    #expect(image.dataWindow == Rect(width: 84, height: 60))
    #expect(worst(image, Rect(x: 0, y: 0, width: 40, height: 28)) { a[$0, $1] } == 0)
    #expect(worst(image, Rect(x0: 40, y0: 0, x1: 84, y1: 28)) { _, _ in 0 } == 0)
    // Of a picture its format is shown.
    #expect(
      worst(image, Rect(x: 44, y: 32, width: 40, height: 28)) {
        b.at($0 - 44 + 5, $1 - 32 - 3, .black)
      } == 0)
    var reformat = Reformat()
    reformat.to = .box
    reformat.size = Vec2(40, 14)
    reformat.fixed = true
    let half = try await run(reformat, [wide.image()])
    let expected = Reference(half, .red, Rect(width: 40, height: 14))
    #expect(
      worst(image, Rect(x: 0, y: 39, width: 40, height: 14)) { expected[$0, $1 - 39] } < 1e-6)
    #expect(worst(image, Rect(x: 0, y: 32, width: 40, height: 7)) { _, _ in 0 } == 0)
    sheet.center = false
    let top = try await run(sheet, inputs)
    #expect(
      worst(top, Rect(x: 0, y: 32, width: 40, height: 14)) { expected[$0, $1 - 32] } < 1e-6)
  }
}
