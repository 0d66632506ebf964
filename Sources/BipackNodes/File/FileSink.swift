public import BipackGraph
import BipackIO
import BipackPixels

/// A node that writes each frame to a file of its own.
public protocol FileSink: SinkNode {
  var path: FilePath { get set }
  /// Makes missing folders.
  var createDirectories: Bool { get set }
}

extension FileSink {
  public func paths(_ context: NodeContext) throws(NodeError) -> [String] {
    guard !path.text.isEmpty else {
      throw NodeError("'path' is empty; it names the file to write")
    }
    let place = FilePath(ProxyPlace.path(path.text, proxy: context.proxy))
    let file = try FramePath(place, in: context.settings)
    return [file.path(frame: Int(context.frame.rounded(.down)))]
  }

  public func tryTarget(_ context: NodeContext) throws(NodeError) {
    let path = try paths(context)[0]
    try refusing { () throws(ImageFileError) in
      try ImageFile.tryTarget(path, createDirectories: createDirectories)
    }
  }

  public var placeless: Self {
    var node = self
    // Only the ending says something of the contents.
    node.path = FilePath("." + ImageFile.extensionOf(path.text))
    node.createDirectories = true
    return node
  }

  public func found(_ context: NodeContext) throws(NodeError) -> FrameRecord.Found {
    switch WrittenRecord(path: try paths(context)[0]) {
    case .nothing: .nothing
    case .foreign: .foreign
    case .changed: .changed
    case .record(let text): FrameRecord(text).map(FrameRecord.Found.record) ?? .changed
    }
  }

  /// What is wrong with the file is wrong with the node.
  func refusing<T>(_ body: () throws(ImageFileError) -> T) throws(NodeError) -> T {
    do throws(ImageFileError) { return try body() } catch { throw NodeError(writing: error) }
  }

  /// The writer of a frame that comes in bands.
  func bands(
    _ path: String, _ spec: ImageSpec, _ options: WriteOptions
  ) throws(NodeError) -> any BandWriter {
    let file = try refusing { () throws(ImageFileError) in
      try ImageFile.beginWrite(path, spec: spec, options: options)
    }
    guard let file else { throw NodeError("the format of \(path) takes whole pictures only") }
    return FileInBands(file)
  }
}
