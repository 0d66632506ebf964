import BipackPixels
import Testing

@Suite("Views of planes") struct PlaneViewTests {
  private let pool = BlockPool()
  private let rect = Rect(x0: -3, y0: 5, x1: 7, y1: 9)

  /// A view with two floats between its rows, all of them -1.
  private func view(_ memory: Scratch) -> PlaneView {
    memory.base.update(repeating: -1, count: 12 * rect.height)
    return PlaneView(rect: rect, base: memory.base, stride: 12)
  }

  @Test func rowsAndPartsAreWhereTheirPixelsAre() {
    let memory = pool.scratch(count: 48)
    let view = view(memory)
    #expect(view.row(5) == memory.base && view.row(7) == memory.base + 24)
    let part = view.part(Rect(x0: 0, y0: 6, x1: 2, y1: 8))
    #expect(part.base == memory.base + 12 + 3 && part.stride == 12)
    #expect(part.row(7) == view.row(7) + 3)
  }

  @Test func fillingLeavesAloneWhatIsBetweenTheRows() {
    let memory = pool.scratch(count: 48)
    let view = view(memory)
    view.part(Rect(x0: 0, y0: 6, x1: 2, y1: 8)).fill(4)
    let changed = (0..<48).filter { memory.base[$0] != -1 }
    #expect(changed == [15, 16, 27, 28])
    view.copy((0..<40).map { Float($0) })
    #expect(view.row(8)[9] == 39 && view.row(6)[0] == 10)
    #expect(
      (0..<4).allSatisfy { memory.base[12 * $0 + 10] == -1 && memory.base[12 * $0 + 11] == -1 })
  }

  @Test(arguments: EdgeMode.allCases)
  func gatheringGivesWhatAWindowShows(edge: EdgeMode) {
    let spec = ImageSpec(
      format: Format(width: 8, height: 8), dataWindow: Rect(x0: -1, y0: 4, x1: 5, y1: 8),
      channels: [.red])
    let image = Image(spec: spec, pool: pool, pixels: [.red: (0..<24).map { Float($0) }])
    let memory = pool.scratch(count: 48)
    let view = view(memory)
    image.gather(.red, edge: edge, into: view)
    let window = image.window(.red, rect, edge: edge, pool: pool)
    for y in rect.y0..<rect.y1 {
      let row = window.row(y)
      for x in 0..<rect.width { #expect(view.row(y)[x] == row[x]) }
      #expect(view.row(y)[10] == -1)
    }
  }
}

@Suite("Padded planes") struct PaddedPlaneTests {
  private let pool = BlockPool()

  @Test func theBorderIsRepeatedInTheRoomAround() {
    let plane = PaddedPlane(width: 5, height: 3, room: 2, pool: pool)
    #expect(PaddedPlane.floats(5, 3, room: 2) == plane.stride * 7)
    plane.fill(.nan)
    for y in 0..<3 { for x in 0..<5 { plane.row(y)[x] = Float(10 * y + x) } }
    plane.extend()
    for y in -2..<5 {
      for x in -2..<7 {
        let expected = Float(10 * min(max(y, 0), 2) + min(max(x, 0), 4))
        #expect(plane.row(y)[x] == expected, "\(x) \(y)")
      }
    }
  }

  @Test func withoutRoomRowsLieSideBySide() {
    let plane = PaddedPlane(width: 5, height: 3, room: 0, beyond: 4, pool: pool)
    plane.fill(1)
    #expect(plane.stride == 5)
    #expect((0..<4).allSatisfy { plane.row(3)[$0] == 0 } && plane.row(2)[4] == 1)
    let view = plane.view(Rect(x: 100, y: 50, width: 5, height: 3))
    #expect(view.row(51) == plane.row(1))
  }
}
