import BipackGraph

/// The cameras of a glTF file (.gltf), as its nodes place them. A camera has no film there: it is taken as 36 mm
/// wide. Units are metres, y is up.
enum GLTFCameras: InterchangeReader {
  static let name = "gltf"
  static let title = "glTF cameras"

  static func recognises(_ text: TextLines) -> Bool {
    guard text.opening(1).first?.trimmed.text.hasPrefix("{") == true,
      case (let root?, _) = parse(text)
    else { return false }
    return root["asset"]?.object != nil && root["nodes"]?.array != nil
  }

  private static func parse(_ text: TextLines) -> (JSONValue?, [Diagnostic]) {
    JSONParser.parse(SourceText(file: "gltf", bytes: text.bytes), limits: .trusted)
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    let (root, problems) = parse(text)
    guard let root, problems.isEmpty else {
      let first = problems.first
      throw InterchangeError(
        line: first?.line ?? 1, column: first?.column ?? 1, first?.message ?? "this is not JSON",
        expected: first?.expected)
    }
    var result = Imported(.down)
    let nodes = root["nodes"]?.array ?? []
    let cameras = root["cameras"]?.array ?? []
    var isPlaced = Set<Int>()
    for (place, node) in nodes.enumerated() {
      guard let index = node["camera"]?.real.flatMap(Int.init(exactly:)) else { continue }
      let line = text.line(of: node.start)
      guard cameras.indices.contains(index) else {
        throw InterchangeError(
          line: line, "node \(place) has camera \(index)",
          expected: "one of \(cameras.count) cameras")
      }
      isPlaced.insert(index)
      let name =
        cameras[index]["name"]?.string ?? node["name"]?.string ?? "camera \(index)"
      var camera = ImportedCamera(name, line: line)
      try lens(cameras[index], text.line(of: cameras[index].start), &camera)
      let matrix = try Placement.world(of: place, in: nodes, line)
      camera.translate = matrix.place.map { .constant($0) }
      camera.rotate = Euler.zxy(rows: matrix.axes).map { .constant($0) }
      result.cameras.append(camera)
    }
    for index in cameras.indices where !isPlaced.contains(index) {
      result.note(
        text.line(of: cameras[index].start), "camera \(index) is placed by no node and is left out")
    }
    return result
  }

  private static func lens(_ json: JSONValue, _ line: Int, _ camera: inout ImportedCamera)
    throws(InterchangeError)
  {
    if let lens = json["orthographic"], let x = lens["xmag"]?.real, let y = lens["ymag"]?.real,
      x > 0, y > 0
    {
      camera.isOrthographic = true
      camera.focal = .constant(1)
      (camera.haperture, camera.vaperture) = (.constant(2 * x), .constant(2 * y))
      return
    }
    guard let lens = json["perspective"], let angle = lens["yfov"]?.real, angle > 0.0001,
      angle < .pi
    else {
      throw InterchangeError(
        line: line, "this camera has no lens", expected: "perspective with yfov, or orthographic")
    }
    let shape = lens["aspectRatio"]?.real ?? 16.0 / 9
    guard shape > 0 else {
      throw InterchangeError(line: line, "aspectRatio is not above 0", expected: "width by height")
    }
    camera.haperture = .constant(36)
    camera.vaperture = .constant(36 / shape)
    camera.focal = FieldOfView.focal(.constant(angle * 180 / .pi), of: 36 / shape)
  }

  /// A node's place in the scene.
  private struct Placement {
    /// Three columns of the axes and the place, each x, y, z.
    var columns: [[Double]]

    var place: [Double] { columns[3] }

    /// The axes one after the other, each of length 1.
    var axes: [Double] {
      columns[0..<3].flatMap { axis in
        let length = axis.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return axis.map { length > 0 ? $0 / length : 0 }
      }
    }

    static func world(of node: Int, in nodes: [JSONValue], _ line: Int) throws(InterchangeError)
      -> Placement
    {
      let parents = parents(nodes)
      var placement = try Placement(nodes[node], line)
      var above = parents[node]
      var steps = 0
      while let parent = above {
        steps += 1
        guard steps <= nodes.count else {
          throw InterchangeError(
            line: line, "nodes are inside one another", expected: "a tree of nodes")
        }
        placement = try Placement(nodes[parent], line).applied(to: placement)
        above = parents[parent]
      }
      return placement
    }

    /// The node that each is a child of.
    private static func parents(_ nodes: [JSONValue]) -> [Int: Int] {
      var parents: [Int: Int] = [:]
      for (place, node) in nodes.enumerated() {
        let children = (node["children"]?.array ?? []).compactMap(\.real)
        for number in children {
          if let child = Int(exactly: number) { parents[child] = place }
        }
      }
      return parents
    }

    init(_ node: JSONValue, _ line: Int) throws(InterchangeError) {
      func numbers(_ name: String, _ count: Int) throws(InterchangeError) -> [Double]? {
        guard let json = node[name] else { return nil }
        let numbers = json.array?.compactMap(\.real) ?? []
        guard numbers.count == count else {
          throw InterchangeError(line: line, "'\(name)' is wrong", expected: "\(count) numbers")
        }
        return numbers
      }
      if let m = try numbers("matrix", 16) {
        columns = (0..<4).map { Array(m[4 * $0..<4 * $0 + 3]) }
        return
      }
      let q = try numbers("rotation", 4) ?? [0, 0, 0, 1]
      let s = try numbers("scale", 3) ?? [1, 1, 1]
      let (x, y, z, w) = (q[0], q[1], q[2], q[3])
      columns = [
        [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)].map { $0 * s[0] },
        [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)].map { $0 * s[1] },
        [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)].map { $0 * s[2] },
        try numbers("translation", 3) ?? [0, 0, 0],
      ]
    }

    private init(columns: [[Double]]) { self.columns = columns }

    func applied(to inner: Placement) -> Placement {
      Placement(
        columns: inner.columns.enumerated().map { place, column in
          (0..<3).map { row in
            let moved = place == 3 ? columns[3][row] : 0
            return (0..<3).reduce(moved) { $0 + columns[$1][row] * column[$1] }
          }
        })
    }
  }
}

extension JSONValue {
  /// Its number. Never inlined: the optimiser of Swift 6.3 fails on this in a chain of optionals.
  @inline(never)
  fileprivate var real: Double? { number }
}
