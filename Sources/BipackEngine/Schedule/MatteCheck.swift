import BipackGraph
import BipackPixels

/// Whether the alpha of a file that serves as a matte says nothing: 1 or 0 everywhere, while the colours
/// differ. A trimap saved by a paint program is such.
///
/// The first pixel that differs ends the look, so that it costs nothing where the matte is one.
struct MatteCheck {
  let source: any SourceNode
  let pass: FramePlan.Pass
  let loops: Loops
  let pool: BlockPool

  /// What is wrong, for each input the alpha reaches.
  func warnings(_ image: Image) -> [RenderWarning] {
    guard let alpha = constant(.alpha, of: image), alpha == 0 || alpha == 1,
      Channel.rgb.contains(where: { differs($0, image) })
    else { return [] }
    return pass.mattes.map { use in
      let remedy =
        use.name == "mask"
        ? "\"maskChannel\": \"R\" takes its red"
        : "a Shuffle with \"mapping\": \"A=R\" in between takes its red"
      return RenderWarning(
        path: use.path, frame: pass.context.frame,
        message: "the alpha of '\(use.name)', from nodes.\(pass.path), is "
          + "\(alpha == 1 ? "1" : "0") everywhere while its colours differ, so the matte is "
          + "\(alpha == 1 ? "solid" : "empty"); \(remedy)")
    }
  }

  private func differs(_ channel: Channel, _ image: Image) -> Bool {
    guard pass.spec.has(channel) else { return false }
    if image[channel] != nil { return constant(channel, of: image) == nil }
    // Nobody else wanted the colours.
    let demand = Demand(rect: pass.demand.rect, channels: [channel])
    guard let colour = try? source.read(demand, pass.context, loops, pool) else { return false }
    return constant(channel, of: colour) == nil
  }

  /// The one value a channel has in the demanded rectangle.
  private func constant(_ channel: Channel, of image: Image) -> Float? {
    var value: Float?
    var isConstant = true
    let rect = pass.demand.rect.intersection(pass.spec.dataWindow)
    image.forEachTile(channel, in: rect) { part, pixels, stride in
      if !isConstant { return }
      let first = value ?? pixels[0]
      value = first
      for y in 0..<part.height where isConstant {
        let row = pixels + y * stride
        for x in 0..<part.width where row[x] != first {
          isConstant = false
          break
        }
      }
    }
    return isConstant ? value : nil
  }
}
