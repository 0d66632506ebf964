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
      RenderCommand.self, CheckCommand.self, ExplainCommand.self, NodesCommand.self,
      SchemaCommand.self, InfoCommand.self, DiffCommand.self, FmtCommand.self, GraphCommand.self,
      CacheCommand.self, ColorspacesCommand.self,
    ])
}

@main
enum Main {
  static func main() async { exit(await status()) }

  /// Fails if the first argument is a word, but no command's.
  private static func refuseUnknownCommand(_ word: String?) throws {
    let names = BipackCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
    let hint =
      if word.hasSuffix(".json") {
        "did you mean 'bipack render \(word)'?"
      } else if let near = Spelling.nearest(word, names) {
        "did you mean '\(near)'?"
      } else {
        "'bipack --help' lists them"
      }
    throw Failure(.usage, "no command is called '\(word)'; \(hint)")
  }

  /// Parses, runs, and says how to leave, as `ExitStatus` has it: ArgumentParser's own 64 for wrong
  /// usage becomes 2. What was thrown is gone before the process is.
  private static func status() async -> Int32 {
    do {
      try refuseUnknownCommand(CommandLine.arguments.dropFirst().first)
      var command = try BipackCommand.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch let failure as Failure {
      if !failure.message.isEmpty { Terminal.error.line("bipack: " + failure.message) }
      return failure.status.rawValue
    } catch {
      let text = BipackCommand.fullMessage(for: error)
      let code = BipackCommand.exitCode(for: error)
      if code.isSuccess {
        if !text.isEmpty { Terminal.output.line(text) }
        return 0
      }
      if !text.isEmpty { Terminal.error.line(text) }
      return code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue
    }
  }
}
