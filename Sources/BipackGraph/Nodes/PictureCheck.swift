public import BipackPixels

/// Judges what is connected to an input: a picture that cannot be what was meant. Asked of whole pictures
/// that come from a file through nodes with one input; what it says becomes a warning of the render.
public protocol PictureCheck: Sendable {
  /// What is wrong with a picture, as a sentence that follows "'plate', from nodes.bg, "; nil when all
  /// is well.
  func problem(_ picture: Image) -> String?
}
