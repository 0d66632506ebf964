import BipackPixels
import Glibc
import Testing

@testable import BipackGraph

/// The test nodes.
let registry = Registry([
  Plate.self, Grade.self, Soften.self, Over.self, Pick.self, Stats.self, Out.self, Lookup.self,
  Fitted.self, Everything.self, Flicker.self, Smoke.self, Thin.self, Flatten.self,
])

/// Checks a document of the test nodes.
func check(_ text: String, _ options: LoadOptions = LoadOptions()) -> CheckResult {
  Comp.check(text: text, name: "comp.json", registry: registry, options: options)
}

/// A document around `nodes`; `more` is put before them.
func document(_ nodes: String, _ more: String = "") -> String {
  """
  {"bipack": 1, "format": {"width": 200, "height": 100, "fps": 25}, "frames": [1, 100], \(more)
  "nodes": {\(nodes)}}
  """
}

/// A comp that must be right.
func comp(_ nodes: String, _ more: String = "", _ options: LoadOptions = LoadOptions()) throws
  -> Comp
{
  let result = check(document(nodes, more), options)
  guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
  return comp
}

extension Comp {
  /// A node of the comp at a frame.
  func node<N: Node>(
    _ path: String, _ frame: Double = 1, as type: N.Type = N.self,
    values: [String: ValueData] = [:], proxy: Double = 1
  ) throws -> N {
    let resolved = try resolved(path, frame, values: values, proxy: proxy)
    return try #require(resolved.node as? N)
  }

  func resolved(
    _ path: String, _ frame: Double = 1, values: [String: ValueData] = [:], proxy: Double = 1
  ) throws -> ResolvedNode {
    let id = try #require(self.id(of: path))
    return try resolve(id, frame: frame, proxy: proxy) { link, _ throws(NodeError) in
      guard let value = values[link.name] else { throw NodeError(.invalid, "no value") }
      return value
    }
  }
}

/// Files in a folder of their own, removed at the end.
final class ScratchFiles {
  let path: String
  private var names: [String] = []

  init(_ files: [String: String]) throws {
    var name = Array("/tmp/bipack-graphs-XXXXXX\0".utf8CString)
    path = try #require(mkdtemp(&name).map { String(cString: $0) })
    for (file, text) in files { try write(text, file) }
  }

  deinit {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  func write(_ text: String, _ name: String) throws {
    let handle = try #require(fopen(path + "/" + name, "w"))
    fputs(text, handle)
    fclose(handle)
    names.append(name)
  }

  func link(_ name: String, to target: String) {
    symlink(target, path + "/" + name)
    names.append(name)
  }
}
