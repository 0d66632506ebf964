import BipackIO
import BipackPixels
import Foundation
import Testing

/// The shared conformance pictures, when this checkout lies next to them.
enum Plates {
  static let root: String? = {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = package.deletingLastPathComponent().appendingPathComponent("shared/plates").path
    if FileManager.default.fileExists(atPath: path) { return path }
    print("IOTests: no ../shared/plates here; tests that need it are skipped")
    return nil
  }()

  static var isHere: Bool { root != nil }

  static func exr(_ name: String) -> String { (root ?? "") + "/exr/" + name }

  static func list(_ folder: String) -> [String] {
    guard root != nil else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: exr(folder))) ?? []
    return names.filter { $0.hasSuffix(".exr") }.sorted().map { folder + "/" + $0 }
  }
}

/// A folder that is removed when the test ends.
final class Scratchpad {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "bipack-io-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  func make(_ name: String, _ bytes: [UInt8] = []) {
    _ = FileManager.default.createFile(atPath: file(name), contents: Data(bytes))
  }

  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

let pool = BlockPool()

extension Image {
  /// Every value of a channel over the data window.
  func all(_ channel: Channel) -> [Float] {
    dataWindow.isEmpty ? [] : pixels(channel, in: dataWindow, pool: pool)
  }

  func bits(_ channel: Channel) -> [UInt32] { all(channel).map(\.bitPattern) }
}

/// The largest absolute difference; infinite when a NaN meets a number.
func difference(_ a: [Float], _ b: [Float]) -> Float {
  if a.count != b.count { return .infinity }
  var most: Float = 0
  for (x, y) in zip(a, b) where x.bitPattern != y.bitPattern {
    let d = abs(x - y)
    if !(d <= most) { most = d.isNaN ? .infinity : d }
  }
  return most
}

func failure(_ body: () throws -> Void) -> ImageFileError? {
  do { try body() } catch { return error as? ImageFileError }
  return nil
}
