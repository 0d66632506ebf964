import BipackGraph
import BipackIO

/// Which file a reading node uses for a frame: what is on disk, and the node's policies for what is not.
struct SequenceFiles {
  private let path: FramePath
  private let frames: FileFrames
  private let missing: Read.MissingFrame
  /// The frames to use; nil is what is on disk.
  private let range: ClosedRange<Int>?

  init(
    _ path: FilePath, _ frames: FileFrames, missing: Read.MissingFrame, _ settings: DocumentSettings
  ) throws(NodeError) {
    guard !path.text.isEmpty else {
      throw NodeError("'path' is empty; it names the file to read")
    }
    (self.frames, self.missing) = (frames, missing)
    range = try Self.range(frames.range.values)
    self.path = try FramePath(path, in: settings)
  }

  /// What to deliver at a frame of the document.
  func choice(_ context: NodeContext) throws(NodeError) -> Choice {
    try content(at: Int(context.frame.rounded(.down)) - frames.offset)
  }

  /// What to deliver for a frame.
  struct Choice {
    var content: ReadFile.Content
    /// A file to take size, channels and metadata from.
    var sample: String
    /// How many frames after that file's own the wanted one comes.
    var ahead = 0
  }

  /// What to deliver for a file frame.
  private func content(at frame: Int) throws(NodeError) -> Choice {
    let direct = path.path(frame: frame)
    guard path.hasFrame else { return Choice(content: .file, sample: direct) }
    if range == nil, isFile(direct) { return Choice(content: .file, sample: direct) }

    let there = try existing()
    guard let first = range?.lowerBound ?? there.first,
      let last = range?.upperBound ?? there.last, let any = there.first
    else {
      throw NodeError(
        .input, "\(path.pattern): no frame of this sequence is on disk (looked for \(direct))")
    }
    var wanted = frame
    if frame < first || frame > last {
      switch frame < first ? frames.before : frames.after {
      case .error: throw absent(frame, there)
      case .hold: wanted = frame < first ? first : last
      case .loop: wanted = first + modulo(frame - first, last - first + 1)
      case .bounce:
        let span = last - first
        let step = modulo(frame - first, max(1, 2 * span))
        wanted = first + (step <= span ? step : 2 * span - step)
      case .black: return standIn(.black, any, for: frame)
      }
    }
    if has(wanted, there) { return file(wanted, for: frame) }
    switch missing {
    case .error: throw absent(wanted, there)
    case .hold:
      guard let earlier = there.last(where: { $0 < wanted }) else { throw absent(wanted, there) }
      return file(earlier, for: frame)
    case .nearest:
      let nearest = there.min { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) } ?? any
      return file(nearest, for: frame)
    case .black: return standIn(.black, any, for: frame)
    case .checker: return standIn(.checker, any, for: frame)
    }
  }

  private static func range(_ values: [Double]) throws(NodeError) -> ClosedRange<Int>? {
    if values.isEmpty { return nil }
    guard values.count == 2, let first = Int(exactly: values[0]), let last = Int(exactly: values[1])
    else { throw NodeError("'range' is two whole numbers, first and last: [1001, 1048]") }
    guard first <= last else {
      throw NodeError("'range' begins at \(first), after its end at \(last)")
    }
    return first...last
  }

  private func existing() throws(NodeError) -> [Int] {
    do throws(ImageFileError) {
      return try path.framesOnDisk()
    } catch {
      throw NodeError(error)
    }
  }

  /// Sorted, so a search by halves.
  private func has(_ frame: Int, _ frames: [Int]) -> Bool {
    var (low, high) = (0, frames.count)
    while low < high {
      let middle = (low + high) / 2
      if frames[middle] < frame { low = middle + 1 } else { high = middle }
    }
    return low < frames.count && frames[low] == frame
  }

  private func file(_ frame: Int, for wanted: Int) -> Choice {
    standIn(.file, frame, for: wanted)
  }

  private func standIn(_ content: ReadFile.Content, _ frame: Int, for wanted: Int) -> Choice {
    Choice(content: content, sample: path.path(frame: frame), ahead: wanted - frame)
  }

  private func absent(_ frame: Int, _ frames: [Int]) -> NodeError {
    var text = "\(path.path(frame: frame)) does not exist"
    if let first = frames.first, let last = frames.last {
      text += "; the sequence has \(frames.count) frames, \(first) to \(last)"
    }
    return NodeError(.input, text + " (see 'missing', 'before' and 'after' for softer ways)")
  }
}

extension FramePath {
  /// A path as written in a document, relative to the document's directory.
  init(_ path: FilePath, in settings: DocumentSettings) throws(NodeError) {
    do throws(ImageFileError) {
      try self.init(settings.absolute(path.text))
    } catch {
      throw NodeError(error)
    }
  }
}

private func isFile(_ path: String) -> Bool { (try? FileStamp(path: path)) != nil }

/// The remainder that is never negative.
private func modulo(_ value: Int, _ divisor: Int) -> Int {
  let rest = value % divisor
  return rest < 0 ? rest + divisor : rest
}
