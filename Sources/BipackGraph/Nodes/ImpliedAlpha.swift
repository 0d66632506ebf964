public import BipackPixels

// A picture with colour but without alpha is opaque wherever it is. Every node that needs such an alpha
// beside its colour, because another picture has one, asks here.

extension ImageSpec {
  /// Whether `channel` is an alpha that is missing beside colour of its layer: 1 in the data window.
  public func implies(_ channel: Channel) -> Bool {
    channel.isAlpha && !has(channel) && hasColor(channel.layer)
  }

  /// Whether a layer has red, green or blue.
  fileprivate func hasColor(_ layer: String) -> Bool {
    channels.contains { $0.layer == layer && ($0.slot ?? 3) < 3 }
  }
}

extension PointProgram.Source {
  /// A channel of the input in `slot`, an alpha that it implies included.
  public static func plane(_ channel: Channel, of spec: ImageSpec?, in slot: Int) -> Self {
    spec?.implies(channel) == true ? .opaque(slot) : .input(slot, channel)
  }

  /// The alpha that goes with a channel of the input in `slot`: its own layer's, else the root's, else
  /// the one that its colour, or the root's, implies. 0 of a picture without colour.
  public static func alpha(for channel: Channel, of spec: ImageSpec?, in slot: Int) -> Self {
    guard let spec else { return .constant(0) }
    if let alpha = spec.alpha(for: channel) { return .input(slot, alpha) }
    return spec.hasColor(channel.layer) || spec.hasColor("") ? .opaque(slot) : .constant(0)
  }
}

extension NodeContext {
  /// A channel of every input, in their order, an alpha that one implies included.
  public func planes(_ channel: Channel) -> [PointProgram.Source] {
    inputs.enumerated().map { .plane(channel, of: $1, in: $0) }
  }
}

extension Expansion {
  /// A picture with those of `channels` that it implies, for parts that read them off its tiles.
  package mutating func implying(_ channels: [Channel], _ picture: Ref, of spec: ImageSpec) -> Ref {
    let missing = channels.filter(spec.implies)
    return missing.isEmpty ? picture : add(ImpliedAlpha(channels: missing), [picture])
  }
}

/// A picture with alphas it implied.
private struct ImpliedAlpha: PointOperator {
  let channels: [Channel]

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(channels)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in channels { program.set(channel, .opaque(0)) }
    return program
  }
}
