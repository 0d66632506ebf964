public import BipackGraph
import BipackKernels
public import BipackPixels

/// Shapes drawn by hand.
public struct Roto: TileNode {
  public static let category = "Roto"
  public static let abstract = """
    Draws shapes and open strokes one over the other, the first lowest, with exact coverage: each pixel as much as \
    the shape covers it. Shapes have soft edges point by point, blends, key frames in every number, and move with layers that \
    a track may move. By default the matte is drawn into alpha. A `bg` without alpha has none: the \
    matte begins at 0, unless colour is drawn too. Positions have y down; in Nuke y is up. Motion blur averages the exact coverage at \
    so many moments that nothing moves by more than half a pixel in between. Docs/roto.md tells more.
    """

  @Input("The picture drawn on.", optional: true)
  public var bg

  @Param("The channels drawn into; missing ones are made.")
  public var output = ChannelSet.alpha

  @Param("The shapes and strokes, the lowest first.")
  public var shapes: [RotoShape] = []

  @Param("Layers that shapes name: a shape moves with its layer, a layer with the one it is in.")
  public var layers: [RotoLayer] = []

  @Param(0...1, "How opaque all shapes are.")
  public var opacity = 1.0

  @Param(
    """
    What shapes are cut to: the format, the data window of `bg`, both, what they share, or nothing. `invert` fills \
    as much.
    """)
  public var clipType = RotoClip.format

  @Param("The size without `bg`, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  @Param(
    0...16,
    """
    Quality of motion blur: 0 is off, 1 takes parameters at 20 moments and follows straight lines between them.
    """)
  public var motionBlur = 0.0

  @Params public var timing = Shutter()

  public static let conditions: [ParamCondition] =
    MotionBlur.conditions + [.only("format", withoutInput: "bg")]

  public init() {}

  public var sampleOffsets: [Double] { timing.offsets(quality: motionBlur) }

  public var isTimeVarying: Bool { shapes.contains { !$0.range.values.isEmpty } }

  public var cost: NodeCost { .heavy }

  private func base(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    if let source = context.spec(bg) { return source }
    var spec = ImageSpec(format: try format.resolve(context), channels: [])
    spec.dataWindow = .empty
    return spec
  }

  /// The channels drawn into: those the set spells out, and those that are there.
  private func drawn(_ base: ImageSpec) -> [Channel] {
    var spec = base
    spec.add(output.spelledOut)
    return output.select(from: spec.channels)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = try base(context)
    let channels = drawn(spec)
    for shape in try drawnShapes(context) { spec.dataWindow = spec.dataWindow.union(shape.area) }
    spec.add(channels)
    return spec
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    zip(context.inputs, output.cut(to: context.inputs)).map { source, demand in
      var demand = demand
      demand.channels.formIntersection(source?.channels ?? [])
      return demand
    }
  }

  public func identity(_ context: NodeContext) -> Int? {
    guard let source = context.spec(bg), drawn(source).allSatisfy(source.has),
      (try? drawnShapes(context).isEmpty) == true
    else { return nil }
    return bg.slot
  }

  public func computed(_ context: NodeContext) -> [Channel] {
    guard let base = try? base(context), let spec = try? spec(context) else { return [] }
    // The others are shared where the picture does not grow.
    return spec.dataWindow == base.dataWindow ? drawn(base) : spec.channels
  }

  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    rect.area + Coverage.scratch(rect)
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let base = try base(context)
    let drawn = drawn(base)
    let hasColor = drawn.contains { !$0.isAlpha }
    return Kernel(
      shapes: try drawnShapes(context).map { shape in
        Kernel.Shape(drawn: shape, silhouette: shape.shape.silhouette)
      },
      drawn: Set(drawn), opaque: Set(hasColor ? drawn.filter(base.implies) : []),
      window: base.dataWindow)
  }

  private struct Kernel: TileKernel {
    struct Shape {
      var drawn: DrawnShape
      var silhouette: Silhouette
    }
    let shapes: [Shape]
    let drawn: Set<Channel>
    /// Alphas that the picture below does not say: 1 wherever it is.
    let opaque: Set<Channel>
    let window: Rect

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        task.copy(0, i)
        if opaque.contains(task.channels[i]) {
          let part = task.rect.intersection(window)
          if !part.isEmpty { task.target(i).part(part).fill(1) }
        }
      }
      for shape in shapes {
        let area = shape.drawn.area.intersection(task.rect)
        if area.isEmpty { continue }
        let scratch = task.scratch(count: area.area)
        let mask = PlaneView(area, of: scratch)
        shape.silhouette.render(into: mask)
        shape.drawn.finish(mask)
        for i in task.channels.indices where drawn.contains(task.channels[i]) {
          let target = task.target(i).part(area)
          let value = Float(shape.drawn.color[task.channels[i].slot ?? 0])
          for y in area.y0..<area.y1 {
            shape.drawn.blend.apply(mask.row(y), value, onto: target.row(y), count: area.width)
          }
        }
      }
    }
  }
}

/// A shape that is drawn at a frame.
struct DrawnShape: Sendable {
  var shape: SplineShape
  var blend: ShapeBlend
  var color: ColorValue
  var opacity: Float
  var invert: Bool
  /// The pixels it may change.
  var area: Rect

  /// From what it covers to how much it counts.
  func finish(_ mask: PlaneView) {
    for y in mask.rect.y0..<mask.rect.y1 {
      let row = mask.row(y)
      if invert { for x in 0..<mask.rect.width { row[x] = 1 - row[x] } }
      if opacity == 1 { continue }
      // Where nothing else is kept, less of the shape keeps more.
      if blend == .intersect {
        for x in 0..<mask.rect.width { row[x] = 1 - opacity * (1 - row[x]) }
      } else {
        for x in 0..<mask.rect.width { row[x] *= opacity }
      }
    }
  }
}

extension Roto {
  /// What is drawn at this frame, in order.
  func drawnShapes(_ context: NodeContext) throws(NodeError) -> [DrawnShape] {
    let base = try base(context)
    let clip = clipType.area(base.format.window, base.dataWindow)
    let moments = context.samples.compactMap { $0 as? Roto }
    var result: [DrawnShape] = []
    for (place, shape) in shapes.enumerated() {
      let layers = try layers(of: shape, place)
      let opacity = layers.reduce(shape.opacity * opacity) { $0 * $1.opacity }
      guard try shape.range.lives(at: context.frame, "shapes[\(place)]"), shape.visible,
        layers.allSatisfy(\.visible), opacity > 0
      else { continue }
      var states = [(shape, layers)]
      if shape.motionBlur, !moments.isEmpty, moments.allSatisfy({ $0.shapes.count > place }) {
        states = []
        for moment in moments {
          states.append(
            (moment.shapes[place], try moment.layers(of: moment.shapes[place], place)))
        }
      }
      var made = SplineShape(
        states.map { shape, layers in
          let map = layers.reduce(shape.placing.map(base.format, proxy: context.proxy)) {
            $1.placing.map(base.format, proxy: context.proxy) * $0
          }
          return SplineShape.Moment(shape.spline, map)
        }, isClosed: shape.path.closed)
      (made.feather, made.falloff) = (shape.feather, shape.falloff)
      let isEverywhere = shape.invert || !shape.blend.isLocal
      let area = isEverywhere ? clip : made.bounds.intersection(clip)
      if area.isEmpty { continue }
      result.append(
        DrawnShape(
          shape: made, blend: shape.blend, color: shape.color, opacity: Float(opacity),
          invert: shape.invert, area: area))
    }
    return result
  }

  /// The layers around a shape, from the inside out.
  private func layers(of shape: RotoShape, _ place: Int) throws(NodeError) -> [RotoLayer] {
    var result: [RotoLayer] = []
    var name = shape.layer
    var at = "shapes[\(place)]"
    while !name.isEmpty {
      guard let index = layers.firstIndex(where: { $0.name == name }) else {
        let known = layers.map { "'\($0.name)'" }.joined(separator: ", ")
        throw NodeError(
          "\(at).layer: there is no layer '\(name)'; "
            + (known.isEmpty ? "'layers' has none" : "there are \(known)"))
      }
      if result.count >= layers.count {
        throw NodeError(
          "\(at).layer: '\(name)' is in itself; expected layers that end in one without a layer")
      }
      result.append(layers[index])
      at = "layers[\(index)]"
      name = layers[index].layer
    }
    return result
  }

  public func problems(_ context: NodeContext) -> [NodeError] {
    var found: [NodeError] = []
    for (place, shape) in shapes.enumerated() {
      do throws(NodeError) {
        _ = try layers(of: shape, place)
        _ = try shape.range.lives(at: context.frame, "shapes[\(place)]")
      } catch {
        found.append(error)
      }
    }
    return found
  }
}
