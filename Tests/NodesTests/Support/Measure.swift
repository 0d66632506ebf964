import Bipack

@testable import BipackNodes

/// What a data node says of one picture.
func measure<Measuring: DataNode>(_ node: Measuring, _ image: Image) throws -> [String: ValueData] {
  let bound = NodeDeclaration.of(Measuring.self).bound(node, inputs: 1)
  let context = NodeContext(
    frame: 1, frames: 1...1, fps: 24, format: image.format, proxy: 1,
    settings: DocumentSettings(), inputs: [image.spec])
  let all = Demand(rect: image.dataWindow, channels: Set(image.channels))
  try bound.verify(context)
  return try bound.measure(
    DataTask(
      context: context, pool: Pictures.renderer.pool, loops: .serial, inputs: [image],
      demands: bound.demand(all, context)))
}
