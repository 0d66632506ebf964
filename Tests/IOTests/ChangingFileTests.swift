import BipackIO
import BipackPixels
import Foundation
import Testing

/// Files that change while they are read: an error, never a picture that is half black or half new.
@Suite struct ChangingFileTests {
  private let folder = Scratchpad()

  /// 1024 rows, so that chunks are read in many calls.
  private func picture() -> Image {
    let format = Format(width: 64, height: 1024)
    var image = Image(spec: ImageSpec(format: format, channels: Channel.rgb), grid: pool.grid)
    for channel in Channel.rgb {
      image[channel] = TiledPlane(grid: pool.grid, dataWindow: format.window, constant: 0.5)
    }
    return image
  }

  /// Reads a file whose end is cut off, or whose bytes are rewritten, at the given call of the
  /// reader for threads.
  private func read(_ path: String, at call: Int, change: @escaping @Sendable () -> Void)
    -> (failure: ImageFileError?, calls: Int)
  {
    let calls = Locked(0)
    let loops = Loops { count, body in
      let now = calls.withLock { calls -> Int in
        calls += 1
        return calls - 1
      }
      if now == call { change() }
      for i in 0..<count { body(i) }
    }
    let error = failure { _ = try ImageFile.read(path, pool: pool, loops: loops) }
    return (error, calls.withLock { $0 })
  }

  @Test(arguments: [("none", false), ("zip", false), ("zip", true), ("none", true)])
  func exr(kind: (codec: String, tiled: Bool)) throws {
    let path = folder.file("a.exr")
    var options = WriteOptions()
    options.compression = kind.codec == "none" ? .none : .zip
    if kind.tiled { options.tile = SubImage.TileSize(width: 32, height: 32) }
    try checkCuts(path, options)
  }

  @Test(arguments: [SampleType.uint8, .uint16]) func png(type: SampleType) throws {
    var options = WriteOptions()
    options.type = type
    try checkCuts(folder.file("a.png"), options)
  }

  private func checkCuts(_ path: String, _ options: WriteOptions) throws {
    try ImageFile.write(picture(), to: path, options: options)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let untouched = read(path, at: .max) {}
    #expect(untouched.failure == nil && untouched.calls > 0)
    for call in 0..<untouched.calls {
      for size in [whole.count / 4, whole.count - 40] {
        let (error, _) = read(path, at: call) { _ = truncate(path, off_t(size)) }
        #expect(error != nil, "cut to \(size) at call \(call)")
        #expect([.incomplete, .corrupt, .storage].contains(error?.kind))
        // In place: a new file under the name would be another one, and the old one whole.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: whole)
        try file.close()
      }
    }
    // Lengthened: the pixels are all there, but which ones?
    let (error, _) = read(path, at: untouched.calls - 1) {
      let file = FileHandle(forWritingAtPath: path)
      _ = try? file?.seekToEnd()
      try? file?.write(contentsOf: Data([0]))
      try? file?.close()
    }
    #expect(error?.description.contains("changed while it was being read") == true)
  }

  /// A file that is replaced keeps its bytes for whoever has it open.
  @Test func replacedIsNotChanged() throws {
    let path = folder.file("b.exr")
    try ImageFile.write(picture(), to: path)
    let other = folder.file("c.exr")
    try ImageFile.write(picture(), to: other)
    let (error, _) = read(path, at: 0) { _ = rename(other, path) }
    #expect(error == nil)
  }
}
