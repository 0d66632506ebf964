import Bipack

/// What the process says when it leaves.
enum ExitStatus: Int32 {
  case done = 0
  /// A frame failed, or compared pictures differ.
  case failed = 1
  /// Wrong usage, or a graph that is not valid.
  case usage = 2
  /// An input is missing or corrupt.
  case input = 3
  /// A frame needs more memory than allowed; a bigger machine may do it.
  case memory = 33
  /// The disk is full or refuses; trying again later may do it.
  case storage = 75
  case interrupted = 130
  case terminated = 143

  var isInterrupt: Bool { self == .interrupted || self == .terminated }
}

/// Ends a command with a message for a person.
struct Failure: Error {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String = "") {
    self.status = status
    self.message = message
  }

  func report() {
    if !message.isEmpty { Terminal.error.line("bipack: " + message) }
  }

  init(_ error: ImageFileError) {
    let status: ExitStatus =
      switch error.kind {
      case .missing, .corrupt, .incomplete, .unsupported, .permission, .library, .overLimit: .input
      case .storage: .storage
      case .request: .usage
      }
    self.init(status, error.description)
  }

  init(_ error: RenderError) { self.init(ExitStatus(error.kind), error.description) }

  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as ImageFileError: self.init(error)
    case let error as RenderError: self.init(error)
    case let error as NodeError: self.init(ExitStatus(error.kind), error.message)
    default: self.init(.failed, "\(error)")
    }
  }
}

extension ExitStatus {
  init(_ kind: NodeError.Kind) {
    self =
      switch kind {
      case .invalid: .failed
      case .input: .input
      case .storage: .storage
      case .memory: .memory
      }
  }

  /// Of several failed frames: their common reason, or simply that frames failed.
  init(_ failures: [RenderError]) { self.init(all: failures.map { ExitStatus($0.kind) }) }

  /// Of several graphs or frames: what those that failed have in common.
  init(all statuses: [ExitStatus]) {
    let failed = Set(statuses).subtracting([.done])
    self = failed.first.map { failed.count == 1 ? $0 : .failed } ?? .done
  }
}
