import BipackPixels
import Foundation

/// An EXR of two parts with data windows of their own, made byte by byte: float samples, not compressed.
/// Bipack writes all parts of a file with one window.
enum TwoParts {
  static func write(_ first: Image, _ second: Image, to path: String) throws {
    var bytes: [UInt8] = [0x76, 0x2f, 0x31, 0x01] + little(0x1002)
    for image in [first, second] { bytes += header(image) }
    bytes.append(0)
    var chunks: [UInt8] = []
    var offsets: [UInt8] = []
    let start = bytes.count + 8 * (first.dataWindow.height + second.dataWindow.height)
    for (part, image) in [first, second].enumerated() {
      for y in image.dataWindow.y0..<image.dataWindow.y1 {
        offsets += little(start + chunks.count) + little(0)
        let line = channels(image).flatMap { channel -> [UInt8] in
          (image.dataWindow.x0..<image.dataWindow.x1).flatMap {
            little(Int(image.value(channel, x: $0, y: y).bitPattern))
          }
        }
        chunks += little(part) + little(y) + little(line.count) + line
      }
    }
    try Data(bytes + offsets + chunks).write(to: URL(fileURLWithPath: path))
  }

  private static func channels(_ image: Image) -> [Channel] {
    image.channels.sorted { $0.component < $1.component }
  }

  /// The part is called as its channels' layer.
  private static func header(_ image: Image) -> [UInt8] {
    func attribute(_ name: String, _ type: String, _ value: [UInt8]) -> [UInt8] {
      Array(name.utf8) + [0] + Array(type.utf8) + [0] + little(value.count) + value
    }
    func box(_ r: Rect) -> [UInt8] { [r.x0, r.y0, r.x1 - 1, r.y1 - 1].flatMap { little($0) } }
    let one: [UInt8] = [0, 0, 128, 63]
    let list = channels(image).flatMap { channel -> [UInt8] in
      let name = Array(channel.component.utf8) + [0]
      return name + little(2) + little(0) + little(1) + little(1)
    }
    return attribute("channels", "chlist", list + [0])
      + attribute("chunkCount", "int", little(image.dataWindow.height))
      + attribute("compression", "compression", [0])
      + attribute("dataWindow", "box2i", box(image.dataWindow))
      + attribute("displayWindow", "box2i", box(image.format.window))
      + attribute("lineOrder", "lineOrder", [0])
      + attribute("name", "string", Array(image.channels[0].layer.utf8))
      + attribute("pixelAspectRatio", "float", one)
      + attribute("screenWindowCenter", "v2f", [UInt8](repeating: 0, count: 8))
      + attribute("screenWindowWidth", "float", one)
      + attribute("type", "string", Array("scanlineimage".utf8)) + [0]
  }

  private static func little(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
