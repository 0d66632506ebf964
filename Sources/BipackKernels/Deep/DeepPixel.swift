import BipackPixels

/// The samples of one pixel, in order of depth, and what is at each depth.
///
/// Where samples overlap they are cut at each other's ends and the pieces are mixed, after "Interpreting OpenEXR
/// Deep Pixels" (openexr.com). A volume of alpha a is so thick everywhere that a part of it, of the share x of
/// its depth, has alpha 1 - (1 - a)^x: its optical depth is x u with u = -ln(1 - a), and its colour is
/// given off evenly along that. So what some volumes give together over a piece has in closed form the alpha
/// 1 - exp(-U), U the sum of the x u, and each sample's colour c counts (x u / a) (1 - exp(-U)) / U times. Of
/// opaque samples at one place each counts alike, and nothing else does.
struct DeepPixel {
  struct Sample {
    var z: Float
    var zBack: Float
    var alpha: Float
    /// The deep picture it comes from, as its place among those of the pixel, and its place in the runs.
    var source: Int
    var place: Int
  }

  /// A sample's part in a slab: how often its colour counts there.
  struct Member {
    var sample: Sample
    var weight: Double
  }

  /// A depth, or a piece of it between two, where the same samples are all along.
  struct Slab {
    var z: Float
    var zBack: Float
    var alpha: Double
  }

  private(set) var samples: [Sample] = []
  private var edges: [Float] = []
  private var active: [Sample] = []
  private var members: [Member] = []

  mutating func removeAll() { samples.removeAll(keepingCapacity: true) }

  mutating func add(_ sample: Sample) { samples.append(sample) }

  mutating func add(_ runs: DeepRuns, pixel: Int, source: Int = 0) {
    for place in runs.places(of: pixel) { samples.append(runs.sample(place, source: source)) }
  }

  /// By front, then by back; equal ones in the order they came.
  mutating func sort() {
    if samples.count < 2 { return }
    if samples.count <= 16 {
      for i in 1..<samples.count {
        let sample = samples[i]
        var j = i
        while j > 0, Self.isBefore(sample, samples[j - 1]) {
          samples[j] = samples[j - 1]
          j -= 1
        }
        samples[j] = sample
      }
    } else {
      // The library's sort does not promise to keep the order of equals.
      let indexed = samples.enumerated().sorted { a, b in
        Self.isBefore(a.element, b.element)
          || (!Self.isBefore(b.element, a.element) && a.offset < b.offset)
      }
      for (place, sample) in indexed.enumerated() { samples[place] = sample.element }
    }
  }

  private static func isBefore(_ a: Sample, _ b: Sample) -> Bool {
    a.z == b.z ? a.zBack < b.zBack : a.z < b.z
  }

  /// Whether the samples, in order, do not touch each other.
  private var isTidy: Bool {
    for i in samples.indices.dropFirst() {
      let (a, b) = (samples[i - 1], samples[i])
      if a.zBack > b.z || (a.z == b.z && a.zBack == b.zBack) { return false }
    }
    return true
  }

  /// Goes from front to back through the slabs, with the samples that are in each; `body` says whether to go
  /// on. The samples must be in order.
  mutating func sweep(_ body: (Slab, [Member]) -> Bool) {
    if isTidy {
      for sample in samples {
        members.removeAll(keepingCapacity: true)
        members.append(Member(sample: sample, weight: 1))
        let slab = Slab(z: sample.z, zBack: sample.zBack, alpha: Double(sample.alpha))
        if !body(slab, members) { return }
      }
      return
    }
    findEdges()
    active.removeAll(keepingCapacity: true)
    var next = 0
    for (place, edge) in edges.enumerated() {
      active.removeAll { $0.zBack <= edge }
      members.removeAll(keepingCapacity: true)
      while next < samples.count, samples[next].z == edge {
        if samples[next].zBack == edge {
          members.append(Member(sample: samples[next], weight: 1))
        } else {
          active.append(samples[next])
        }
        next += 1
      }
      if !members.isEmpty, !body(Slab(z: edge, zBack: edge, alpha: mix()), members) { return }
      guard !active.isEmpty, place + 1 < edges.count else { continue }
      let end = edges[place + 1]
      members.removeAll(keepingCapacity: true)
      for sample in active {
        members.append(Member(sample: sample, weight: Self.share(of: sample, edge, end)))
      }
      if !body(Slab(z: edge, zBack: end, alpha: mix()), members) { return }
    }
  }

  /// All depths at which a sample begins or ends, in order.
  private mutating func findEdges() {
    edges.removeAll(keepingCapacity: true)
    for sample in samples {
      edges.append(sample.z)
      if sample.zBack != sample.z { edges.append(sample.zBack) }
    }
    edges.sort()
    var count = 0
    for edge in edges where count == 0 || edges[count - 1] != edge {
      edges[count] = edge
      count += 1
    }
    edges.removeLast(edges.count - count)
  }

  /// How much of a volume lies between two of the edges. One without end is all in its last piece, one without
  /// a beginning all in its first.
  private static func share(of sample: Sample, _ from: Float, _ to: Float) -> Double {
    if sample.zBack == .infinity { return to == sample.zBack ? 1 : 0 }
    if sample.z == -.infinity { return from == sample.z ? 1 : 0 }
    return (Double(to) - Double(from)) / (Double(sample.zBack) - Double(sample.z))
  }

  /// Turns the shares of the members into weights, and gives the alpha of them all.
  private mutating func mix() -> Double {
    if members.count == 1, members[0].weight == 1 { return Double(members[0].sample.alpha) }
    let opaque = members.count { $0.sample.alpha == 1 }
    if opaque > 0 {
      for i in members.indices {
        members[i].weight = members[i].sample.alpha == 1 ? 1 / Double(opaque) : 0
      }
      return 1
    }
    var total = 0.0
    for i in members.indices {
      let alpha = Double(members[i].sample.alpha)
      let depth = OpticalDepth.of(alpha: alpha)
      total += members[i].weight * depth
      if alpha > 0 { members[i].weight *= depth / alpha }
    }
    let alpha = OpticalDepth.alpha(of: total)
    if total > 0 { for i in members.indices { members[i].weight *= alpha / total } }
    return alpha
  }
}

/// How much matter light passes through: optical depths add up where alphas do not.
enum OpticalDepth {
  /// -ln(1 - alpha), exact for small alphas too. Alpha is less than 1.
  static func of(alpha: Double) -> Double {
    guard alpha < 1e-3 else { return -PortableMath.log(1 - alpha) }
    var sum = 0.0
    for n in stride(from: 6.0, through: 1, by: -1) { sum = (sum + 1 / n) * alpha }
    return sum
  }

  /// 1 - exp(-depth).
  static func alpha(of depth: Double) -> Double {
    guard depth < 1e-3 else { return 1 - PortableMath.exp(-depth) }
    var sum = 1.0
    for n in stride(from: 6.0, through: 2, by: -1) { sum = 1 - sum * depth / n }
    return sum * depth
  }
}
