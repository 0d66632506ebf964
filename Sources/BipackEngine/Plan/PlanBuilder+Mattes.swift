import BipackGraph
import BipackPixels

/// An input through whose alpha a node works.
struct MatteUse: Hashable, Sendable {
  /// The node.
  var path: String
  /// The input.
  var name: String
}

extension PlanBuilder {
  /// The images a node reads, those of its matte inputs with an alpha: one rule for all nodes.
  /// `frames` say which input each image is.
  mutating func withMattes(
    _ inputs: [Int?], _ frames: [InputFrame], _ mattes: [(slot: Int, name: String)],
    context: NodeContext, path: String
  ) throws(RenderError) -> [Int?] {
    if mattes.isEmpty { return inputs }
    var inputs = inputs
    for (place, frame) in frames.enumerated() {
      guard let id = inputs[place], let (_, name) = mattes.first(where: { $0.slot == frame.slot })
      else { continue }
      inputs[place] = try matte(id, MatteUse(path: path, name: name), context)
    }
    return inputs
  }

  private mutating func matte(_ id: Int, _ use: MatteUse, _ context: NodeContext)
    throws(RenderError) -> Int?
  {
    let spec = self[id].spec
    guard let channel = spec.matteChannel else {
      if spec.channels.isEmpty { return id }
      throw RenderError(
        NodeError(
          "the matte '\(use.name)' has neither alpha nor red; it has "
            + spec.channels.map(\.name).joined(separator: ", ")), path: use.path,
        frame: context.frame)
    }
    if channel == .alpha {
      watch(id, use)
      return id
    }
    return try add(
      MatteAlpha(channel: channel), inputs: [id], context: context, path: use.path)
  }

  /// Marks the file whose alpha arrives untouched at a matte input: where it is the same everywhere and
  /// the colours are not, the matte is not what was meant. A picture without colour is what it is.
  mutating func watch(_ matte: Int, _ use: MatteUse) {
    var (id, channel) = (matte, Channel.alpha)
    while case .point(let point) = self[id].node.role {
      guard let program = try? point.program(self[id].context),
        case .input(let place, let from) = program.source(of: channel),
        place < self[id].inputs.count, let next = self[id].inputs[place]
      else { return }
      (id, channel) = (next, from)
    }
    guard case .source = self[id].node.role, channel == .alpha, self[id].spec.has(.red),
      !self[id].mattes.contains(use)
    else { return }
    self[id].mattes.append(use)
  }
}
