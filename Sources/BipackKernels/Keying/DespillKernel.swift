import BipackPixels

/// Takes what a primary has beyond a limit out of a colour. Inputs: picture, screen colour, and the
/// colour in which luminance is given back.
package struct DespillKernel: PointKernel {
  /// The limit: weights of red and of the other channel, or one of the two.
  package struct Limit: Sendable, Hashable {
    package enum Pick: Sendable, Hashable { case weighted, greater, lesser }
    package var red: Float
    package var other: Float
    package var pick: Pick
    /// Whether the screen's whole colour is taken out, instead of its primary alone.
    package var isVector: Bool

    package init(red: Float, other: Float, pick: Pick, isVector: Bool = false) {
      self.red = red
      self.other = other
      self.pick = pick
      self.isVector = isVector
    }
  }

  private let limit: Limit
  private let isBlue: Bool
  private let amount: Float
  private let expand: Float
  private let restore: Float
  private let givesSpill: Bool

  package init(
    limit: Limit, isBlue: Bool, amount: Float, expand: Float, restore: Float, givesSpill: Bool
  ) {
    self.limit = limit
    self.isBlue = isBlue
    self.amount = amount
    self.expand = expand
    self.restore = restore
    self.givesSpill = givesSpill
  }

  package func apply(_ strip: borrowing Strip) {
    // The primary and the other channel; red is red.
    let (p, q) = isBlue ? (2, 1) : (1, 2)
    let (r, c, o) = (strip.input(0), strip.input(p), strip.input(q))
    let (sr, sc, so) = (strip.input(3), strip.input(3 + p), strip.input(3 + q))
    let (tr, tc, to) = (strip.input(6), strip.input(6 + p), strip.input(6 + q))
    var outR = strip.output(0)
    var outC = strip.output(p)
    var outO = strip.output(q)
    let (wr, wc, wo): (Float, Float, Float) =
      isBlue ? (0.2126, 0.0722, 0.7152) : (0.2126, 0.7152, 0.0722)
    let (a, b) = (limit.red, limit.other)
    for i in 0..<strip.count {
      let (red, primary, other) = (r[i], c[i], o[i])
      let greater = red > other ? red : other
      let lesser = red < other ? red : other
      let weighted = a * red + b * other
      let chosen =
        limit.pick == .weighted ? weighted : limit.pick == .greater ? greater : lesser
      let over = primary - chosen * (1 - expand)
      // A primary below 0 has no spill, whatever the others are.
      let spill = primary > 0 && over > 0 ? over * amount : 0
      let whole = sc[i] - (sr[i] + so[i]) / 2
      let isVector = limit.isVector && whole > 1e-4
      let t = isVector ? spill / (isVector ? whole : 1) : 0
      // The other two sink no lower than the lesser of them: what is past that was no bounce. What
      // they are spared the primary is too.
      let lowR = red - t * sr[i]
      let lowO = other - t * so[i]
      let keptR = t > 0 && lowR < lesser ? lesser : lowR
      let keptO = t > 0 && lowO < lesser ? lesser : lowO
      let spared = ((keptR - lowR) + (keptO - lowO)) / 2
      let lostR = red - keptR
      let lostC = isVector ? t * sc[i] - spared : spill
      let lostO = other - keptO
      let luminance = tr[i] * wr + tc[i] * wc + to[i] * wo
      let lost = (lostR * wr + lostC * wc + lostO * wo) * restore
      let back = lost / (luminance > 1e-6 ? luminance : 1e-6)
      outR[i] = givesSpill ? lostR : red - lostR + back * tr[i]
      outC[i] = givesSpill ? lostC : primary - lostC + back * tc[i]
      outO[i] = givesSpill ? lostO : other - lostO + back * to[i]
    }
  }
}
