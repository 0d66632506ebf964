extension Node {
  /// This node with some parameters changed: `Blur().with { $0.size = 12 }`.
  public func with(_ change: (inout Self) -> Void) -> Self {
    var node = self
    change(&node)
    return node
  }
}

extension Renderer {
  /// The image of the node at `path` (`comp`, `group.blur`) at one frame.
  public func image(
    _ comp: Comp, _ path: String, frame: Double, region: Rect? = nil, proxy: Double = 1
  ) async throws -> Image {
    guard let id = comp.id(of: path) else {
      throw RenderError(kind: .invalid, path: path, message: "the comp has no such node")
    }
    return try await image(comp, node: id, frame: frame, region: region, proxy: proxy)
  }
}
