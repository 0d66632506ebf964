import Bipack
import Glibc

/// Writes frames to standard output, one after the other, as plain numbers for another program.
///
/// Each frame is the pixels of its format, rows from the top, each pixel red, green, blue and alpha as
/// 32-bit floats, little-endian, as the node gives them: scene-linear and premultiplied. There is no
/// header. Without alpha in the picture it is 1; outside the data window everything is 0. For ffmpeg:
/// `-f rawvideo -pix_fmt rgbaf32le -s 1920x1080 -r 24 -i -`.
struct RawFrames: SinkNode {
  static let abstract = "Writes frames to standard output as 32-bit floats."
  static let category = "Internal"

  @Input("The picture to write.") var source

  func paths(_ context: NodeContext) throws(NodeError) -> [String] { [] }

  func written(_ context: NodeContext) throws(NodeError) -> Demand {
    Demand(rect: context.main.format.window, channels: Set(Channel.rgba))
  }

  func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {
    let image = try image.expectPicture()
    let window = context.main.format.window
    let isOpaque = !image.channels.contains(.alpha)
    var row = [Float](repeating: 0, count: 4 * window.width)
    var line = [Float](repeating: 0, count: window.width)
    for y in window.y0..<max(window.y0, window.y1) {
      for (slot, channel) in Channel.rgba.enumerated() {
        let rect = Rect(x: window.x0, y: y, width: window.width, height: 1)
        if image.channels.contains(channel) {
          line.withUnsafeMutableBufferPointer { line in
            guard let base = line.baseAddress else { return }
            image.gather(
              channel, edge: .black, into: PlaneView(rect: rect, base: base, stride: window.width))
          }
        } else {
          for x in line.indices { line[x] = channel == .alpha && isOpaque ? 1 : 0 }
        }
        for x in line.indices { row[4 * x + slot] = line[x] }
      }
      try Self.send(row, loops)
    }
  }

  /// Writes as the reader takes it; a render that is cancelled does not wait for one that sleeps.
  private static func send(_ row: [Float], _ loops: Loops) throws(NodeError) {
    let size = row.count * MemoryLayout<Float>.size
    var at = 0
    while at < size {
      if loops.isCancelled() { throw NodeError("cancelled") }
      var output = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
      guard poll(&output, 1, 50) != 0 else { continue }
      // A pipe that takes anything takes this much without blocking.
      let piece = min(size - at, Int(PIPE_BUF))
      let count = row.withUnsafeBytes { Glibc.write(1, $0.baseAddress.map { $0 + at }, piece) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        let reason = errno == EPIPE ? "its reader is gone" : String(cString: strerror(errno))
        throw NodeError(.storage, "cannot write to standard output: \(reason)")
      }
      at += count
    }
  }
}
