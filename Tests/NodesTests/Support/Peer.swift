import Foundation

/// OpenImageIO's command, where it is installed.
enum OIIOTool {
  private static let program = ["/usr/bin/oiiotool", "/usr/local/bin/oiiotool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static var isHere: Bool { program != nil }

  static func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program ?? "")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw CocoaError(.fileReadUnknown) }
  }
}

/// The shared conformance pictures, when this checkout lies next to them.
enum Plates {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/plates")
    .path

  static var areHere: Bool { FileManager.default.fileExists(atPath: root) }
  static func exr(_ name: String) -> String { root + "/exr/" + name }
}
