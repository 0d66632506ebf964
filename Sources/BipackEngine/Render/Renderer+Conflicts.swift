import BipackGraph
import Glibc

extension Renderer {
  /// What is wrong with the files of a job, found before anything is computed: a file that it would
  /// write and that it also reads, at whatever frame, and a file that two nodes, two frames or two rows of
  /// the table would write. Files are the same by device and inode or by where their paths lead, however they are
  /// spelled. Empty when all is well.
  ///
  /// Looks at parameters and folders only, at no picture. The document, group files and the colour
  /// configuration count as read. Every pair of nodes is told of once, at its first frame.
  public func conflicts(_ job: RenderJob) -> [RenderError] { files(of: job).errors() }

  /// The files a job writes: by where a path leads, the path.
  public func filesWritten(_ job: RenderJob) -> [String: String] { files(of: job).written }

  /// What is wrong with writing one more file beside a job: a node of the graph, read by an output
  /// or not, reads it.
  public func conflict(writing path: String, of job: RenderJob) -> RenderError? {
    let all = job.comp.nodes.indices.map { FrameGraphBuilder.Goal(kind: .image, node: $0) }
    var files = files(of: job, all)
    return files.reader(of: path).map {
      RenderError(
        kind: .invalid, message: "\(path) would be written over, but \($0); write to another file")
    }
  }

  /// The files of a job, by parameters alone.
  func files(of job: RenderJob) -> JobFiles {
    files(of: job, goals(job.comp, job.outputs, views: job.views))
  }

  private func files(of job: RenderJob, _ goals: [FrameGraphBuilder.Goal]) -> JobFiles {
    var files = JobFiles(job.comp)
    for step in JobSteps(job) {
      var builder = FrameGraphBuilder(comp: job.comps[step.comp], proxy: job.proxy, values: [:])
      for use in builder.files(of: goals, frame: Double(step.frame.number)) { files.add(use) }
    }
    return files
  }
}

/// A file that a node reads or writes at a frame.
struct FileUse {
  var path: String
  /// The node's place in the comp.
  var node: Int
  var row: Int?
  var frame: Double
  var view: Int
  var isWritten: Bool
}

/// The files of a render: finds those that are in each other's way.
struct JobFiles {
  /// What stands for a file: where its path leads, or the file that is there.
  private enum Key: Hashable {
    case place(FilePlace)
    case number(FileNumber)
  }

  private let comp: Comp
  private var places = FilePlaces()
  private var writes: [(use: FileUse, keys: [Key])] = []
  private var reads: [Key: FileUse] = [:]
  /// Files that are read whatever the frame, and what they are.
  private var others: [Key: String] = [:]

  init(_ comp: Comp) {
    self.comp = comp
    for file in Set(comp.nodes.map(\.location.file)) { note(file, "this graph is read from it") }
    if let table = comp.row?.file { note(table, "the rows are read from it") }
    let named = comp.settings.ocio.map { PlainPath.join(comp.settings.directory, $0) }
    if let config = named ?? getenv("OCIO").map({ String(cString: $0) }), !config.isEmpty {
      note(config, "it is the colour configuration")
    }
  }

  private mutating func note(_ file: String, _ what: String) {
    for key in keys(file) { others[key] = what }
  }

  private mutating func keys(_ path: String) -> [Key] {
    guard let (place, number) = places.find(path) else { return [] }
    return [.place(place)] + (number.map { [.number($0)] } ?? [])
  }

  /// By where it leads, each path that is written.
  var written: [String: String] {
    Dictionary(
      writes.compactMap { write in write.keys.first.map { ("\($0)", write.use.path) } }
    ) { first, _ in first }
  }

  /// Who reads a file.
  mutating func reader(of path: String) -> String? {
    for key in keys(path) {
      if let what = others[key] { return what }
      if let use = reads[key] { return "nodes.\(comp.nodes[use.node].path) reads it" }
    }
    return nil
  }

  mutating func add(_ use: FileUse) {
    let keys = keys(use.path)
    if use.isWritten {
      writes.append((use, keys))
    } else {
      for key in keys where reads[key] == nil { reads[key] = use }
    }
  }

  /// What is to be written.
  var outputs: OutputFiles {
    var outputs = OutputFiles()
    for (use, keys) in writes {
      var before: FileNumber?
      for case .number(let number) in keys { before = number }
      outputs.expect(use.path, before: before)
    }
    return outputs
  }

  /// One error for each pair of nodes, in order of frames.
  func errors() -> [RenderError] {
    var errors: [RenderError] = []
    var told: Set<[Int]> = []
    var writers: [Key: FileUse] = [:]
    func tell(_ use: FileUse, _ other: Int, _ message: String) {
      guard told.insert([use.node, other]).inserted else { return }
      errors.append(
        RenderError(
          kind: .invalid, path: comp.nodes[use.node].path, row: use.row, frame: use.frame,
          message: message))
    }
    for (use, keys) in writes {
      if let what = keys.lazy.compactMap({ others[$0] }).first {
        tell(use, -1, "\(use.path) would be written over, but \(what); write to another file")
      }
      if let reader = keys.lazy.compactMap({ reads[$0] }).first {
        var text = "\(use.path) would be written over, but nodes.\(comp.nodes[reader.node].path)"
        text += " reads it"
        if reader.frame != use.frame || reader.row != use.row {
          text += " at \(reader.row.map { "row \($0), " } ?? "")frame \(number(reader.frame))"
        }
        if reader.path != use.path { text += ", as \(reader.path)" }
        tell(use, reader.node, text + "; write to another file")
      }
      // Two names of one file (hard links) are not in each other's way: a write replaces the name.
      guard let place = keys.first, let other = writers.updateValue(use, forKey: place) else {
        continue
      }
      if other.node == use.node, let row = other.row, row != use.row {
        tell(
          use, use.node,
          "\(use.path) is the file of row \(row) too; put ${row}, or a column that differs, where "
            + "the row's name goes")
      } else if other.node == use.node, other.frame == use.frame {
        tell(
          use, use.node,
          "\(use.path) is the file of view \(comp.views[other.view]) too; put %V where the "
            + "view's name goes")
      } else if other.node == use.node {
        tell(
          use, use.node,
          "\(use.path) is the file of frame \(number(other.frame)) too; put #### where the "
            + "frame number goes")
      } else {
        let spelling = other.path == use.path ? "" : ", as \(other.path)"
        tell(
          use, other.node,
          "\(use.path) is written by nodes.\(comp.nodes[other.node].path) too\(spelling)")
      }
    }
    return errors
  }
}

extension FrameGraphBuilder {
  /// The files that goals read and write at a frame: by parameters alone, without a look at a picture.
  ///
  /// Where the values of data nodes would be needed, every input is taken to be read, and what these
  /// values are measured on. Nodes that cannot be resolved say so when they are rendered.
  mutating func files(of goals: [Goal], frame: Double) -> [FileUse] {
    var uses: [FileUse] = []
    var seen: Set<Moment> = []
    // The last is looked at first.
    let asked = goals.map { (Moment(node: $0.node, frame: frame, view: $0.view), $0.joined) }
    var stack = asked.map(\.0).reversed() as [Moment]
    let joined = Dictionary(asked) { first, _ in first }
    while let moment = stack.popLast(), !Task.isCancelled {
      guard seen.insert(moment).inserted else { continue }
      let node = comp.nodes[moment.node]
      if let mask = node.mask { stack.append(moment.with(mask)) }
      do {
        let visit = try visit(moment, joined: joined[moment] ?? [])
        stack += feeds(of: moment, visit).compactMap { $0 }
        let context = context(moment, visit)
        func note(_ paths: [String], isWritten: Bool) {
          uses += paths.map {
            FileUse(
              path: $0, node: moment.node, row: comp.row?.number, frame: moment.frame,
              view: moment.view,
              isWritten: isWritten)
          }
        }
        if visit.resolved.isDisabled { continue }
        if case .sink(let sink) = visit.resolved.node.role {
          if joined[moment] != nil { note(try sink.paths(context), isWritten: true) }
        } else {
          note(try visit.resolved.node.filesRead(context), isWritten: false)
        }
      } catch let missing as MissingPicture {
        var notes = Notes()
        settle(missing.moment, &notes)
        seen.remove(moment)
        stack.append(moment)
      } catch is MissingValues {
        let possible = possibilities(moment)
        let read = possible.certain.union(possible.undecided).union(possible.measured)
        stack += read.sorted(by: Moment.inOrder).reversed()
      } catch {}
    }
    return uses
  }
}
