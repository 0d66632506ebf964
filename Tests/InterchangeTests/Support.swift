import Bipack
import Foundation
import Testing

@testable import BipackInterchange

/// The real exports in the shared plates; nil, and said, where they are not.
enum Plates {
  static let folder: URL? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.deletingLastPathComponent()
      .appendingPathComponent("shared/plates/interchange")
    if FileManager.default.fileExists(atPath: folder.path) { return folder }
    print("skipped: ../shared/plates/interchange is not there")
    return nil
  }()

  static func bytes(_ path: String) throws -> [UInt8] {
    let folder = try #require(folder)
    return Array(try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  static func read(_ path: String) throws -> Imported { try Interchange.read(bytes(path)).1 }
}

/// A text in the format it is in.
func imported(_ text: String) throws -> Imported { try Interchange.read(Array(text.utf8)).1 }

/// What is wrong with a text, as `line: message; expected ...`.
func problem(_ text: String, as format: String? = nil) -> String {
  do {
    _ = try Interchange.read(Array(text.utf8), as: format.flatMap(Interchange.reader))
    return ""
  } catch {
    let text = error.diagnostic("f").text
    return "\(error.line): \(text)"
  }
}

extension Imported {
  /// Its tracks in pixels and frames of a shot that begins with 1.
  func placed(_ settings: ImportSettings = ImportSettings()) throws -> [[[Double]]] {
    try tracks.map { track in
      let axes = space.axes(in: try settings.size(track.size, self, "the file"))
      let value = try #require(track.track(axes, shift: settings.shift(of: self)))
      return track.ordered.map {
        let frame = $0.frame + settings.shift(of: self)
        return [frame] + value.position.values(at: frame)
      }
    }
  }
}
