public import BipackGraph
import BipackPixels

/// Passes one of its inputs on.
public struct Switch: PointNode {
  public static let category = "Merge"
  public static let abstract = """
    Passes one of its inputs on. The others are not computed, nor are the branches that lead to \
    them only.
    """
  public static let isMaskable = false

  @Inputs(1...64, "The pictures to choose from, in order.")
  public var inputs

  @Param(0...63, "The input passed on, counted from 0; a fraction is cut off.")
  public var which = 0.0

  public init() {}

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    guard !inputs.slots.isEmpty else { return [] }
    let last = Double(inputs.slots.count - 1)
    let place = Int(min(max(which, 0), last))
    return [InputFrame(slot: inputs.slots.lowerBound + place, frame: context.frame)]
  }

  public func identity(_ context: NodeContext) -> Int? { 0 }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}
