public import BipackGraph
public import BipackPixels

/// Gives each of the document's views a picture of its own.
public struct JoinViews: PointNode {
  public static let abstract = """
    Gives each of the document's views a picture of its own: the first input is what comes after it in \
    the first view, the second in the second, and so on. Each input is read in the view it is for.
    """
  public static let category = "View"
  public static let isMaskable = false

  @Inputs(1...64, "A picture for each view, in the order of the document's `views`.")
  public var inputs

  public init() {}

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    guard context.view < inputs.slots.count else { return [] }
    return [InputFrame(slot: inputs.slots.lowerBound + context.view, frame: context.frame)]
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    let views = context.settings.views
    guard !views.isEmpty else { throw NodeError(.noSuchView("", views)) }
    guard inputs.slots.count == views.count else {
      throw NodeError(
        "\(inputs.slots.count) inputs for \(views.count) views (\(views.joined(separator: ", "))); "
          + "connect one for each")
    }
    return context.main
  }

  public func identity(_ context: NodeContext) -> Int? {
    inputs.slots.count == context.settings.views.count ? 0 : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}
