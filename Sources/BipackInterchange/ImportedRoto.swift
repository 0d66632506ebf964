/// Shapes drawn into a picture, the topmost first, as programs list them.
package struct ImportedRoto: Sendable, Hashable {
  package var name: String
  package var line: Int
  package var layers: [ImportedLayer] = []
  package var shapes: [ImportedShape] = []
  package var size: PictureSize?
  /// What is drawn into, as Bipack calls it; nil is alpha.
  package var output: String?

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
  }
}

/// A named transform that shapes are in.
package struct ImportedLayer: Sendable, Hashable {
  package var name: String
  /// The layer it is in.
  package var parent: String?
  package var transform: ImportedTransform
  package var opacity = ImportedNumber.constant(1)
  package var isVisible = true
  /// Sixteen numbers, row by row, applied after the rest.
  package var matrix: [ImportedNumber]?
}

/// A closed shape or an open stroke.
package struct ImportedShape: Sendable, Hashable {
  package var name: String
  package var line: Int
  package var layer: String?
  package var isBSpline = false
  package var isClosed = true
  package var points: [ImportedVertex] = []
  package var blend: String?
  package var opacity = ImportedNumber.constant(1)
  package var isInverted = false
  package var isVisible = true
  package var color: [ImportedNumber]?
  /// Pixels all round.
  package var feather = ImportedNumber.constant(0)
  /// How it fades out, as Bipack calls it; nil where there is nothing to fade.
  package var falloff: String?
  /// First and last frame.
  package var range: [Double] = []
  package var transform: ImportedTransform
  package var hasMotionBlur = true

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
    transform = ImportedTransform(name, line: line)
  }
}

/// A point of a shape, its tangents relative to it; the feather's are added to them.
package struct ImportedVertex: Sendable, Hashable {
  package var position: ImportedPoint
  package var left: ImportedPoint = .constant(0, 0)
  package var right: ImportedPoint = .constant(0, 0)
  package var featherOffset: ImportedPoint = .constant(0, 0)
  package var featherLeft: ImportedPoint = .constant(0, 0)
  package var featherRight: ImportedPoint = .constant(0, 0)

  init(_ position: ImportedPoint) { self.position = position }

}
