import BipackPixels

/// The samples of one tile as kernels read them.
package struct DeepRuns {
  private let tile: DeepTile
  private let z: UnsafeMutablePointer<Float>?
  private let zBack: UnsafeMutablePointer<Float>?
  private let alpha: UnsafeMutablePointer<Float>?
  /// The runs of the channels asked for; nil where the picture does not have one.
  let channels: [UnsafeMutablePointer<Float>?]

  /// A tile that is not there has no samples.
  package init(_ tile: DeepTile?, _ channels: [Channel]) {
    self.tile = tile ?? .empty
    z = tile?[.z]
    zBack = tile?[.zBack]
    alpha = tile?[.alpha]
    self.channels = channels.map { tile?[$0] }
  }

  var isEmpty: Bool { tile.count == 0 }

  package func places(of pixel: Int) -> Range<Int> { tile.samples(of: pixel) }

  /// Where a sample lies, and how much it hides: 0 to 1. A depth that is no number lies behind all that are; a
  /// back that is no number, or in front of the front, is the front; an alpha that is no number hides nothing.
  func sample(_ place: Int, source: Int = 0) -> DeepPixel.Sample {
    let depth = z?[place] ?? 0
    let front = depth.isNaN ? .infinity : depth
    let back = zBack?[place] ?? front
    let given = alpha?[place] ?? 1
    return DeepPixel.Sample(
      z: front, zBack: back > front ? back : front, alpha: given > 0 ? (given < 1 ? given : 1) : 0,
      source: source, place: place)
  }
}
