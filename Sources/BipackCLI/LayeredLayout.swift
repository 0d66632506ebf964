/// Places the nodes of a directed acyclic graph in layers, inputs above.
///
/// Sugiyama's method: a layer for every node (inputs are pulled down to just above their first
/// user), stand-ins where an edge crosses a layer, an order within layers that keeps edges from
/// crossing (barycentres, swept up and down), and places as near to their neighbours' as the room
/// between nodes allows. That last step is a least-squares fit under "each is right of the one
/// before", which pooling adjacent violators solves exactly.
struct LayeredLayout {
  struct Edge {
    var from: Int
    var to: Int
  }

  /// Centres of the nodes.
  private(set) var x: [Double]
  private(set) var layer: [Int]
  /// For each edge, the x at each layer from its source's to its target's.
  private(set) var routes: [[Double]] = []
  private(set) var layerCount = 0

  private var widths: [Double]
  private var above: [[Int]]
  private var below: [[Int]]
  private var layers: [[Int]] = []
  private let gap = 26.0

  init(widths: [Double], edges: [Edge]) {
    let count = widths.count
    self.widths = widths
    x = Array(repeating: 0, count: count)
    layer = Array(repeating: 0, count: count)
    above = Array(repeating: [], count: count)
    below = Array(repeating: [], count: count)
    guard count > 0 else { return }
    assignLayers(edges)
    let chains = insertStandIns(edges)
    order()
    place()
    routes = chains.map { chain in chain.map { x[$0] } }
    x.removeLast(x.count - count)
    layer.removeLast(layer.count - count)
  }

  private mutating func assignLayers(_ edges: [Edge]) {
    let count = widths.count
    var waiting = [Int](repeating: 0, count: count)
    var users = [[Int]](repeating: [], count: count)
    var sources = [[Int]](repeating: [], count: count)
    for edge in edges {
      waiting[edge.to] += 1
      users[edge.from].append(edge.to)
      sources[edge.to].append(edge.from)
    }
    var order = (0..<count).filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      let node = order[next]
      next += 1
      for user in users[node] {
        layer[user] = max(layer[user], layer[node] + 1)
        waiting[user] -= 1
        if waiting[user] == 0 { order.append(user) }
      }
    }
    for node in order.reversed() {
      if let first = users[node].map({ layer[$0] }).min() {
        if sources[node].isEmpty { layer[node] = first - 1 }
      }
    }
    layerCount = (layer.max() ?? 0) + 1
  }

  /// One chain of node, stand-ins, node for each edge.
  private mutating func insertStandIns(_ edges: [Edge]) -> [[Int]] {
    var chains: [[Int]] = []
    for edge in edges {
      var chain = [edge.from]
      var level = layer[edge.from] + 1
      while level < layer[edge.to] {
        chain.append(widths.count)
        widths.append(4)
        x.append(0)
        layer.append(level)
        above.append([])
        below.append([])
        level += 1
      }
      chain.append(edge.to)
      for i in 1..<chain.count {
        below[chain[i - 1]].append(chain[i])
        above[chain[i]].append(chain[i - 1])
      }
      chains.append(chain)
    }
    layers = Array(repeating: [], count: layerCount)
    for node in widths.indices { layers[layer[node]].append(node) }
    return chains
  }

  private mutating func order() {
    var position = [Double](repeating: 0, count: widths.count)
    func renumber(_ line: [Int]) {
      for (i, node) in line.enumerated() { position[node] = Double(i) }
    }
    layers.forEach(renumber)
    func sort(_ level: Int, by neighbours: [[Int]]) {
      let keys = layers[level].enumerated().map { place, node -> (Double, Int, Int) in
        let near = neighbours[node]
        let mean =
          near.isEmpty
          ? Double(place) : near.reduce(0) { $0 + position[$1] } / Double(near.count)
        return (mean, place, node)
      }
      layers[level] = keys.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { $0.2 }
      renumber(layers[level])
    }
    for _ in 0..<12 {
      for level in layers.indices.dropFirst() { sort(level, by: above) }
      for level in layers.indices.dropLast().reversed() { sort(level, by: below) }
    }
  }

  private mutating func place() {
    for line in layers {
      var at = 0.0
      for node in line {
        x[node] = at + widths[node] / 2
        at += widths[node] + gap
      }
    }
    for round in 0..<10 {
      let down = Array(layers.indices.dropFirst())
      for level in round % 2 == 0 ? down : layers.indices.dropLast().reversed() {
        fit(level, to: round % 2 == 0 ? above : below)
      }
    }
    let both = zip(above, below).map { $0 + $1 }
    for _ in 0..<6 {
      for level in layers.indices { fit(level, to: both) }
      for level in layers.indices.reversed() { fit(level, to: both) }
    }
    let left = widths.indices.map { x[$0] - widths[$0] / 2 }.min() ?? 0
    for node in x.indices { x[node] -= left }
  }

  private mutating func fit(_ level: Int, to neighbours: [[Int]]) {
    let line = layers[level]
    var offsets: [Double] = []
    var offset = 0.0
    for (i, node) in line.enumerated() {
      if i > 0 { offset += widths[line[i - 1]] / 2 + gap + widths[node] / 2 }
      offsets.append(offset)
    }
    // Pools of nodes that touch, each at the weighted mean of what its nodes want.
    var pools: [(sum: Double, weight: Double, count: Int)] = []
    for (i, node) in line.enumerated() {
      // Stand-ins follow each other, so that long edges run straight.
      let isStandIn = widths[node] <= 4
      var (sum, pull) = (0.0, 0.0)
      for near in neighbours[node] {
        let strength = isStandIn && widths[near] <= 4 ? 8.0 : 1.0
        sum += strength * x[near]
        pull += strength
      }
      let wish = pull == 0 ? x[node] : sum / pull
      let weight = pull == 0 ? 0.05 : isStandIn ? 4.0 : 1.0
      pools.append(((wish - offsets[i]) * weight, weight, 1))
      while pools.count > 1 {
        let (last, before) = (pools[pools.count - 1], pools[pools.count - 2])
        if before.sum / before.weight <= last.sum / last.weight { break }
        pools.removeLast()
        pools[pools.count - 1] = (
          before.sum + last.sum, before.weight + last.weight, before.count + last.count
        )
      }
    }
    var i = 0
    for pool in pools {
      for _ in 0..<pool.count {
        x[line[i]] = pool.sum / pool.weight + offsets[i]
        i += 1
      }
    }
  }
}
