import ArgumentParser
import Bipack
import Glibc

/// Where results are kept for later runs.
struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keeps results in this folder for later runs and other machines; also $BIPACK_CACHE_DIR.",
      valueName: "folder"),
    completion: .directory)
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "What the cache may take on disk, as 200G; by default 16G. What was not used for longest goes.",
      valueName: "size"))
  var cacheSize: ByteCount?

  @Flag(help: "Uses no cache folder, whatever the environment says.")
  var noCache = false

  mutating func validate() throws {
    if noCache, cache != nil {
      throw ValidationError("--cache and --no-cache contradict each other")
    }
    if let cache, cache.isEmpty { throw ValidationError("--cache takes a folder") }
  }

  /// The folder named here or in the environment.
  static func folder(_ named: String?) -> String? {
    if let named { return named }
    let variable = getenv("BIPACK_CACHE_DIR").map { String(cString: $0) } ?? ""
    return variable.isEmpty ? nil : variable
  }

  /// The cache, if there is to be one. `warn` hears that it cannot be written.
  func open(_ warn: @escaping @Sendable (String) -> Void) -> DiskCache? {
    guard !noCache, let folder = Self.folder(cache) else { return nil }
    return DiskCache(
      directory: folder, limit: cacheSize?.bytes ?? DiskCache.defaultLimit, warn: warn)
  }
}
