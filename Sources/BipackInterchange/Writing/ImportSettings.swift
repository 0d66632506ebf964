/// What a person says of a file beside it, and what is asked for where it is missing.
package struct ImportSettings: Sendable {
  package var width: Double?
  package var height: Double?
  /// The frame of the shot that the program's first frame is.
  package var firstFrame: Double?

  package init(width: Double? = nil, height: Double? = nil, firstFrame: Double? = nil) {
    self.width = width
    self.height = height
    self.firstFrame = firstFrame
  }

  /// How many frames are added to those of the file.
  func shift(of imported: Imported) -> Double {
    imported.firstFrame.map { (firstFrame ?? 1) - $0 } ?? 0
  }

  /// The picture's size: as given here, as `own` has it, as the file says it. Fails where it is needed and nobody
  /// knows it; `whole` where both sides are.
  func size(_ own: PictureSize?, _ imported: Imported, _ title: String, whole: Bool = false)
    throws(InterchangeError) -> PictureSize
  {
    let said = own ?? imported.size
    let (width, height) = (self.width ?? said?.width, self.height ?? said?.height)
    let asksWidth = (whole || imported.space.needsWidth) && width == nil
    if asksWidth || (whole || imported.space.needsHeight) && height == nil {
      let flags = (asksWidth ? "--width 1920 and " : "") + "--height 1080"
      throw InterchangeError(
        "\(title) does not say how large the picture is, and its positions depend on it",
        expected: flags + ", with the size of the plate that was tracked")
    }
    return PictureSize(
      width: width ?? PictureSize.unknown.width, height: height ?? PictureSize.unknown.height)
  }
}
