public import BipackGraph

extension Renderer {
  /// Plans the first frame of everything a document ends in, without computing a pixel, and gives
  /// what the nodes themselves refuse: a formula that cannot be read, a colour space nobody knows, a
  /// format that cannot be written. Missing files are not the document's fault and are left out.
  ///
  /// Documents whose parameters depend on measured values are not rehearsed: measuring takes pixels.
  public func rehearse(_ comp: Comp) async -> [RenderError] {
    if comp.nodes.contains(where: { !$0.links.isEmpty }) { return [] }
    var isUsed = [Bool](repeating: false, count: comp.nodes.count)
    for node in comp.nodes {
      for case let input? in node.inputs + [node.mask] { isUsed[input] = true }
    }
    var errors: [RenderError] = []
    for id in comp.nodes.indices where !isUsed[id] || comp.sinks.contains(id) {
      do {
        _ = try await plan(comp, outputs: [id], frame: Double(comp.frames.lowerBound))
      } catch let error as RenderError where error.kind == .invalid && !errors.contains(error) {
        errors.append(error)
      } catch {}
    }
    return errors
  }
}
