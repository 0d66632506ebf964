import BipackGraph
import BipackIO
import BipackPixels

/// A file that takes the bands of a frame as they are made.
final class FileInBands: BandWriter {
  private let file: ImageFileWriter

  init(_ file: ImageFileWriter) { self.file = file }

  func append(_ image: Payload, above end: Int, _ loops: Loops) throws(NodeError) {
    let next = file.nextRow
    let rows = next..<max(next, min(end, file.window.y1))
    do throws(ImageFileError) {
      try file.append(
        image, rows: rows, loops: loops)
    } catch {
      throw NodeError(writing: error)
    }
  }

  func finish(_ image: Payload, _ loops: Loops) throws(NodeError) {
    try append(image, above: file.window.y1, loops)
    do throws(ImageFileError) {
      try file.finish()
    } catch {
      throw NodeError(writing: error)
    }
  }

  func cancel() { file.cancel() }
}

extension NodeError {
  /// Why a file could not be written: the disk's refusal, or a setting that its format does not know;
  /// never a missing or corrupt input.
  init(writing error: ImageFileError) {
    switch error.kind {
    case .storage, .permission, .missing, .corrupt, .incomplete:
      self.init(.storage, error.description)
    case .unsupported, .overLimit, .library, .request:
      self.init(.invalid, error.description)
    }
  }
}
