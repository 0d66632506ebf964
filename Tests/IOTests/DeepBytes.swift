import BipackPixels

/// Deep EXRs made byte by byte, not compressed: tiles, several parts and sizes that lie, none of which Bipack
/// writes itself.
enum DeepBytes {
  struct Part {
    var image: DeepImage
    var name = "rgba"
    /// Lines without.
    var tile: (width: Int, height: Int)?
    /// Changes what stands before a chunk's bytes: the sizes of its table, its samples, and its samples
    /// unpacked.
    var sizes: ([Int]) -> [Int] = { $0 }
    /// Changes a chunk's sums of samples.
    var table: ([UInt32]) -> [UInt32] = { $0 }
  }

  static func file(_ parts: [Part]) -> [UInt8] {
    let isMany = parts.count > 1
    var bytes: [UInt8] = [0x76, 0x2f, 0x31, 0x01] + little(2 | 0x800 | (isMany ? 0x1000 : 0))
    for part in parts { bytes += header(part) }
    if isMany { bytes.append(0) }
    let tables = parts.reduce(0) { $0 + 8 * cells($1).count }
    var (chunks, offsets): ([UInt8], [UInt8]) = ([], [])
    let start = bytes.count + tables
    for (number, part) in parts.enumerated() {
      for cell in cells(part) {
        offsets += long(start + chunks.count)
        chunks += (isMany ? little(number) : []) + chunk(part, cell)
      }
    }
    return bytes + offsets + chunks
  }

  private struct Cell {
    var rect: Rect
    var column: Int
    var row: Int
  }

  private static func cells(_ part: Part) -> [Cell] {
    let window = part.image.dataWindow
    let (width, height) = part.tile ?? (window.width, 1)
    var cells: [Cell] = []
    for row in 0..<(window.height + height - 1) / height {
      for column in 0..<(window.width + width - 1) / width {
        let rect = Rect(
          x: window.x0 + column * width, y: window.y0 + row * height, width: width, height: height)
        cells.append(Cell(rect: rect.intersection(window), column: column, row: row))
      }
    }
    return cells
  }

  private static func channels(_ part: Part) -> [Channel] {
    part.image.channels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func chunk(_ part: Part, _ cell: Cell) -> [UInt8] {
    let (image, rect) = (part.image, cell.rect)
    var (sums, samples): ([UInt32], [UInt8]) = ([], [])
    for y in rect.y0..<rect.y1 {
      var sum: UInt32 = 0
      for x in rect.x0..<rect.x1 {
        sum += UInt32(image.count(x: x, y: y))
        sums.append(sum)
      }
      for channel in channels(part) {
        for x in rect.x0..<rect.x1 {
          for value in image.values(channel, x: x, y: y) {
            samples += little(Int(value.bitPattern))
          }
        }
      }
    }
    let table = part.table(sums).flatMap { little(Int($0)) }
    let place =
      part.tile == nil
      ? little(rect.y0) : [cell.column, cell.row, 0, 0].flatMap { little($0) }
    let sizes = part.sizes([table.count, samples.count, samples.count])
    return place + sizes.flatMap { long($0) } + table + samples
  }

  private static func header(_ part: Part) -> [UInt8] {
    func attribute(_ name: String, _ type: String, _ value: [UInt8]) -> [UInt8] {
      Array(name.utf8) + [0] + Array(type.utf8) + [0] + little(value.count) + value
    }
    func box(_ r: Rect) -> [UInt8] { [r.x0, r.y0, r.x1 - 1, r.y1 - 1].flatMap { little($0) } }
    let one: [UInt8] = [0, 0, 128, 63]
    let list = channels(part).flatMap { channel -> [UInt8] in
      Array(channel.name.utf8) + [0] + little(part.image.ids.contains(channel) ? 0 : 2) + little(0)
        + little(1) + little(1)
    }
    let tiles = part.tile.map {
      attribute("tiles", "tiledesc", little($0.width) + little($0.height) + [0])
    }
    return attribute("channels", "chlist", list + [0])
      + attribute("chunkCount", "int", little(cells(part).count))
      + attribute("compression", "compression", [0])
      + attribute("dataWindow", "box2i", box(part.image.dataWindow))
      + attribute("displayWindow", "box2i", box(part.image.format.window))
      + attribute("lineOrder", "lineOrder", [0])
      + attribute("name", "string", Array(part.name.utf8))
      + attribute("pixelAspectRatio", "float", one)
      + attribute("screenWindowCenter", "v2f", [UInt8](repeating: 0, count: 8))
      + attribute("screenWindowWidth", "float", one) + (tiles ?? [])
      + attribute("type", "string", Array((part.tile == nil ? "deepscanline" : "deeptile").utf8))
      + attribute("version", "int", little(1)) + [0]
  }

  private static func little(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func long(_ value: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
