import BipackPixels

/// A shape with soft edges or in motion: outlines that are added up, each with its share.
///
/// A soft edge is many outlines between the hard one and where it ends; motion blur is the outline at many
/// moments. Both are sums of exact areas, so that nothing of a shape is lost or won.
package struct Silhouette: Sendable {
  struct Layer: Sendable {
    var outline: Outline
    var rule: FillRule
    /// Of `Coverage.one`, which all of them make up.
    var weight: Int
  }

  let layers: [Layer]
  /// The pixels it touches.
  package let bounds: Rect

  init(_ layers: [Layer]) {
    self.layers = layers
    bounds = layers.lazy.compactMap(\.outline.bounds).reduce(Rect.empty) {
      // What rounds to nothing does not count.
      $0.union($1.expanded(x: -1e-8, y: -1e-8).covering())
    }
  }

  /// One outline, as hard as it is.
  package init(_ outline: Outline, _ rule: FillRule = .nonZero) {
    self.init([Layer(outline: outline, rule: rule, weight: Coverage.one)])
  }

  package static let nothing = Silhouette([])

  /// Fills the rectangle of `target` with how much of each pixel is covered, 0 to 1.
  package func render(into target: PlaneView) {
    guard !bounds.intersection(target.rect).isEmpty else { return target.fill(0) }
    var coverage = Coverage(target.rect)
    for layer in layers { coverage.add(layer.outline, layer.rule, weight: layer.weight) }
    for y in target.rect.y0..<target.rect.y1 { coverage.read(y, into: target.row(y)) }
  }
}
