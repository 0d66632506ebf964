import ArgumentParser
import Bipack

/// `bipack fmt`: graphs in one layout, so that their differences are differences.
struct FmtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Lays graphs out the one way.",
    discussion: """
      Keys keep their order, numbers their spelling; only white space changes. Files are rewritten in \
      place, or, with -, standard input is printed.
      """)

  @Argument(help: "Graphs, or - for standard input.", completion: .file(extensions: ["json"]))
  var graphs: [String]

  @Flag(help: "Changes nothing; names the files that are not laid out so and leaves with 1.")
  var check = false

  func run() throws {
    var isClean = true
    var isBroken = false
    for path in graphs {
      let bytes = try TextFile.read(path)
      do {
        let formatted = try format(bytes, path == "-" ? "standard input" : path)
        if path == "-", !check {
          Terminal.output.write(formatted)
        } else if Array(formatted.utf8) != bytes {
          isClean = false
          if check { Terminal.output.line(path) } else { try TextFile.write(formatted, to: path) }
        }
      } catch let error as DocumentError {
        for diagnostic in error.diagnostics { GraphOptions.report(diagnostic) }
        isBroken = true
      }
    }
    if isBroken { throw Failure(.usage) }
    if check, !isClean { throw Failure(.failed) }
  }

  private func format(_ bytes: [UInt8], _ name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.usage, "\(name): the text is not UTF-8")
    }
    return try JSONFormatter.format(text, name: name)
  }
}
