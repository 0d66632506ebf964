import BipackGraph
import BipackPixels

/// What is asked of one frame, and its graph: what is known without looking at any pixel.
struct FrameRequest: Sendable {
  var builder: FrameGraphBuilder
  /// What is wanted, and the plan node of each; nil where it comes to nothing.
  var wanted: [FrameGraphBuilder.Goal]
  var goals: [Int?]
  var frame: Double
  var seconds: Double
  /// Places in `goals` whose files are there already, made from the same.
  var upToDate: Set<Int> = []
  /// The other files, with what is different, if somebody asked.
  var outdated: [OutdatedFile] = []
  var memo = IngredientMemo()
  /// Remembers what was in files that have not changed since.
  var disk: DiskCache?
  /// What was measured for it.
  var measured: [PassReport] = []

  var graph: FrameGraph { builder.graph }

  /// The plan nodes still to be made.
  var due: [Int] {
    goals.indices.filter { !upToDate.contains($0) }.compactMap { goals[$0] }
  }

  /// Paths of the writers that are disabled at this frame.
  var disabled: Set<String> {
    let off = goals.indices.filter { goals[$0] == nil && wanted[$0].kind == .write }
    return Set(off.map { builder.comp.nodes[wanted[$0].node].path })
  }

  /// What the files still to be made cannot keep of their pictures.
  var losses: [RenderWarning] {
    due.flatMap { id -> [RenderWarning] in
      guard case .sink(let sink) = graph[id].work else { return [] }
      let context = graph[id].context
      return sink.losses(context).map {
        RenderWarning(path: graph[id].path, frame: context.frame, message: $0)
      }
    }
  }

  /// Whether nothing is wanted but writers that are disabled.
  var isIdle: Bool {
    !goals.isEmpty && goals.indices.allSatisfy { goals[$0] == nil && wanted[$0].kind == .write }
  }

  var hashes: Set<StableHash> { due.isEmpty ? [] : Set(graph.nodes.map(\.hash)) }
}

// MARK: - Records

extension FrameRequest {
  /// Looks at the files of sinks that carry records, and leaves out what would come out the same.
  /// With `explains`, notes what is different about the others.
  mutating func compareFiles(explains: Bool) {
    for (index, goal) in goals.enumerated() {
      guard let goal, case .sink(let sink) = graph[goal].operator.role else { continue }
      let context = graph[goal].context
      var reasons: [String]
      if (try? sink.carriesRecord(context)) != true {
        reasons = ["files of this format do not say what they were made from"]
      } else {
        switch (try? sink.found(context)) ?? .foreign {
        case .nothing: reasons = ["not there yet"]
        case .foreign: reasons = ["does not say what it was made from"]
        case .changed: reasons = ["not whole, or changed by another program"]
        case .record(let old):
          if let record = record(index) {
            if record.hash == old.hash {
              upToDate.insert(index)
              continue
            }
            reasons = record.differences(from: old)
          } else {
            reasons = ["an input cannot be identified"]
          }
        }
      }
      if explains {
        let file = (try? sink.paths(context))?.first ?? ""
        outdated.append(OutdatedFile(path: file, node: graph[goal].path, reasons: reasons))
      }
    }
  }

  /// Hands the sinks still to be run what their files will say.
  mutating func attachRecords() {
    for (index, goal) in goals.enumerated() {
      guard let goal, !upToDate.contains(index), case .sink(let sink) = graph[goal].operator.role,
        (try? sink.carriesRecord(graph[goal].context)) == true
      else { continue }
      _ = record(index)
    }
  }

  /// What a goal is made from, noted with the goal; nil when that has no name beyond this process.
  private mutating func record(_ index: Int) -> FrameRecord? {
    guard let goal = goals[index] else { return nil }
    if let known = graph[goal].context.record { return known }
    builder.graph.identify(disk)
    guard let hash = graph[goal].contentHash else { return nil }
    let record = FrameRecord(
      version: programVersion, hash: hash,
      ingredients: builder.ingredients(of: wanted[index], frame: frame, memo))
    builder.graph[goal].context.record = record
    return record
  }
}
