public import BipackGraph
import BipackKernels
public import BipackPixels

/// Strokes on a picture.
public struct RotoPaint: CompositeNode {
  public static let category = "Roto"
  public static let abstract = """
    Paints on a picture with strokes written down: paint, clone from another place, frame or picture, reveal another \
    frame or picture, blur, erase. Strokes lie one over the other, the first lowest. Where the \
    brush covers a pixel in full, it is exactly that of the other picture. Each stroke \
    costs what it covers. Brushes are round, their edges smooth. Channels that `bg` does not have are not made. Positions have y down; \
    in Nuke y is up. Shapes are drawn by Roto.
    """

  @Input("The picture painted on.")
  public var bg

  @Input("Another picture, for strokes whose donor is `bg1`.", optional: true)
  public var bg1

  @Param("The channels painted on.")
  public var output = ChannelSet.rgba

  @Param("The strokes, the lowest first.")
  public var strokes: [PaintStroke] = []

  public init() {}

  public var isTimeVarying: Bool {
    strokes.contains { !$0.range.values.isEmpty || $0.timeOffsetMode == .absolute }
  }

  /// The strokes drawn at a frame; one with a lifetime that means nothing is left to `problems`.
  private func alive(_ frame: Double) -> [(place: Int, stroke: PaintStroke)] {
    strokes.enumerated().compactMap { place, stroke -> (place: Int, stroke: PaintStroke)? in
      let lives = (try? stroke.range.lives(at: frame, "")) ?? false
      return lives && stroke.visible && stroke.opacity > 0 ? (place, stroke) : nil
    }
  }

  /// The picture a stroke takes, if it takes one from an input.
  private func image(for stroke: PaintStroke, _ frame: Double) -> InputFrame? {
    if !stroke.hasDonor || stroke.donor == .painted { return nil }
    let slot = stroke.donor == .bg ? bg.slot : bg1.slot
    return InputFrame(slot: slot, frame: stroke.donorFrame(frame))
  }

  /// The picture painted on, then those that strokes take.
  private func images(_ frame: Double) -> [InputFrame] {
    var result = [InputFrame(slot: bg.slot, frame: frame)]
    for (_, stroke) in alive(frame) {
      guard let wanted = image(for: stroke, frame), !result.contains(wanted) else { continue }
      result.append(wanted)
    }
    return result
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] { images(context.frame) }

  private func painted(_ context: NodeContext) -> [Channel] {
    output.select(from: context.main.channels)
  }

  /// What a stroke may touch: it is cut to the format and the picture.
  private func area(_ stroke: PaintStroke, _ context: NodeContext) -> Rect {
    stroke.brush.shape.bounds.intersection(
      context.main.format.window.union(context.main.dataWindow))
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    for (place, stroke) in strokes.enumerated() {
      _ = try stroke.range.lives(at: context.frame, "strokes[\(place)]")
    }
    for (_, stroke) in alive(context.frame) {
      spec.dataWindow = spec.dataWindow.union(area(stroke, context))
    }
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    let isNothing =
      painted(context).isEmpty
      || alive(context.frame).allSatisfy { area($0.stroke, context).isEmpty }
    return isNothing && problems(context).isEmpty ? 0 : nil
  }

  public func problems(_ context: NodeContext) -> [NodeError] {
    var found: [NodeError] = []
    for (place, stroke) in strokes.enumerated() {
      do throws(NodeError) {
        _ = try stroke.range.lives(at: context.frame, "strokes[\(place)]")
        if stroke.hasDonor, stroke.donor == .painted,
          stroke.donorFrame(context.frame) != context.frame
        {
          throw NodeError(
            "strokes[\(place)].timeOffset: what is painted so far is only there at the same frame; "
              + "expected 0, or \"donor\": \"bg\"")
        }
      } catch {
        found.append(error)
      }
    }
    return found
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    if let problem = problems(context).first { throw problem }
    var painting = Painting(
      base: .input(0), spec: context.main, channels: painted(context), frames: images(context.frame)
    )
    for (place, stroke) in alive(context.frame) {
      let area = area(stroke, context)
      if area.isEmpty { continue }
      let donor: Expansion.Ref?
      switch stroke.tool {
      case .paint: donor = nil
      case .erase: donor = graph.cut(painting.base, to: area)
      case .blur: donor = painting.blurred(&graph, stroke.blur, area)
      case .clone, .reveal:
        let picture = try painting.donor(
          &graph, image(for: stroke, context.frame), place, context)
        donor = graph.cut(painting.moved(&graph, picture, stroke), to: area)
      }
      let before = painting.state(&graph, area)
      let part = BrushPart(
        brush: stroke.brush, opacity: stroke.opacity, color: stroke.color,
        channels: painting.channels, area: area)
      painting.patches.append((area, graph.add(part, [before] + (donor.map { [$0] } ?? []))))
    }
    return painting.state(&graph, nil)
  }
}

/// A picture on its way through strokes: each has made a patch, and the next reads those it touches.
private struct Painting {
  let base: Expansion.Ref
  let spec: ImageSpec
  let channels: [Channel]
  let frames: [InputFrame]
  var patches: [(area: Rect, ref: Expansion.Ref)] = []

  init(base: Expansion.Ref, spec: ImageSpec, channels: [Channel], frames: [InputFrame]) {
    (self.base, self.spec, self.channels, self.frames) = (base, spec, channels, frames)
  }

  /// What is painted so far, in `area` or all over.
  func state(_ graph: inout Expansion, _ area: Rect?) -> Expansion.Ref {
    let touched = patches.filter { patch in
      area.map { !$0.intersection(patch.area).isEmpty } ?? true
    }
    if touched.isEmpty { return graph.cut(base, to: area) }
    return graph.add(PatchesPart(window: area), [base] + touched.map(\.ref))
  }

  /// What is painted so far, softened.
  func blurred(_ graph: inout Expansion, _ size: Double, _ area: Rect) -> Expansion.Ref {
    // As far as the widest Gaussian reaches.
    let reach = Int((1.5 * size).rounded(.up)) + 2
    let around = area.expanded(reach).intersection(spec.dataWindow.union(area))
    var blur = Blur()
    blur.channels = ChannelSet(channels.map { ChannelWord.quoted($0.name) }.joined(separator: ","))
    blur.size = Vec2(size, size)
    blur.edge = .nearest
    return graph.cut(graph.add(blur, [state(&graph, around)]), to: area)
  }

  /// The picture of an input at a frame, or what is painted so far where none is named.
  func donor(
    _ graph: inout Expansion, _ wanted: InputFrame?, _ place: Int, _ context: NodeContext
  ) throws(NodeError) -> Expansion.Ref {
    guard let wanted else { return state(&graph, nil) }
    guard let index = frames.firstIndex(of: wanted), index < context.inputs.count,
      let spec = context.inputs[index]
    else {
      throw NodeError("strokes[\(place)].donor: nothing is connected to 'bg1'")
    }
    return graph.implying(channels, .input(index), of: spec)
  }

  /// A donor where the brush puts it.
  func moved(
    _ graph: inout Expansion, _ donor: Expansion.Ref, _ stroke: PaintStroke
  ) -> Expansion.Ref {
    if stroke.tool == .reveal { return donor }
    var transform = Transform()
    transform.placement = stroke.placement
    return graph.add(transform, [donor])
  }
}
