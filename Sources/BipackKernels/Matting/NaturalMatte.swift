import BipackPixels
import CVector

/// The matte of a subject before any background, from a picture and a trimap.
///
/// Two things are known about an unknown pixel. Its light is a mixture of a colour of the subject and
/// one of the background, and both are found nearby: along four rays the first known pixels are met,
/// and of their pairs one is kept that mixes well to the pixel and its neighbours (Gastal & Oliveira,
/// *Shared sampling for real-time alpha matting*, 2010). Every pixel then tries the pairs of all
/// pixels around it; those that mix to its colour vote on its alpha, and where they disagree, or none
/// fits, the vote is trusted less. And alpha is nearly an affine function of colour in any small
/// window: the matting Laplacian (Levin, Lischinski & Weiss, *A closed-form solution to natural image
/// matting*, 2008) says how far it is from that. Alpha is what minimises both, the votes with a small
/// weight: they say what the Laplacian leaves open, and it says what is an edge and what noise.
///
/// The system is solved by a fixed number of Chebyshev steps at sizes that double, each begun from the
/// coarser one, so that a few steps carry far. Nothing is random, and no sum depends on the order of
/// the work: threads change nothing.
///
/// Light, not code values: only of light is a pixel on an edge the mixture that a composite makes
/// again. Of the pictures in `Scripts/quality keying` that alone takes a tenth of the errors.
package struct NaturalMatte: Sendable {
  /// How near in colour a known pixel must be for its level to be taken over, and from how far.
  private static let nearness: Float = 0.02
  private static let reach = 10
  private static let voting = bp_matting_voting(
    error: 1e-5, spread: 0.003, mismatch: 5e-4, least: 0.005)
  /// The weight of the votes beside the Laplacian.
  private static let share: Float = 0.0025
  private static let epsilon: Float = 5e-7
  /// Chebyshev steps, and the eigenvalues of the scaled system they are made for; none is greater.
  private static let steps = 40
  private static let iteration = Chebyshev(lowest: 0.004, highest: 3)
  /// Halved until the shorter side is at most this many pixels.
  private static let smallest = 128

  private let picture: MattingPicture
  private let trimap: Image
  private let channel: Channel
  private let window: Rect
  private let pool: BlockPool

  /// Reads the colours of a picture and `channel` of a trimap, which is 0 outside its data window.
  package init(picture: Image, trimap: Image, channel: Channel, pool: BlockPool, loops: Loops) {
    let window = picture.dataWindow
    let made = MattingPicture(width: window.width, height: window.height, pool: pool)
    loops.rows(window.height, width: window.width) { y in
      let row = Rect(x: window.x0, y: window.y0 + y, width: window.width, height: 1)
      for (plane, channel) in zip(made.color, Channel.rgb) {
        picture.gather(channel, edge: .black, into: plane.view(window).part(row))
      }
      trimap.gather(channel, edge: .black, into: made.level.view(window).part(row))
      let colors: [UnsafeMutablePointer<Float>?] = made.color.map { $0.row(y) }
      bp_matting_prepare(made.level.row(y), colors, window.width)
      for plane in made.color + [made.level] { plane.extendRow(y) }
    }
    for plane in made.color + [made.level] { plane.extendUpAndDown() }
    self.picture = made
    self.trimap = trimap
    self.channel = channel
    self.window = window
    self.pool = pool
  }

  /// Bytes of memory it takes at most for a picture, which is when all of it is unknown: six planes of
  /// each size, the system at full size, two planes to solve it with and what they began from.
  package static func workingBytes(_ window: Rect) -> Int {
    let plane = PaddedPlane.floats(window.width, window.height)
    let levels = 6 * PaddedPlane.floats(ofSizes: window) { min($0, $1) > smallest }
    let cells = (window.width / Int(BP_MATTING_CELL) + 2) * window.height
    let system = cells * (Int(BP_MATTING_ROW) + 2)
    return (levels + 3 * plane + system) * MemoryLayout<Float>.stride
  }

  /// Fills `target`, which lies in the picture's data window; what the trimap knows it keeps.
  package func fill(_ target: PlaneView, loops: Loops) {
    let rect = target.rect
    let found = solution(loops)
    if loops.isCancelled() { return }
    trimap.gather(channel, edge: .black, into: target)
    for y in 0..<rect.height {
      let out = target.base + y * target.stride
      let row = found.plane.map { $0.row(rect.y0 - window.y0 + y) + rect.x0 - window.x0 }
      for x in 0..<rect.width {
        let (given, value) = (out[x], row.map { $0[x] } ?? found.otherwise)
        let alpha = value > 0 ? (value < 1 ? value : 1) : 0
        out[x] = TrimapLevel.held(given, alpha)
      }
    }
  }

  /// Alpha of the unknown: a plane, or one number where there is nothing to tell it by.
  private func solution(_ loops: Loops) -> (plane: PaddedPlane?, otherwise: Float) {
    let cells = picture.cells()
    if cells.isEmpty { return (nil, 0) }
    let means = picture.meanColors(loops)
    guard let inside = means.inside else { return (nil, means.outside == nil ? 0.5 : 0) }
    guard let outside = means.outside else { return (nil, 1) }
    guard let votes = votes(cells, otherwise: inside + outside, loops) else { return (nil, 0) }
    var levels = [MattingLevel(picture: picture, cells: cells, votes: votes)]
    while let last = levels.last, min(last.picture.width, last.picture.height) > Self.smallest {
      if loops.isCancelled() { return (nil, 0) }
      levels.append(last.halved(pool, loops))
    }
    var coarse: MattingLevel.Solution?
    for (depth, level) in levels.enumerated().reversed() {
      if loops.isCancelled() { return (nil, 0) }
      let system = MattingLevel.System(
        share: Self.share * Float(1 << (2 * depth)), epsilon: Self.epsilon, steps: Self.steps,
        iteration: Self.iteration)
      coarse = level.solution(system, from: coarse, pool, loops)
    }
    return (coarse?.x, 0)
  }

  /// What the pairs of known colours nearby say of the unknown pixels; nil when nobody wants to know.
  private func votes(_ cells: [Int32], otherwise: [Float], _ loops: Loops) -> MattingVotes? {
    let known = MattingPicture(
      color: picture.color,
      level: PaddedPlane(width: window.width, height: window.height, pool: pool))
    known.level.copy(picture.level)
    let near = Self.offsets(within: Self.reach, stride: picture.stride)
    MattingPicture.each(cells, by: 16, loops) { cells, count, _ in
      picture.with { picture in
        bp_matting_spread(
          known.level.base, picture, cells, count, near, near.count, Self.nearness)
      }
    }
    if loops.isCancelled() { return nil }
    let open = known.cells()
    let pairs = (0..<6).map { _ in
      PaddedPlane(width: window.width, height: window.height, pool: pool)
    }
    loops(pairs.count) { pairs[$0].fill(.nan) }
    MattingPicture.each(open, by: 16, loops) { cells, count, _ in
      known.with { picture in
        bp_matting_gather(
          pairs[..<3].map(\.base), pairs[3...].map(\.base), picture, cells, count,
          Self.directions, otherwise)
      }
    }
    if loops.isCancelled() { return nil }
    let votes = MattingVotes(width: window.width, height: window.height, pool: pool)
    votes.alpha.copy(known.level)
    votes.trust.fill(1)
    let square = Self.offsets(square: Self.reach, stride: picture.stride)
    MattingPicture.each(open, by: 16, loops) { cells, count, _ in
      var voting = Self.voting
      known.with { picture in
        bp_matting_vote(
          votes.alpha.base, votes.trust.base, pairs[..<3].map(\.base), pairs[3...].map(\.base),
          picture, cells, count, square, square.count, &voting)
      }
    }
    return votes
  }

  /// Steps to the pixels of a disc, the nearest first.
  private static func offsets(within radius: Int, stride: Int) -> [Int32] {
    var places: [(square: Int, offset: Int32)] = []
    for y in -radius...radius {
      for x in -radius...radius where x * x + y * y > 0 && x * x + y * y <= radius * radius {
        places.append((x * x + y * y, Int32(y * stride + x)))
      }
    }
    return places.sorted { ($0.square, $0.offset) < ($1.square, $1.offset) }.map(\.offset)
  }

  /// Steps to the pixels of a square.
  private static func offsets(square radius: Int, stride: Int) -> [Int32] {
    (-radius...radius).flatMap { y in (-radius...radius).map { x in Int32(y * stride + x) } }
  }

  /// Ways to look, all around: turned by multiplication, so that they are the same on every machine.
  private static let directions: [Int32] = {
    let (cosine, sine) = (0.995_184_726_672_196_9, 0.098_017_140_329_560_6)
    var (x, y) = (1.0, 0.0)
    var result: [Int32] = []
    for _ in 0..<Int(BP_MATTING_DIRECTIONS) {
      result += [Int32((x * 65536).rounded()), Int32((y * 65536).rounded())]
      (x, y) = (x * cosine - y * sine, x * sine + y * cosine)
    }
    return result
  }()
}
