import BipackGraph
import BipackPixels

/// A look at a file that has been read, for the inputs that want to know.
///
/// A matte whose alpha is 1 or 0 everywhere while the colours differ says nothing: a trimap saved by a
/// paint program is such. The first pixel that differs ends that look, so that it costs nothing where
/// the matte is one. Other inputs have judges of their own, who see whole pictures only.
struct WatchedRead {
  let source: any SourceOperator
  let pass: FramePlan.Pass
  let loops: Loops
  let pool: BlockPool

  func warnings(_ image: Image) -> [RenderWarning] {
    // Of a part nothing can be said of the whole.
    if !isWhole { return [] }
    let flatAlpha = pass.watches.contains { $0.check == nil } ? flatAlpha(image) : nil
    return pass.watches.compactMap { watch in
      let problem =
        if let check = watch.check {
          check.problem(image)
        } else {
          flatAlpha.map { Self.problem($0, watch.name) }
        }
      guard let problem else { return nil }
      return RenderWarning(
        path: watch.path, frame: pass.context.frame,
        message: "'\(watch.name)', from nodes.\(pass.path), \(problem)")
    }
  }

  private var isWhole: Bool { pass.demand.rect.contains(pass.spec.dataWindow) }

  /// The alpha, if it is 1 or 0 everywhere and the colours are not the same everywhere.
  private func flatAlpha(_ image: Image) -> Float? {
    guard let alpha = constant(.alpha, of: image), alpha == 0 || alpha == 1,
      Channel.rgb.contains(where: { differs($0, image) })
    else { return nil }
    return alpha
  }

  private static func problem(_ alpha: Float, _ input: String) -> String {
    let remedy =
      input == "mask"
      ? "\"maskChannel\": \"R\" takes its red"
      : "a Shuffle with \"mapping\": \"A=R\" in between takes its red"
    return alpha == 1
      ? "has alpha 1 everywhere while its colours differ, so the matte is solid; \(remedy)"
      : "has alpha 0 everywhere while its colours differ, so the matte is empty; \(remedy)"
  }

  private func differs(_ channel: Channel, _ image: Image) -> Bool {
    guard pass.spec.has(channel) else { return false }
    if image[channel] != nil { return constant(channel, of: image) == nil }
    // Nobody else wanted the colours.
    let demand = Demand(rect: pass.demand.rect, channels: [channel])
    guard let colour = try? source.read(demand, pass.context, loops, pool).picture else {
      return false
    }
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
