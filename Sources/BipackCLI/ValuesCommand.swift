import ArgumentParser
import Bipack

/// `bipack values`: what a node computes, frame by frame.
struct ValuesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "values",
    abstract: "Prints the values of a node over frames.",
    discussion: """
      They come as key frames, so that a document can take them as they are, or from a file: \
      { "keys": [[1001, 0.18], [1002, 0.19]] }. Only what the node needs is computed. What a group \
      gives is named as group.value. A graph with a table needs --rows, for one of its rows.
      """)

  @OptionGroup var graph: GraphOptions

  @Argument(help: "The node, or one of its values: stats, stats.mean, group.stats.mean.")
  var node: String

  @OptionGroup var machine: MachineOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var view: ViewOptions

  @OptionGroup var range: RangeOption
  @OptionGroup var rows: RowsOption

  func run() async throws {
    let comp = try graph.load(rows: rows).only(for: "values")
    let choice = try find(in: comp)
    var job = RenderJob(
      comp, frames: try range.frames(of: comp), outputs: [choice.node], proxy: machine.proxy)
    job.views = try view.places(in: comp)
    let renderer = Renderer(machine.renderOptions(disk: cache.open { _ in }))
    do {
      let file = try await ValuesFile.measured(job, renderer, choice)
      Terminal.output.write(file?.text ?? "")
    } catch {
      throw Failure(error)
    }
  }

  /// A node, one of its values, or what a group gives.
  private func find(in comp: Comp) throws -> ValuesFile.Choice {
    let node = Comp.plain(self.node)
    if let choice = ValuesFile.Choice(exported: node, of: comp) { return choice }
    if let id = comp.id(of: node) { return .init(try measuring(id, comp), of: comp) }
    let parts = node.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let id = comp.id(of: parts.dropLast().joined(separator: ".")) else {
      return .init(try measuring(comp.find(node), comp), of: comp)
    }
    let (name, names) = (
      String(parts[parts.count - 1]), comp.nodes[id].declaration.values.map(\.name)
    )
    guard names.contains(name) else {
      _ = try measuring(id, comp)
      throw Failure(
        .usage,
        "'\(comp.nodes[id].path)' gives no '\(name)'; it gives \(names.joined(separator: ", "))")
    }
    return .init(id, of: comp, only: name)
  }

  private func measuring(_ id: Int, _ comp: Comp) throws -> Int {
    if comp.nodes[id].declaration.isData { return id }
    throw Failure(
      .usage,
      "'\(comp.nodes[id].path)' is a \(comp.nodes[id].declaration.typeName), which computes no values"
    )
  }
}
