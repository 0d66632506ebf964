import BipackGraph
import BipackIO
import BipackPixels

/// A part of a reading node that touches the disk: one file, or what stands in for it.
protocol FileSource: SourceOperator {
  /// The file.
  var sample: String { get }
  /// What of it is read, and the limits that it is held to.
  var options: ReadOptions { get }
  var limits: ImageLimits { get }
  /// Whether anything is made of what is in it.
  var readsContents: Bool { get }
}

extension ReadOptions.Selection {
  /// A part by its name or its number from 0; empty is what a file has by default.
  init(part: String) {
    self = part.isEmpty ? .merged : Int(part).map(Self.index) ?? .name(part)
  }
}

extension FileSource {
  var limited: ReadOptions {
    var options = options
    options.limits = limits
    return options
  }

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
