import ArgumentParser
import Bipack

@main
struct BipackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bipack", version: "0.1.0")
}
