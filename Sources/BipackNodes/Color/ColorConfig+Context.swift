import BipackGraph
import BipackIO

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension DocumentSettings {
  /// The colour config that rules in this document.
  func colorConfig() throws(ColorError) -> ColorConfig {
    try ColorConfig.choose(document: ocio.map(absolute), environment: Self.environment)
  }

  /// Whether the document or the environment names one, so that not our own rules.
  var namesColorConfig: Bool {
    ocio != nil || !(Self.environment["OCIO"] ?? "").isEmpty
  }

  private static var environment: [String: String] {
    getenv("OCIO").map { ["OCIO": String(cString: $0)] } ?? [:]
  }

  /// A path of the document as an absolute one, or as the document's folder makes it.
  func absolute(_ path: String) -> String { PlainPath.join(directory, path) }
}

extension NodeContext {
  /// The colour config that rules in this document.
  func colorConfig() throws(NodeError) -> ColorConfig {
    do {
      return try settings.colorConfig()
    } catch {
      throw NodeError(.input, error.description)
    }
  }
}
