public import BipackPixels

extension Payload {
  /// The picture; an error that says what to do where it is a deep one.
  public func expectPicture() throws(NodeError) -> Image {
    if let picture { return picture }
    throw NodeError("gives a deep picture, not a picture; a DeepToImage behind it flattens it")
  }

  /// The deep picture; an error that says what to do where it is a flat one.
  public func expectDeep() throws(NodeError) -> DeepImage {
    if let deep { return deep }
    throw NodeError("gives a picture, not a deep picture; a DeepFromImage behind it makes it one")
  }
}
