import ArgumentParser
import Bipack
import Glibc

/// `bipack`: one subcommand per file of this folder.
struct BipackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bipack",
    abstract: "A headless compositing engine: JSON graphs in, frames out.",
    discussion: """
      Exit codes: 0 done; 1 a frame failed, or pictures differ; 2 wrong usage or an invalid graph; \
      3 an input is missing or corrupt; 33 over the memory budget; 75 storage full or refusing; \
      130 and 143 interrupted.
      """,
    version: bipackVersion,
    subcommands: [
      RenderCommand.self, CheckCommand.self, ExplainCommand.self, AnalyzeCommand.self,
      ValuesCommand.self, ImportCommand.self, NodesCommand.self,
      SchemaCommand.self, InfoCommand.self, DiffCommand.self, FmtCommand.self, GraphCommand.self,
      CacheCommand.self, ColorspacesCommand.self,
    ])
}
