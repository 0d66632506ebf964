public import BipackGraph
public import BipackPixels

/// Shows one of the document's views in all of them.
public struct OneView: PointNode {
  public static let abstract = """
    Shows one of the document's views in all of them: what comes after it is the same in every view.
    """
  public static let category = "View"
  public static let isMaskable = false

  @Input("The picture.")
  public var source

  @Param("The view shown; empty is the document's first.")
  public var view = ""

  public init() {}

  private func place(_ views: [String]) -> Int? {
    view.isEmpty ? 0 : views.firstIndex(of: view)
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    [InputFrame(slot: 0, frame: context.frame, view: place(context.views))]
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    if place(context.settings.views) == nil {
      throw NodeError(.noSuchView(view, context.settings.views))
    }
    return context.main
  }

  public func identity(_ context: NodeContext) -> Int? {
    place(context.settings.views) == nil ? nil : 0
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

extension String {
  /// What is wrong with a view's name.
  static func noSuchView(_ name: String, _ views: [String]) -> String {
    views.isEmpty
      ? "the document has no views; name them at its top: \"views\": [\"left\", \"right\"]"
      : "the document has no view '\(name)'; it has \(views.joined(separator: ", "))"
  }
}
