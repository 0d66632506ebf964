/// What planning all frames of a job has found wrong, without computing a pixel.
public struct DryRun: Sendable {
  /// How sure it is that a render comes upon something.
  public enum Need: Int, Comparable, Sendable {
    /// Nothing that is rendered depends on it.
    case none
    /// What is measured in pixels decides whether it is asked for.
    case undecided
    case certain

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// One thing wrong with one node, at one or more frames.
  public struct Finding: Sendable {
    /// As it was at the first of the frames.
    public var error: RenderError
    /// The frames at which the node is asked for and fails, in ascending order.
    public var frames: [Double]
    /// The rows of the document's table in which it does.
    public var rows: [Int] = []
    public var need: Need
    /// Nothing fails: the file keeps less than the picture has.
    public var isLoss = false

    /// Whether a render fails by it.
    public var isFatal: Bool { need == .certain && !isLoss }
  }

  public var findings: [Finding] = []
  /// What a render would end with: the first that fails, at the first frame where something does.
  public private(set) var failure: RenderError?
  /// A render would not begin: it would write over its own inputs, or one file twice, or all writers
  /// are disabled.
  public var isRefused = false
  /// The frames that were planned.
  public var planned: [Int] = []
  /// The rows of the document's table that were planned, if it has one.
  public var plannedRows: [Int] = []

  /// Findings that differ only in the numbers they name (frames, values) have one cause.
  private struct Cause: Hashable {
    var path: String
    var words: [Substring]
  }
  private var places: [Cause: Int] = [:]

  /// Notes what a render would fail by.
  public mutating func note(_ error: RenderError, _ need: Need, isLoss: Bool = false) {
    if need == .certain, !isLoss, failure == nil { failure = error }
    let words = error.message.split { $0.isNumber || $0 == "-" || $0 == "." }
    let cause = Cause(path: error.path, words: words)
    let place = places[cause] ?? findings.count
    if place == findings.count {
      places[cause] = place
      findings.append(Finding(error: error, frames: [], need: need, isLoss: isLoss))
    }
    findings[place].need = max(findings[place].need, need)
    if let row = error.row, findings[place].rows.last != row { findings[place].rows.append(row) }
    guard let frame = error.frame, findings[place].frames.last != frame else { return }
    findings[place].frames.append(frame)
  }

  /// Notes why a render would not begin.
  public mutating func refuse(_ error: RenderError?) {
    guard let error else { return }
    if !isRefused { failure = error }
    isRefused = true
    note(error, .certain)
  }

  mutating func sort() {
    for place in findings.indices {
      findings[place].frames = Array(Set(findings[place].frames)).sorted()
      findings[place].rows = Array(Set(findings[place].rows)).sorted()
    }
  }

  /// At most `limit` of `frames`, spread evenly, with the first and the last.
  static func spread(_ frames: some RandomAccessCollection<Int>, limit: Int) -> [Int] {
    let count = frames.count
    if count <= limit { return Array(frames) }
    let last = max(1, limit - 1)
    return (0...last).map { place in
      let (high, low) = (count - 1).multipliedFullWidth(by: place)
      let offset = last.dividingFullWidth((high, low)).quotient
      return frames[frames.index(frames.startIndex, offsetBy: offset)]
    }
  }
}
