import ArgumentParser
public import Bipack
import Glibc

/// The command `bipack`, for a program of one's own: a few lines add nodes to it and keep every
/// subcommand (README, "The library").
public enum BipackTool {
  /// The nodes that documents may use in this run.
  @TaskLocal static var registry = Registry.standard

  /// Runs the command with the process' arguments and ends the process with its exit code.
  public static func main(_ registry: Registry = .standard) async -> Never {
    let code = await run(Array(CommandLine.arguments.dropFirst()), registry)
    guard ExitStatus(rawValue: code)?.isInterrupt == true else { exit(code) }
    // Work that could not be stopped at once may go on in other threads: nothing waits for it.
    AtomicFile.giveUpAll()
    _exit(code)
  }

  /// Runs the command and gives its exit code. What was thrown is gone before that.
  public static func run(_ arguments: [String], _ registry: Registry = .standard) async -> Int32 {
    await $registry.withValue(registry) { await status(arguments) }
  }

  /// Parses, runs, and says how to leave, as `ExitStatus` has it: ArgumentParser's own 64 for wrong
  /// usage becomes 2.
  private static func status(_ arguments: [String]) async -> Int32 {
    do {
      try refuseUnknownCommand(arguments.first)
      var command = try BipackCommand.parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch let failure as Failure {
      failure.report()
      return failure.status.rawValue
    } catch let error as NodeError {
      let failure = Failure(error)
      failure.report()
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
}
