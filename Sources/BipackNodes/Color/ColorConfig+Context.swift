import BipackGraph
import BipackIO

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension NodeContext {
  /// The colour config that rules in this document.
  func colorConfig() throws(NodeError) -> ColorConfig {
    let environment = getenv("OCIO").map { ["OCIO": String(cString: $0)] } ?? [:]
    do {
      return try ColorConfig.choose(
        document: settings.ocio.map(absolute), environment: environment)
    } catch {
      throw NodeError(.input, error.description)
    }
  }

  /// A path of the document as an absolute one, or as the document's folder makes it.
  func absolute(_ path: String) -> String {
    path.hasPrefix("/") || settings.directory.isEmpty ? path : settings.directory + "/" + path
  }
}
