import BipackGraph

/// The frames of a job in the order in which they are made.
///
/// Rows of a table are made side by side: the first frame of each, then the second of each. What they have
/// in common at a frame, a plate under forty names, is so computed once, and what a row keeps for its own
/// next frame stays as long. Of very many rows, one block is made after the other.
struct JobSteps: RandomAccessCollection {
  /// Rows made side by side.
  static let block = 64

  let comps: [Comp]
  let frames: [Int]

  init(_ job: RenderJob) { (comps, frames) = (job.comps, job.frames) }

  struct Step {
    /// Which of the job's comps.
    var comp: Int
    var frame: JobFrame
  }

  var startIndex: Int { 0 }
  var endIndex: Int { comps.count * frames.count }

  subscript(index: Int) -> Step {
    let (first, width, place) = locate(index)
    let comp = first + place % width
    return Step(
      comp: comp, frame: JobFrame(frames[place / width], row: comps[comp].row?.number))
  }

  /// The steps that may share something with this one: the next, and the next frame of the same row.
  func followers(of index: Int) -> Set<Int> {
    let (_, width, place) = locate(index)
    var found: Set<Int> = []
    if index + 1 < count { found.insert(index + 1) }
    if place + width < width * frames.count { found.insert(index + width) }
    return found
  }

  /// The first comp of a step's block, how many the block has, and the step's place in the block.
  private func locate(_ index: Int) -> (first: Int, width: Int, place: Int) {
    let size = Self.block * frames.count
    let first = index / size * Self.block
    return (first, Swift.min(Self.block, comps.count - first), index % size)
  }
}
