import FoundationEssentials
import Testing

@testable import BipackIO

/// What PyOpenColorIO 2.6 makes of eight colours: `Tests/Data/Colour/truth.json`, written by the
/// script beside it. An independent and newer OCIO than the one Bipack runs on.
struct ColourTruth: Decodable {
  struct Case: Decodable, Sendable {
    var file: String?
    var interpolation: String?
    var config: String?
    var from: String?
    var to: String?
    var display: String?
    var view: String?
    var inverse: Bool?
    var rgb: [Float]?

    var isInverse: Bool { inverse ?? false }

    var label: String {
      [file, interpolation, config, from, to, display, view, isInverse ? "inverse" : nil]
        .compactMap(\.self).joined(separator: " | ")
    }
  }

  var library: String
  var colours: [[Float]]
  var cases: [Case]
  var refused: [Case]

  static func load() throws -> ColourTruth {
    let path = Place.package + "/Tests/Data/Colour/truth.json"
    return try JSONDecoder().decode(ColourTruth.self, from: Data(contentsOf: URL(filePath: path)))
  }

  /// The largest error of `processor`, relative to values above 1, on ordinary colours (0 to 1) and
  /// on extreme ones (negative or bright).
  func error(_ processor: ColorProcessor, _ rgb: [Float]) -> (ordinary: Float, extreme: Float) {
    var worst: (ordinary: Float, extreme: Float) = (0, 0)
    for (i, colour) in colours.enumerated() {
      let out = processor.convert(colour[0], colour[1], colour[2])
      let want = rgb[(3 * i)..<(3 * i + 3)]
      let scale = want.reduce(1) { max($0, abs($1)) }
      for (got, want) in zip([out.0, out.1, out.2], want) {
        // The script writes infinities as 3e38.
        if abs(want) > 2.9e38, abs(got) > 2.9e38, got.sign == want.sign { continue }
        let error = abs(got - want) / scale
        if colour.allSatisfy({ (0...1).contains($0) }) {
          worst.ordinary = error.isNaN ? .infinity : max(worst.ordinary, error)
        } else {
          worst.extreme = error.isNaN ? .infinity : max(worst.extreme, error)
        }
      }
    }
    return worst
  }
}

/// Where things lie, found from this source file.
enum Place {
  static let package: String = {
    let parts = #filePath.split(separator: "/").dropLast(4)
    return "/" + parts.joined(separator: "/")
  }()

  /// The plates shared beside the checkout; nil, with a word, where there are none.
  static func colourPlates() -> String? {
    let path = package + "/../shared/plates/color"
    if FileManager.default.fileExists(atPath: path) { return path }
    print("skipped: \(path) is not here")
    return nil
  }
}

/// The error `body` throws; nil when it does not.
func colorError(_ body: () throws(ColorError) -> Void) -> ColorError? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
