import BipackGraph
import BipackIO
import BipackPixels

/// A part of a reading node that touches the disk: one file, or what stands in for it.
protocol FileSource: SourceOperator {
  /// The file.
  var sample: String { get }
  /// Whether anything is made of what is in it.
  var readsContents: Bool { get }
}

extension FileSource {
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    do throws(ImageFileError) {
      return try FileStamp(path: sample).hash
    } catch {
      throw NodeError(error)
    }
  }

  func mark(_ context: NodeContext) throws(NodeError) -> FileMark? {
    do throws(ImageFileError) {
      let stamp = try FileStamp(path: sample)
      return FileMark(path: sample, bytes: stamp.size, modified: stamp.modified)
    } catch {
      throw NodeError(error)
    }
  }

  func fingerprint(_ context: NodeContext) throws(NodeError) -> StableHash {
    guard readsContents else { return StableHasher().finalize() }
    do throws(ImageFileError) {
      return try FileDigest.hash(path: sample)
    } catch {
      throw NodeError(error)
    }
  }
}
