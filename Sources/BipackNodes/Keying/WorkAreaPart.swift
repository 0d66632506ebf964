import BipackGraph
import BipackPixels

/// A picture cut to a part of itself: what follows works on no more.
struct WorkAreaPart: PointOperator {
  let area: Rect

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = spec.dataWindow.intersection(area)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

extension Expansion {
  /// A picture cut to `area`; as it is where that is nil.
  mutating func cut(_ picture: Ref, to area: Rect?) -> Ref {
    area.map { add(WorkAreaPart(area: $0), [picture]) } ?? picture
  }
}
