import BipackGraph

extension Comp {
  /// A checked document of these nodes.
  init(nodes: String, width: Int, height: Int, frames: String, _ registry: Registry) throws {
    let text = """
      {"bipack": 1, "format": {"width": \(width), "height": \(height), "fps": 24},
       "frames": \(frames), "nodes": {\(nodes)}}
      """
    let result = Comp.check(text: text, registry: registry)
    guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
    self = comp
  }
}
