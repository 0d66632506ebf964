import BipackPixels

/// Colour difference keys against a screen, pixel by pixel (Vlahos; Nuke's IBK and Keylight).
///
/// The excess of a colour is how far the screen's primary, the greatest channel of the plate there,
/// lies above the mean of the other two (`average`, best on edges) or above the greater of them
/// (`greatest`, best inside). Alpha is 1 less the pixel's excess by the plate's; 1 where either has
/// none. Inputs: picture and plate, three planes each. Outputs: both alphas, and how far the colours
/// are apart, relative to the plate's.
package struct ScreenDifferenceKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    let (sr, sg, sb) = (strip.input(3), strip.input(4), strip.input(5))
    var average = strip.output(0)
    var greatest = strip.output(1)
    var distance = strip.output(2)
    for i in 0..<strip.count {
      let screen = ScreenPrimary(sr[i], sg[i], sb[i])
      let (p, o, q) = screen.parts(r[i], g[i], b[i])
      let (sp, so, sq) = screen.parts(sr[i], sg[i], sb[i])
      let whole = sp - (so + sq) / 2
      let over = whole > 1e-4 ? whole : 1
      let part = 1 - (p - (o + q) / 2) / over
      average[i] = whole > 1e-4 ? (part < 0 ? 0 : part > 1 ? 1 : part) : 1
      let lead = sp - (so > sq ? so : sq)
      // A yellowish or cyan screen hardly leads: what it says there is mostly noise.
      let leads = lead > 0.5 * whole && lead > 1e-4
      let most = 1 - (p - (o > q ? o : q)) / (leads ? lead : 1)
      greatest[i] = leads ? (most < 0 ? 0 : most > 1 ? 1 : most) : average[i]
      let (dr, dg, db) = (r[i] - sr[i], g[i] - sg[i], b[i] - sb[i])
      let square = sr[i] * sr[i] + sg[i] * sg[i] + sb[i] * sb[i]
      distance[i] =
        ((dr * dr + dg * dg + db * db) / (square > 1e-12 ? square : 1e-12)).squareRoot()
    }
  }
}
