public import BipackGraph
package import BipackKernels
public import BipackPixels

/// What a transform does to a picture: the maps, the filter, and the frame it ends in.
public struct WarpPlan: Sendable {
  /// From source to output, at the frame and while shutters are open.
  package var moments: MapMoments
  package var filter: ResampleFilter
  package var clamp: Bool
  package var blackOutside: Bool
  /// The format of the output.
  package var format: Format
  /// What the output's data window is cut to, if anything.
  package var crop: Rect?

  package init(
    _ moments: MapMoments, filter: ResampleFilter, clamp: Bool = false, blackOutside: Bool,
    format: Format, crop: Rect? = nil
  ) {
    self.moments = moments
    self.filter = filter
    self.clamp = clamp
    self.blackOutside = blackOutside
    self.format = format
    self.crop = crop
  }

  init(_ moments: MapMoments, _ resampling: Resampling, format: Format, crop: Rect? = nil) {
    self.init(
      moments, filter: resampling.filter, clamp: resampling.clamp,
      blackOutside: resampling.blackOutside, format: format, crop: crop)
  }

  /// One for each moment averaged (motion blur), at least one.
  package var maps: [Map] { moments.own }
}

/// What moves pixels: Transform, CornerPin, Position, Mirror, Reformat, LensDistortion, STMap, and chains of them.
///
/// The conventions, for all of them: y is down, as everywhere in Bipack, so a positive y translation
/// moves the picture down (Nuke: up). Rotation is counter-clockwise as seen and skew leans the way it
/// does in Nuke. Coordinates are pixels, (0, 0) the top left corner of the format.
///
/// A chain of them is one resample, by the last one's filter and edge: `absorbing` puts the maps one after
/// the other. The motion blur is that of the last one that has any: everything before it in the chain is
/// looked at when *its* shutter is open, whatever shutters of their own the others have; what comes after
/// stands still. A chain ends at a mask or a mix, at anything else between two of them, at a crop that
/// cuts something off, and where nearest pixels (`impulse`) meet a filter.
public protocol Warping: TileOperator {
  /// What it does to the first input.
  func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan
}

/// The widest and highest picture a transform may make.
let largestSide = 1 << 20

extension Warping where Self: Node {
  public static var joinsShutters: Bool { true }
}

extension Warping {
  public var cost: NodeCost { .heavy }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try checkedSpec(plan(context), context)
  }

  private func checkedSpec(_ plan: WarpPlan, _ context: NodeContext) throws(NodeError) -> ImageSpec
  {
    var spec = context.warped
    _ = try plan.warp()
    spec.format = plan.format
    spec.dataWindow = plan.dataWindow(spec)
    if spec.dataWindow.width > largestSide || spec.dataWindow.height > largestSide {
      throw NodeError(
        "the result would be \(spec.dataWindow.width) x \(spec.dataWindow.height) pixels; at most "
          + "\(largestSide) on a side are possible: scale less, or Crop the picture first")
    }
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    let source = context.warped
    guard let plan = try? plan(context), plan.moments.all.allSatisfy({ $0.isStill(source) }) else {
      return nil
    }
    let crop = plan.crop.map { $0.contains(source.dataWindow) } ?? true
    return crop && plan.format == source.format ? 0 : nil
  }

  public func computed(_ context: NodeContext) -> [Channel] {
    // Only the frame changes: the pixels are shared.
    let source = context.warped
    if let plan = try? plan(context), plan.isStill(source) { return [] }
    return source.channels
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var result = context.inputs.map { _ in Demand.none }
    guard !result.isEmpty, let plan = try? plan(context) else { return result }
    let source = context.warped
    if plan.isStill(source) {
      result[0] = output.with(rect: output.rect.intersection(source.dataWindow))
    } else if let warp = try? plan.warp() {
      result[0] = output.with(rect: warp.demand(output.rect, dataWindow: source.dataWindow))
      for (picture, rect) in warp.pictures(for: output.rect) {
        guard result.indices.contains(picture.slot), let map = context.inputs[picture.slot] else {
          continue
        }
        let window = map.dataWindow
        // Beyond its edge a map is that edge.
        let part = rect.map { reached($0, 0, 0, window, .clamp) } ?? window
        let known = result[picture.slot]
        result[picture.slot] = Demand(
          rect: known.rect.union(part), channels: known.channels.union(picture.channels))
      }
    }
    return result
  }

  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    let channels = Set(context.warped.channels)
    let source = demand(Demand(rect: rect, channels: channels), context).first?.rect.area ?? 0
    let isPlain = (try? plan(context))?.matrices != nil
    let needed = isPlain ? Warp.scratch : Warp.mapScratch
    return needed(source, channels.count, rect.width)
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let plan = try plan(context)
    return WarpKernel(warp: plan.isStill(context.warped) ? nil : try plan.warp())
  }

  public func absorbing(
    _ upstream: any Operator, _ upstreamContext: NodeContext, _ context: NodeContext
  ) -> (any Operator)? {
    guard let upstream = upstream as? any Warping,
      let first = try? upstream.plan(upstreamContext), let last = try? plan(context)
    else { return nil }
    // What upstream cut off must stay cut off.
    if let crop = first.crop {
      var uncut = first
      uncut.crop = nil
      if !crop.contains(uncut.dataWindow(upstreamContext.warped)) { return nil }
    }
    // Moves by whole pixels take on the other's filter; any other nearest-pixel step stays a step.
    var both = last
    if (first.filter == .impulse) != (last.filter == .impulse) {
      if last.filter == .impulse, last.isWhole {
        both.filter = first.filter
        both.clamp = first.clamp
        both.blackOutside = first.blackOutside
      } else if first.filter != .impulse || !first.isWhole {
        return nil
      }
    }
    // The pictures of this one's maps come after all inputs of the one before.
    let own = last.moments.shifted(by: upstreamContext.inputs.count - 1)
    guard let moments = first.moments.then(own) else { return nil }
    both.moments = moments
    return ConcatenatedWarp(both)
  }
}

extension NodeContext {
  /// The picture that a warp moves: nothing, where none is connected.
  var warped: ImageSpec {
    if let source = inputs.first, let source { return source }
    return .nothing(format)
  }
}

extension WarpPlan {
  /// Whether no pixel moves.
  func isStill(_ source: ImageSpec) -> Bool { maps.allSatisfy { $0.isStill(source) } }

  /// Whether pixels move by whole pixels only, mirrored or turned at most.
  var isWhole: Bool {
    moments.all.allSatisfy { map in
      guard let f = map.matrix else { return false }
      return f.isAffine && f.m[8] == 1 && f.m.allSatisfy { $0 == $0.rounded() }
        && f.m[0...1].map(abs).reduce(0, +) == 1 && f.m[3...4].map(abs).reduce(0, +) == 1
    }
  }

  /// The maps as matrices, if all are.
  var matrices: [Matrix3]? {
    let matrices = maps.compactMap(\.matrix)
    return matrices.count == maps.count ? matrices : nil
  }

  func warp() throws(NodeError) -> Warp {
    let edge = blackOutside ? EdgeMode.black : .clamp
    guard maps.allSatisfy(\.isInvertible) else {
      throw NodeError(
        "the transform squeezes the picture into a line or a point; scale must not be 0 and the "
          + "corners must not lie on a line")
    }
    if let inverses = matrices?.compactMap(\.inverse) {
      return Warp(inverses: inverses.map(\.exact), filter: filter, clamp: clamp, edge: edge)
    }
    return Warp(maps: maps, filter: filter, clamp: clamp, edge: edge)
  }

  /// The source's data window, moved: the pixels whose centres see any of it. With black outside
  /// that includes the filter's reach over the edge.
  func dataWindow(_ source: ImageSpec) -> Rect {
    if source.dataWindow.isEmpty { return .empty }
    if isStill(source) {
      return crop.map { source.dataWindow.intersection($0) } ?? source.dataWindow
    }
    var result = Rect.empty
    for map in maps {
      result = result.union(map.matrix.map { moved($0, source) } ?? moved(map, source))
    }
    return crop.map { result.intersection($0) } ?? result
  }

  private func moved(_ forward: Matrix3, _ source: ImageSpec) -> Rect {
    // Where the picture shrinks, the widened kernel reaches further in the source.
    let bounds = reached(
      RealRect(source.dataWindow), forward.isAffine ? forward.inverse.map(shrinking) : nil)
    guard let box = forward.apply(bounds) else { return .empty }
    let rect = box.pixels()
    return forward.sees(bounds) ? rect : rect.intersection(surroundings)
  }

  /// Three formats around the format: a horizon, or the rim of a lens, sends the picture to infinity.
  private var surroundings: Rect {
    format.window.expanded(x: 3 * format.width, y: 3 * format.height)
  }

  private func moved(_ map: Map, _ source: ImageSpec) -> Rect {
    var bounds = RealRect(source.dataWindow)
    guard let plain = map.image(of: bounds) else { return .empty }
    let seen = RealRect(plain.pixels().intersection(surroundings)).expanded(x: -0.5, y: -0.5)
    let reach = map.sources(of: seen)?.reach
    bounds = reached(bounds, reach.map { (max(1, $0.x), max(1, $0.y)) })
    return (map.image(of: bounds) ?? plain).pixels().intersection(surroundings)
  }

  /// With black outside, `bounds` and the reach of the kernel beyond its edge.
  private func reached(_ bounds: RealRect, _ wide: (x: Double, y: Double)?) -> RealRect {
    if !blackOutside { return bounds }
    let (x, y) = wide ?? (1, 1)
    // A box sees the pixel on its right end: a centre on the picture's edge counts.
    let support = filter.support + (filter == .box ? 1e-5 : 0)
    // Widened along the axes it sees every pixel it shares area with.
    func reach(_ widening: Double) -> Double {
      support * widening - (filter == .box && widening > 1 ? 0 : 0.5)
    }
    return bounds.expanded(x: reach(x), y: reach(y))
  }

  /// How much the inverse of an affine map widens the kernel.
  private func shrinking(_ inverse: Matrix3) -> (x: Double, y: Double) {
    let m = inverse.m
    let reach = Footprint.reach(of: inverse, over: RealRect(format.window))
    let x = (m[0] * m[0] + m[1] * m[1]).squareRoot() / abs(m[8])
    let y = (m[3] * m[3] + m[4] * m[4]).squareRoot() / abs(m[8])
    return (max(1, x, reach.x), max(1, y, reach.y))
  }
}

extension Map {
  /// Whether no pixel moves: all corners of the data window stay within a hundred-thousandth.
  func isStill(_ source: ImageSpec) -> Bool {
    guard let matrix else { return false }
    return matrix == .identity
      || matrix.displacement(of: source.dataWindow.union(source.format.window)) < 1e-5
  }
}

extension Matrix3 {
  /// Affine matrices with an exact last row, so that maps along the axes are recognised as such.
  var exact: Matrix3 {
    guard isAffine else { return self }
    var n = m.map { $0 / m[8] }
    (n[6], n[7], n[8]) = (0, 0, 1)
    // What rotations by +a and -a leave behind.
    let size = max(abs(n[0]), abs(n[1]), abs(n[3]), abs(n[4]))
    for i in [0, 1, 3, 4] where abs(n[i]) < 1e-13 * size { n[i] = 0 }
    return Matrix3(n)
  }
}

/// Several transforms in one.
struct ConcatenatedWarp: Warping {
  private let fixed: WarpPlan

  init(_ plan: WarpPlan) { fixed = plan }

  func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan { fixed }
}

/// Renders a warp; without one, nothing has to be computed.
private struct WarpKernel: TileKernel {
  let warp: Warp?

  func render(_ task: borrowing TileTask) throws(NodeError) {
    guard let warp, let source = task.input(0) else {
      for i in task.channels.indices { task.copy(0, i) }
      return
    }
    var targets: [PlaneView] = []
    for i in task.channels.indices { targets.append(task.target(i)) }
    let inputs = (0..<task.inputCount).map { task.input($0) }
    warp.render(
      task.channels, of: source, inputs: inputs, rect: task.rect, into: targets, pool: task.pool)
  }
}

extension ResampleFilter: ParamChoice {}
