public import BipackPixels

/// An operator whose work is a `TileKernel`, which fills rectangles: a `TileOperator` or a `FrameOperator`.
public protocol KernelOperator: Operator {
  /// Prepared constants and tables, once per frame.
  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel
  /// The output channels the kernel computes, of those in `spec`; the others are shared from the
  /// first input. All by default.
  func computed(_ context: NodeContext) -> [Channel]
}

extension KernelOperator {
  public func computed(_ context: NodeContext) -> [Channel] {
    (try? spec(context).channels) ?? []
  }
}
