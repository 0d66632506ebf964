public import BipackGraph
package import BipackKernels
public import BipackPixels

/// What a transform does to a picture: the maps, the filter, and the frame it ends in.
public struct WarpPlan: Sendable {
  /// From source to output, one for each moment averaged (motion blur), at least one.
  package var forwards: [Matrix3]
  package var filter: ResampleFilter
  package var clamp: Bool
  package var blackOutside: Bool
  /// The format of the output.
  package var format: Format
  /// What the output's data window is cut to, if anything.
  package var crop: Rect?

  package init(
    forwards: [Matrix3], filter: ResampleFilter, clamp: Bool, blackOutside: Bool, format: Format,
    crop: Rect? = nil
  ) {
    self.forwards = forwards
    self.filter = filter
    self.clamp = clamp
    self.blackOutside = blackOutside
    self.format = format
    self.crop = crop
  }
}

/// What moves pixels by a homography: Transform, CornerPin, Position, Mirror, Reformat, and chains of them.
///
/// The conventions, for all of them: y is down, as everywhere in Bipack, so a positive y translation
/// moves the picture down (Nuke: up). Rotation is counter-clockwise as seen and skew leans the way it
/// does in Nuke. Coordinates are pixels, (0, 0) the top left corner of the format.
///
/// A chain of them is one resample, by the last one's filter: `absorbing` multiplies the matrices.
public protocol Warping: TileOperator {
  /// What it does to the first input.
  func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan
}

/// The widest and highest picture a transform may make.
let largestSide = 1 << 20

extension Warping {
  public var cost: NodeCost { .heavy }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try checkedSpec(plan(context), context)
  }

  private func checkedSpec(_ plan: WarpPlan, _ context: NodeContext) throws(NodeError) -> ImageSpec
  {
    var spec = context.main
    _ = try plan.warp()
    spec.format = plan.format
    spec.dataWindow = dataWindow(plan, context.main)
    if spec.dataWindow.width > largestSide || spec.dataWindow.height > largestSide {
      throw NodeError(
        "the result would be \(spec.dataWindow.width) x \(spec.dataWindow.height) pixels; at most "
          + "\(largestSide) on a side are possible: scale less, or Crop the picture first")
    }
    return spec
  }

  /// The source's data window, moved: the pixels whose centres see any of it. With black outside
  /// that includes the filter's reach over the edge.
  private func dataWindow(_ plan: WarpPlan, _ source: ImageSpec) -> Rect {
    if source.dataWindow.isEmpty { return .empty }
    if plan.isStill(source) {
      return plan.crop.map { source.dataWindow.intersection($0) } ?? source.dataWindow
    }
    var result = Rect.empty
    for forward in plan.forwards {
      var bounds = RealRect(source.dataWindow)
      if plan.blackOutside {
        // Where the picture shrinks, the widened kernel reaches further in the source.
        let (wide, high) = shrinking(forward)
        // A box sees the pixel on its right end: a centre on the picture's edge counts.
        let support = plan.filter.support + (plan.filter == .box ? 1e-5 : 0)
        // Widened along the axes it sees every pixel it shares area with.
        func reach(_ widening: Double) -> Double {
          support * widening - (plan.filter == .box && widening > 1 ? 0 : 0.5)
        }
        bounds = bounds.expanded(x: reach(wide), y: reach(high))
      }
      guard let box = forward.apply(bounds) else { continue }
      // A horizon sends the picture to infinity: keep to three formats around the format.
      var rect = box.pixels()
      if !forward.isAffine || rect.width > largestSide || rect.height > largestSide {
        let format = plan.format.window
        let frame = format.expanded(x: 3 * format.width, y: 3 * format.height)
        if !forward.sees(bounds) { rect = rect.intersection(frame) }
      }
      result = result.union(rect)
    }
    return plan.crop.map { result.intersection($0) } ?? result
  }

  /// How much the inverse of an affine map widens the kernel.
  private func shrinking(_ forward: Matrix3) -> (Double, Double) {
    guard forward.isAffine, let m = forward.inverse?.m, m[8] != 0 else { return (1, 1) }
    let x = (m[0] * m[0] + m[1] * m[1]).squareRoot() / abs(m[8])
    let y = (m[3] * m[3] + m[4] * m[4]).squareRoot() / abs(m[8])
    return (max(1, x), max(1, y))
  }

  public func identity(_ context: NodeContext) -> Int? {
    guard let plan = try? plan(context), plan.isStill(context.main) else { return nil }
    let crop = plan.crop.map { $0.contains(context.main.dataWindow) } ?? true
    return crop && plan.format == context.main.format ? 0 : nil
  }

  public func computed(_ context: NodeContext) -> [Channel] {
    // Only the frame changes: the pixels are shared.
    if let plan = try? plan(context), plan.isStill(context.main) { return [] }
    return context.main.channels
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var result = context.inputs.map { _ in Demand.none }
    guard !result.isEmpty, let plan = try? plan(context) else { return result }
    let source = context.main
    if plan.isStill(source) {
      result[0] = output.with(rect: output.rect.intersection(source.dataWindow))
    } else if let warp = try? plan.warp() {
      result[0] = output.with(rect: warp.demand(output.rect, dataWindow: source.dataWindow))
    }
    return result
  }

  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    let channels = Set(context.main.channels)
    let source = demand(Demand(rect: rect, channels: channels), context).first?.rect.area ?? 0
    return Warp.scratch(source: source, channels: channels.count, width: rect.width)
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let plan = try plan(context)
    return WarpKernel(warp: plan.isStill(context.main) ? nil : try plan.warp())
  }

  public func absorbing(
    _ upstream: any Operator, _ upstreamContext: NodeContext, _ context: NodeContext
  ) -> (any Operator)? {
    guard let upstream = upstream as? any Warping,
      let first = try? upstream.plan(upstreamContext), let last = try? plan(context)
    else { return nil }
    // Two motion blurs are averages of averages; and what upstream cut off must stay cut off.
    if first.forwards.count > 1 && last.forwards.count > 1 { return nil }
    if let crop = first.crop {
      var uncut = first
      uncut.crop = nil
      let whole = dataWindow(uncut, upstreamContext.main)
      if !crop.contains(whole) { return nil }
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
    both.forwards = last.forwards.flatMap { b in first.forwards.map { a in b * a } }
    return ConcatenatedWarp(both)
  }
}

extension WarpPlan {
  /// Whether no pixel moves: all corners of the data window stay within a hundred-thousandth.
  func isStill(_ source: ImageSpec) -> Bool {
    forwards.allSatisfy {
      $0 == .identity || $0.displacement(of: source.dataWindow.union(source.format.window)) < 1e-5
    }
  }

  /// Whether pixels move by whole pixels only, mirrored or turned at most.
  var isWhole: Bool {
    forwards.allSatisfy { f in
      f.isAffine && f.m[8] == 1 && f.m.allSatisfy { $0 == $0.rounded() }
        && f.m[0...1].map(abs).reduce(0, +) == 1 && f.m[3...4].map(abs).reduce(0, +) == 1
    }
  }

  func warp() throws(NodeError) -> Warp {
    var inverses: [Matrix3] = []
    for forward in forwards {
      guard forward.isFinite, let inverse = forward.inverse else {
        throw NodeError(
          "the transform squeezes the picture into a line or a point; scale must not be 0 and the "
            + "corners must not lie on a line")
      }
      inverses.append(inverse.exact)
    }
    return Warp(
      inverses: inverses, filter: filter, clamp: clamp, edge: blackOutside ? .black : .clamp)
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
    warp.render(task.channels, of: source, rect: task.rect, into: targets, pool: task.pool)
  }
}

extension ResampleFilter: ParamChoice {}
