import BipackGraph
import BipackPixels

extension Demand {
  /// The part of it that each picture has.
  func cut(to pictures: [ImageSpec?]) -> [Demand] {
    pictures.map { picture in
      picture.map { with(rect: rect.intersection($0.dataWindow)) } ?? .none
    }
  }
}

/// The first picture with others laid into it, each in its whole data window, the last on top.
struct PatchesPart: TileOperator {
  /// The data window; that of all pictures together when nil.
  let window: Rect?

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    for case let patch? in context.inputs {
      spec.dataWindow = spec.dataWindow.union(patch.dataWindow)
    }
    if let window { spec.dataWindow = window }
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    output.cut(to: context.inputs)
  }

  func scratch(_ rect: Rect, _ context: NodeContext) -> Int? { 0 }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel() }

  private struct Kernel: TileKernel {
    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        let target = task.target(i)
        for input in 0..<task.inputCount {
          guard let picture = task.input(input) else {
            if input == 0 { target.fill(0) }
            continue
          }
          let part = input == 0 ? task.rect : picture.dataWindow.intersection(task.rect)
          if part.isEmpty { continue }
          picture.gather(task.channels[i], edge: .black, into: target.part(part))
        }
      }
    }
  }
}
