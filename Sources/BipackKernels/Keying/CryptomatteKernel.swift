import BipackPixels

/// How much of each pixel some objects of a Cryptomatte cover: the sum of the coverages whose id is
/// one of theirs. Inputs: id and coverage, again and again.
package struct CryptomatteKernel: PointKernel {
  private let pairs: Int
  private let chosen: IDTable

  package init(pairs: Int, chosen: [CryptomatteID]) {
    self.pairs = pairs
    self.chosen = IDTable(chosen)
  }

  package func apply(_ strip: borrowing Strip) {
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = 0 }
    for pair in 0..<pairs {
      let (ids, coverage) = (strip.input(2 * pair), strip.input(2 * pair + 1))
      // Neighbours mostly belong to the same object.
      var (last, isChosen) = (UInt32(0), false)
      for i in 0..<strip.count where coverage[i] != 0 {
        let bits = ids[i].bitPattern
        if bits != last { (last, isChosen) = (bits, chosen.contains(bits)) }
        if isChosen { out[i] += coverage[i] }
      }
    }
  }
}

/// Every object in a colour of its own, made from its id; those that are not chosen darker. Inputs: id
/// and coverage, again and again. Outputs: red, green, blue.
package struct CryptomattePreviewKernel: PointKernel {
  private let pairs: Int
  private let chosen: IDTable

  package init(pairs: Int, chosen: [CryptomatteID]) {
    self.pairs = pairs
    self.chosen = IDTable(chosen)
  }

  package func apply(_ strip: borrowing Strip) {
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    for i in 0..<strip.count { (red[i], green[i], blue[i]) = (0, 0, 0) }
    for pair in 0..<pairs {
      let (ids, coverage) = (strip.input(2 * pair), strip.input(2 * pair + 1))
      for i in 0..<strip.count where coverage[i] != 0 {
        let bits = ids[i].bitPattern
        if bits == 0 { continue }
        let share = coverage[i] * (chosen.contains(bits) ? 1 : 0.2)
        let color = Self.color(bits)
        red[i] += share * color.r
        green[i] += share * color.g
        blue[i] += share * color.b
      }
    }
  }

  /// 0.02 to 1, darker ones as frequent as lighter ones look.
  package static func color(_ bits: UInt32) -> (r: Float, g: Float, b: Float) {
    let mixed = (bits ^ bits >> 15) &* 0x2c1b_3c6d
    let word = (mixed ^ mixed >> 12) &* 0x297a_2d39
    func part(_ shift: UInt32) -> Float {
      let t = Float(word >> shift & 255) / 255
      return 0.02 + 0.98 * t * t
    }
    return (part(0), part(8), part(16))
  }
}

/// A set of ids that is asked for every pixel: open addressing, 0 is an empty place.
private struct IDTable: Sendable {
  private let places: [UInt32]
  private let mask: Int

  init(_ ids: [CryptomatteID]) {
    var size = 8
    while size < 2 * ids.count { size *= 2 }
    var places = [UInt32](repeating: 0, count: size)
    for id in ids where id.bits != 0 {
      var at = Self.start(id.bits) & (size - 1)
      while places[at] != 0 && places[at] != id.bits { at = (at + 1) & (size - 1) }
      places[at] = id.bits
    }
    self.places = places
    mask = size - 1
  }

  private static func start(_ bits: UInt32) -> Int { Int((bits &* 0x9e37_79b1) >> 7) }

  func contains(_ bits: UInt32) -> Bool {
    var at = Self.start(bits) & mask
    while places[at] != 0 {
      if places[at] == bits { return true }
      at = (at + 1) & mask
    }
    return false
  }
}
