/// What travels between the passes of a frame: a picture, or a deep picture.
///
/// Which of them an input takes and a node gives is said by their declarations, so that a document is refused
/// before a pixel is made where the two do not fit.
public enum Payload: Sendable {
  case picture(Image)
  case deep(DeepImage)

  /// Which of the two.
  public enum Kind: String, Sendable {
    case picture, deep

    /// `a deep picture`.
    package var words: String { self == .deep ? "a deep picture" : "a picture" }
  }

  /// One with no pixels yet, of the kind that `spec` says.
  public init(spec: ImageSpec, grid: TileGrid = .standard) {
    self =
      switch spec.kind {
      case .picture: .picture(Image(spec: spec, grid: grid))
      case .deep: .deep(DeepImage(spec: spec, grid: grid))
      }
  }

  /// The picture; nil of a deep one.
  public var picture: Image? { if case .picture(let image) = self { image } else { nil } }

  /// The deep picture; nil of a flat one.
  public var deep: DeepImage? { if case .deep(let image) = self { image } else { nil } }

  public var spec: ImageSpec {
    get {
      switch self {
      case .picture(let image): image.spec
      case .deep(let image): image.spec
      }
    }
    set {
      switch self {
      case .picture(var image):
        image.spec = newValue
        self = .picture(image)
      case .deep(var image):
        image.spec = newValue
        self = .deep(image)
      }
    }
  }

  public var grid: TileGrid {
    switch self {
    case .picture(let image): image.grid
    case .deep(let image): image.grid
    }
  }

  /// Bytes of the pixels it holds.
  public var bytes: Int {
    switch self {
    case .picture(let image): image.bytes
    case .deep(let image): image.bytes
    }
  }

  /// Whether all of `channels` (those it has) are present in `region`.
  public func isComplete(in region: Rect, channels: [Channel]) -> Bool {
    switch self {
    case .picture(let image): image.isComplete(in: region, channels: channels)
    case .deep(let image): image.isComplete(in: region, channels: channels)
    }
  }

  /// Adds the tiles that `other`, of the same kind, has in `part`, for what is made piece by piece; there is to
  /// be room for all of `whole`.
  package mutating func gather(_ other: Payload, _ part: Rect, of whole: Rect) {
    switch (self, other) {
    case (.picture(var image), .picture(let other)):
      image.gather(other, part, of: whole)
      self = .picture(image)
    case (.deep(var image), .deep(let other)):
      image.gather(other, part)
      self = .deep(image)
    default: preconditionFailure("parts of one picture are of one kind")
    }
  }
}
