public import BipackGraph
import BipackPixels

/// What a clip is before its first and after its last frame.
public enum ClipEdge: String, ParamChoice {
  /// The nearest frame.
  case hold
  /// Whatever the input has there.
  case `continue`
  /// The clip again from the start.
  case loop
  /// The clip backwards and forwards.
  case bounce
  /// Black.
  case black
}

extension ClipEdge {
  /// The frame shown for `frame` in a clip from `first` to `last`; nil is black.
  func frame(_ frame: Double, first: Double, last: Double) -> Double? {
    if frame >= first && frame <= last { return frame }
    let length = last - first
    switch self {
    case .hold: return frame < first ? first : last
    case .continue: return frame
    case .black: return nil
    case .loop:
      var offset = (frame - first).truncatingRemainder(dividingBy: length + 1)
      if offset < 0 { offset += length + 1 }
      // Between the last frame and the first again, the last.
      return first + min(offset, length)
    case .bounce:
      if length == 0 { return first }
      var offset = (frame - first).truncatingRemainder(dividingBy: 2 * length)
      if offset < 0 { offset += 2 * length }
      return first + (offset <= length ? offset : 2 * length - offset)
    }
  }
}

/// A node that shows its first input at another frame.
protocol TimeNode: PointNode {
  /// The frame of the input shown; nil is black.
  func sourceFrame(_ context: FrameContext) -> Double?
}

extension TimeNode {
  public static var isMaskable: Bool { false }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    // Black has the shape of the frame itself.
    [InputFrame(slot: 0, frame: sourceFrame(context) ?? context.frame)]
  }

  private func isBlack(_ context: NodeContext) -> Bool {
    sourceFrame(context.frameContext) == nil
  }

  public func identity(_ context: NodeContext) -> Int? { isBlack(context) ? nil : 0 }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    context.inputs.map { $0 == nil || isBlack(context) ? .none : output }
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    if isBlack(context) {
      for channel in context.main.channels { program.set(channel, .constant(0)) }
    }
    return program
  }
}

extension NodeContext {
  /// What the node knew when it chose its inputs' frames.
  var frameContext: FrameContext {
    var context = FrameContext(
      frame: frame, frames: frames, fps: fps, connected: inputs.map { $0 != nil }, view: view,
      views: settings.views)
    context.joined = joined
    return context
  }
}
