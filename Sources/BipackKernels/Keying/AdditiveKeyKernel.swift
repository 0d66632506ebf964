import BipackPixels

/// What a picture has more or less than its clean plate, for another background: thin hair, smoke and
/// shadows that have no matte. Inputs: picture, plate, background (three planes each), where it counts
/// (1 there, 0 elsewhere), and the matte of what is solid. Outputs: the light to be added.
package struct AdditiveKeyKernel: PointKernel {
  private let highlights: (Float, Float, Float)
  private let shadows: (Float, Float, Float)
  private let saturation: Float
  private let multiply: Float
  private let weights: (r: Float, g: Float, b: Float)

  package init(
    highlights: (Float, Float, Float), shadows: (Float, Float, Float), saturation: Float,
    multiply: Float, weights: (r: Float, g: Float, b: Float)
  ) {
    self.highlights = highlights
    self.shadows = shadows
    self.saturation = saturation
    self.multiply = multiply
    self.weights = weights
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    let (sr, sg, sb) = (strip.input(3), strip.input(4), strip.input(5))
    let (tr, tg, tb) = (strip.input(6), strip.input(7), strip.input(8))
    let (inside, solid) = (strip.input(9), strip.input(10))
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    let (x, y, z) = weights
    for i in 0..<strip.count {
      let (dr, dg, db) = (r[i] - sr[i], g[i] - sg[i], b[i] - sb[i])
      let lr = dr * (dr > 0 ? highlights.0 : shadows.0)
      let lg = dg * (dg > 0 ? highlights.1 : shadows.1)
      let lb = db * (db > 0 ? highlights.2 : shadows.2)
      let grey = lr * x + lg * y + lb * z
      let plate = sr[i] * x + sg[i] * y + sb[i] * z
      let behind = tr[i] * x + tg[i] * y + tb[i] * z
      let ratio = (behind > 0 ? behind : 0) / (plate > 1e-4 ? plate : 1e-4)
      let rest = 1 - (solid[i] < 0 ? 0 : solid[i] > 1 ? 1 : solid[i])
      let share = inside[i] * rest * (1 + multiply * (ratio - 1))
      red[i] = (grey + (lr - grey) * saturation) * share
      green[i] = (grey + (lg - grey) * saturation) * share
      blue[i] = (grey + (lb - grey) * saturation) * share
    }
  }
}
