/// What a file of another program holds, in that program's numbers: units, origins and frames are as
/// written, in the order of the file. `ImportedValues` and `ImportedDocument` turn it into Bipack's.
package struct Imported: Sendable {
  /// Where positions count from.
  package var space: PictureSpace
  /// The frame the program calls the first, where it counts frames from its own start; nil where they are
  /// those of the shot.
  package var firstFrame: Double?
  /// The picture's size where the file says it.
  package var size: PictureSize?
  package var tracks: [ImportedTrack] = []
  package var pins: [ImportedPin] = []
  package var transforms: [ImportedTransform] = []
  package var cameras: [ImportedCamera] = []
  package var rotos: [ImportedRoto] = []
  /// How often each class of node occurs, in the files that have nodes.
  package var classes: [String: Int] = [:]
  package var notes: [InterchangeNote] = []

  init(_ space: PictureSpace, firstFrame: Double? = nil) {
    self.space = space
    self.firstFrame = firstFrame
  }

  package var isEmpty: Bool {
    tracks.isEmpty && pins.isEmpty && transforms.isEmpty && cameras.isEmpty && rotos.isEmpty
  }

  mutating func note(_ line: Int, _ message: String) {
    notes.append(InterchangeNote(line, message))
  }
}

/// A point followed over frames.
package struct ImportedTrack: Sendable, Hashable {
  package struct Sample: Sendable, Hashable {
    package var frame: Double
    package var x: Double
    package var y: Double
    /// From 0 to 1, where the program says how sure it is.
    package var confidence: Double?
    package var line: Int
  }

  package var name: String
  package var line: Int
  package var samples: [Sample] = []
  /// The picture's size at this track, where it has one of its own.
  package var size: PictureSize?

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
  }

  mutating func add(
    _ frame: Double, _ x: Double, _ y: Double, confidence: Double? = nil, line: Int
  ) {
    samples.append(
      Sample(
        frame: frame, x: x, y: y, confidence: confidence.map { min(max($0, 0), 1) }, line: line))
  }
}

/// A number over frames.
package enum ImportedNumber: Sendable, Hashable {
  case constant(Double)
  case keys([ImportedKey])

  package var keys: [ImportedKey] {
    if case .keys(let keys) = self { return keys }
    return []
  }

  /// Itself, or its first key.
  var first: Double {
    switch self {
    case .constant(let value): value
    case .keys(let keys): keys.first?.value ?? 0
    }
  }

  /// Every value changed, and slopes with `slope`.
  func mapped(slope: Double = 1, _ change: (Double) -> Double) -> ImportedNumber {
    switch self {
    case .constant(let value): .constant(change(value))
    case .keys(let keys):
      .keys(
        keys.map { key in
          var key = key
          key.value = change(key.value)
          key.left = key.left.map { $0 * slope }
          key.right = key.right.map { $0 * slope }
          return key
        })
    }
  }

  func shifted(_ frames: Double) -> ImportedNumber {
    guard case .keys(let keys) = self else { return self }
    return .keys(
      keys.map { key in
        var key = key
        key.frame += frames
        return key
      })
  }
}

/// A key frame.
package struct ImportedKey: Sendable, Hashable {
  /// How it leads to the next.
  package enum Joint: Sendable, Hashable { case hold, linear, smooth }

  package var frame: Double
  package var value: Double
  package var joint = Joint.linear
  /// Slopes per frame, where the file gives them.
  package var left: Double?
  package var right: Double?

  init(_ frame: Double, _ value: Double, _ joint: Joint = .linear) {
    self.frame = frame
    self.value = value
    self.joint = joint
  }
}

/// A point over frames.
package struct ImportedPoint: Sendable, Hashable {
  package var x: ImportedNumber
  package var y: ImportedNumber

  package init(_ x: ImportedNumber, _ y: ImportedNumber) {
    self.x = x
    self.y = y
  }

  static func constant(_ x: Double, _ y: Double) -> ImportedPoint {
    ImportedPoint(.constant(x), .constant(y))
  }
}

/// Four points pinned to four others, numbered as the program has them: from the bottom left, counter-clockwise
/// where y points up; in Bipack's order they are turned over.
package struct ImportedPin: Sendable, Hashable {
  package var name: String
  package var line: Int
  /// Nil where a corner is an expression that cannot be read.
  package var to: [ImportedPoint?] = []
  /// Nil is the corner of the picture.
  package var from: [ImportedPoint?] = []
  package var isEnabled: [Bool] = []
  package var isInverted = false
  package var size: PictureSize?

  init(name: String, line: Int) {
    self.name = name
    self.line = line
  }
}

/// Movement, rotation, scale and skew about a centre.
package struct ImportedTransform: Sendable, Hashable {
  package var name: String
  package var line: Int
  package var translate: ImportedPoint = .constant(0, 0)
  /// In degrees, counter-clockwise as seen.
  package var rotate = ImportedNumber.constant(0)
  package var scale: ImportedPoint = .constant(1, 1)
  package var skewX = ImportedNumber.constant(0)
  package var skewY = ImportedNumber.constant(0)
  package var skewOrder: String?
  package var center: ImportedPoint?
  package var isInverted = false
  package var size: PictureSize?

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
  }
}

/// A camera, in Nuke's words: it looks along -z, y is up.
package struct ImportedCamera: Sendable, Hashable {
  package var name: String
  package var line: Int
  package var translate = [ImportedNumber](repeating: .constant(0), count: 3)
  package var rotate = [ImportedNumber](repeating: .constant(0), count: 3)
  package var rotOrder = "ZXY"
  /// In millimetres, as the film back is.
  package var focal = ImportedNumber.constant(50)
  package var haperture = ImportedNumber.constant(24.576)
  package var vaperture = ImportedNumber.constant(18.672)
  package var winTranslate: ImportedPoint = .constant(0, 0)
  package var winScale: ImportedPoint = .constant(1, 1)
  package var isOrthographic = false

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
  }
}
