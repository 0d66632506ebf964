public import BipackPixels

/// An operator that makes a whole region in one call: what is known anywhere may matter to every pixel of it.
///
/// A few rows of its output take as much to make as all of it, so a frame that is made in bands of rows has it
/// made once, before them.
///
/// The kernel makes its own parallel loops (`TileTask.loops`) and writes `TileTask.rect` alone, which is the
/// region asked for and not the frame. It asks `TileTask.isCancelled` at least ten times a second, so that a
/// render that is given up ends within 0.2 s.
public protocol FrameOperator: KernelOperator {
  /// Bytes of memory that the call which makes `region` takes at most beside its canvases: planes in
  /// between, pyramids, systems to solve. Memory that is not in proportion to a picture need not be counted.
  /// The budget of a render is kept by these numbers.
  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int
}

/// A frame operator that stands in documents.
public protocol FrameNode: FrameOperator, Node {}

extension FrameOperator {
  public var role: OperatorRole { .frame(self) }
  public var cost: NodeCost { .heavy }
}
