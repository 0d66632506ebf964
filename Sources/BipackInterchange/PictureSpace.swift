/// Where a program's 0 is and what its unit is: how a point becomes Bipack's pixels, which count from the
/// top left corner of the picture, y down, so that the middle of the first pixel is (0.5, 0.5).
package enum PictureSpace: Sendable, Hashable {
  /// Pixels from the lower left corner, y up (Nuke, 3DEqualizer, Shake, Flame).
  case up
  /// The same, from the middle of the lower left pixel (PFTrack).
  case upFromPixelCentres
  /// Pixels from the top left corner, y down (MatchMover, After Effects).
  case down
  /// The same, with y a pixel more (boujou).
  case downFromOne
  /// From -1 to 1 over the picture without one pixel, from its middle, y down (SynthEyes).
  case middleOut
  /// In half heights from the middle, y up (Maya Live).
  case halfHeights
  /// In heights from the middle, y down (Silhouette).
  case heights

  var needsWidth: Bool {
    switch self {
    case .middleOut, .halfHeights, .heights: true
    case .up, .upFromPixelCentres, .down, .downFromOne: false
    }
  }

  var needsHeight: Bool { self != .down && self != .downFromOne }

  /// How the program's x and y become pixels in a picture of this size.
  func axes(in size: PictureSize) -> (x: Axis, y: Axis) {
    let (w, h) = (size.width, size.height)
    return switch self {
    case .up: (Axis(1, 0), Axis(-1, h))
    case .upFromPixelCentres: (Axis(1, 0.5), Axis(-1, h - 0.5))
    case .down: (Axis(1, 0), Axis(1, 0))
    case .downFromOne: (Axis(1, 0), Axis(1, -1))
    case .middleOut: (Axis((w - 1) / 2, w / 2), Axis((h - 1) / 2, h / 2))
    case .halfHeights: (Axis(h / 2, w / 2), Axis(-h / 2, h / 2))
    case .heights: (Axis(h, w / 2), Axis(h, h / 2))
    }
  }

  /// A point in a picture of this size.
  package func place(_ x: Double, _ y: Double, in size: PictureSize) -> (x: Double, y: Double) {
    let axes = axes(in: size)
    return (axes.x.place(x), axes.y.place(y))
  }
}

/// A coordinate's way to pixels.
struct Axis {
  var scale: Double
  var offset: Double

  init(_ scale: Double, _ offset: Double) {
    self.scale = scale
    self.offset = offset
  }

  func place(_ value: Double) -> Double { offset + scale * value }

  func place(_ number: ImportedNumber) -> ImportedNumber { number.mapped(slope: scale, place) }

  /// A distance, which has no origin.
  func step(_ number: ImportedNumber) -> ImportedNumber {
    number.mapped(slope: scale) { scale * $0 }
  }
}

/// Width and height of a picture in pixels; 0 where nobody knows and nobody asks.
package struct PictureSize: Sendable, Hashable {
  package var width: Double
  package var height: Double

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  static let unknown = PictureSize(width: 0, height: 0)

  /// As a file says it: whole and within what pictures are.
  static func said(_ width: Double, _ height: Double) -> PictureSize? {
    let allowed = 1.0...1_000_000
    guard allowed.contains(width), allowed.contains(height) else { return nil }
    return PictureSize(width: width, height: height)
  }
}
