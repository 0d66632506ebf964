import ArgumentParser
import Bipack

/// `bipack cache`: what a cache folder holds, and its upkeep.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Says what a cache folder holds; trims, verifies or empties it.",
    discussion: """
      Renders may use the cache meanwhile. Nothing else in the folder is touched.
      """)

  enum Action: String, ExpressibleByArgument, CaseIterable {
    case info, trim, verify, clear
  }

  @Argument(help: "info, trim (to --cache-size), verify (removes what is damaged) or clear.")
  var action = Action.info

  @Argument(help: "The folder; by default $BIPACK_CACHE_DIR.", completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("What trim leaves, as 200G; by default 16G.", valueName: "size"))
  var cacheSize: ByteCount?

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    guard let folder = CacheOptions.folder(folder) else {
      throw Failure(.usage, "name a cache folder, or set BIPACK_CACHE_DIR")
    }
    let cache = DiskCache(
      directory: folder, limit: cacheSize?.bytes ?? DiskCache.defaultLimit)
    var members: [(String, JSONOut)] = []
    var text = ""
    switch action {
    case .info: break
    case .trim:
      let removed = cache.trim(to: cache.limit)
      members = [("removed", .int(removed.files)), ("removedBytes", .int(removed.bytes))]
      text = "removed \(Text.count(removed.files, "file")), \(Text.bytes(removed.bytes))\n"
    case .verify:
      let (good, damaged) = cache.verify()
      members = [("good", .int(good)), ("damaged", .int(damaged))]
      text = "\(good) good, \(damaged) damaged and removed\n"
    case .clear: cache.removeAll()
    }
    let contents = cache.contents
    members += [
      ("folder", .string(folder)), ("entries", .int(contents.entries)),
      ("bytes", .int(contents.bytes)), ("unfinished", .int(contents.unfinished)),
    ]
    if json {
      Terminal.output.line(JSONOut.object(members).pretty())
    } else {
      text += "\(folder): \(contents.entries) entries, \(Text.bytes(contents.bytes))"
      if contents.unfinished > 0 { text += ", \(contents.unfinished) unfinished" }
      Terminal.output.line(text)
    }
  }
}
