import BipackGraph
import BipackPixels

/// An input of a node that wants to know what it is given.
struct Watch: Sendable {
  /// The node.
  var path: String
  /// The input.
  var name: String
  /// Who judges; nil where it is a matte, whose alpha must say something.
  var check: (any PictureCheck)?
}

extension FrameGraph {
  /// The images a node reads, those of its matte inputs with an alpha: one rule for all nodes.
  /// `frames` say which input each image is.
  mutating func watching(
    _ inputs: [Int?], _ frames: [InputFrame], _ watched: [WatchedInput], context: NodeContext,
    path: String
  ) throws(RenderError) -> [Int?] {
    if watched.isEmpty { return inputs }
    var inputs = inputs
    for (place, frame) in frames.enumerated() {
      guard let id = inputs[place], let input = watched.first(where: { $0.slot == frame.slot })
      else { continue }
      let watch = Watch(path: path, name: input.name, check: input.check)
      if input.check == nil {
        inputs[place] = try matte(id, watch, context)
      } else {
        self.watch(picture: id, watch)
      }
    }
    return inputs
  }

  private mutating func matte(_ id: Int, _ watch: Watch, _ context: NodeContext)
    throws(RenderError) -> Int?
  {
    let spec = self[id].spec
    guard let channel = spec.matteChannel else {
      if spec.channels.isEmpty { return id }
      throw RenderError(
        NodeError(
          "the matte '\(watch.name)' has neither alpha nor red; it has "
            + spec.channels.map(\.name).joined(separator: ", ")), path: watch.path,
        frame: context.frame)
    }
    if channel == .alpha {
      self.watch(matte: id, watch)
      return id
    }
    return try add(
      MatteAlpha(channel: channel), inputs: [id], context: context, path: watch.path)
  }

  /// Marks the file whose alpha arrives untouched at a matte input: where it is the same everywhere and
  /// the colours are not, the matte is not what was meant. A picture without colour is what it is.
  mutating func watch(matte: Int, _ watch: Watch) {
    var (id, channel) = (matte, Channel.alpha)
    while case .point(let point) = self[id].operator.role {
      guard let program = try? point.program(self[id].context),
        case .input(let place, let from) = program.source(of: channel),
        place < self[id].inputs.count, let next = self[id].inputs[place]
      else { return }
      (id, channel) = (next, from)
    }
    if channel == .alpha, self[id].spec.has(.red) { add(watch, to: id) }
  }

  /// Marks the file a picture is made of, if it is made of nothing else.
  private mutating func watch(picture: Int, _ watch: Watch) {
    var id = picture
    while self[id].inputs.count == 1, let next = self[id].inputs[0] { id = next }
    add(watch, to: id)
  }

  private mutating func add(_ watch: Watch, to id: Int) {
    guard case .source = self[id].operator.role,
      !self[id].watches.contains(where: { $0.path == watch.path && $0.name == watch.name })
    else { return }
    self[id].watches.append(watch)
  }
}
