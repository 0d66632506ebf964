import BipackPixels

/// What one pass of a frame took, and what would keep it from going faster on more cores.
public struct PassReport: Sendable {
  /// The document path of the node (of the last one, when several were fused).
  public var path: String
  public var typeName: String
  /// From the pass before to the next one.
  public var seconds: Double
  /// Independent pieces of work: tiles, rows of tiles, chunks of a file.
  public var items: Int
  /// The time of all pieces, added up over the threads.
  public var busySeconds: Double
  /// The longest piece.
  public var longestSeconds: Double
  /// The time outside the pieces, when one thread at most had something to do.
  public var serialSeconds: Double
  /// How often threads waited for the locks they share.
  public var waits: Int
  public var waitSeconds: Double
  /// Bytes of the image it made, shared planes included.
  public var bytes: Int

  init(
    path: String, typeName: String, seconds: Double, _ timings: Timings, waits: LockWaits,
    bytes: Int
  ) {
    self.path = path
    self.typeName = typeName
    self.seconds = seconds
    items = timings.items
    busySeconds = timings.busy
    longestSeconds = timings.longest
    serialSeconds = max(0, seconds - timings.span - timings.spans)
    self.waits = waits.count
    waitSeconds = waits.time.seconds
    self.bytes = bytes
  }

  /// What the pass would take on so many cores, each as fast as one of these: its serial part, and its
  /// pieces dealt out evenly, but no less than the longest of them. Memory bandwidth is not in it.
  public func seconds(onCores cores: Int) -> Double {
    let rounds = items > 0 ? (Double(items) / Double(cores)).rounded(.up) : 0
    let dealt = items > 0 ? rounds * busySeconds / Double(items) : busySeconds / Double(cores)
    return serialSeconds + max(longestSeconds, dealt)
  }
}
