import ArgumentParser
import Bipack
import Glibc

/// `bipack colorspaces`: what names a colour config has.
struct ColorspacesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "colorspaces",
    abstract: "Lists colour spaces, aliases, roles, displays and views.",
    discussion: """
      The colour config is the one given, else that of the environment variable OCIO, else Bipack's \
      own: as for a graph without "ocio".
      """)

  @Argument(help: "Shows only what has this text in a name, an alias or a family, in any case.")
  var filter: String?

  @Option(
    help: ArgumentHelp("An OpenColorIO configuration.", valueName: "file"),
    completion: .file(extensions: ["ocio"]))
  var config: String?

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let config = try open()
    let spaces = config.spaces.compactMap { config.space($0) }.filter {
      matches([$0.name, $0.family] + $0.aliases)
    }
    let roles = config.roles.map { ($0, config.space(ofRole: $0) ?? "") }.filter {
      matches([$0.0, $0.1])
    }
    let displays = config.displays.map { ($0, config.views(of: $0)) }.filter {
      matches([$0.0] + $0.1)
    }
    if json {
      return Terminal.output.line(members(config, spaces, roles, displays).pretty())
    }
    if spaces.isEmpty, roles.isEmpty, displays.isEmpty {
      throw Failure(.failed, "nothing in \(config.title) has '\(filter ?? "")' in its name")
    }
    let t = Terminal.output
    t.line("\(config.title), working space \(config.workingSpace)")
    section("colour spaces", spaces.map { [$0.name, about($0)] })
    section("roles", roles.map { [$0.0, $0.1] })
    section("displays", displays.map { [$0.0, $0.1.joined(separator: ", ")] })
  }

  private func open() throws -> ColorConfig {
    let environment = getenv("OCIO").map { ["OCIO": String(cString: $0)] } ?? [:]
    do {
      if let config { return try ColorConfig.open(config) }
      return try ColorConfig.choose(document: nil, environment: environment)
    } catch {
      throw Failure(.input, error.description)
    }
  }

  private func matches(_ names: [String]) -> Bool {
    guard let filter = filter?.lowercased() else { return true }
    return names.contains { $0.lowercased().contains(filter) }
  }

  private func section(_ title: String, _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    Terminal.output.write("\n" + Terminal.output.styled(title, .bold) + "\n" + Text.table(rows))
  }

  private func about(_ space: ColorConfig.Space) -> String {
    let kind = space.isData ? "data" : space.encoding
    return ([kind] + space.aliases).filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private func members(
    _ config: ColorConfig, _ spaces: [ColorConfig.Space], _ roles: [(String, String)],
    _ displays: [(String, [String])]
  ) -> JSONOut {
    .object([
      ("config", .string(config.title)), ("workingSpace", .string(config.workingSpace)),
      (
        "spaces",
        .array(
          spaces.map { space in
            .object([
              ("name", .string(space.name)),
              ("aliases", .array(space.aliases.map(JSONOut.string))),
              ("family", .string(space.family)), ("encoding", .string(space.encoding)),
              ("data", .bool(space.isData)), ("description", .string(space.description)),
            ])
          })
      ),
      ("roles", .object(roles.map { ($0.0, .string($0.1)) })),
      (
        "displays",
        .array(
          displays.map { display in
            .object([
              ("name", .string(display.0)),
              ("views", .array(display.1.map(JSONOut.string))),
              ("defaultView", .string(config.defaultView(of: display.0))),
            ])
          })
      ),
    ])
  }
}
