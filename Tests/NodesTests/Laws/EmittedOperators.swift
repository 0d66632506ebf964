import Bipack
import BipackGraph
import BipackPixels
import Foundation

@testable import BipackEngine

/// An operator as nodes use it, and the pictures it reads there.
struct EmittedOperator: Sendable {
  let work: any Operator
  let context: NodeContext
  let inputs: [Picture?]
  let description: String

  /// A picture in memory, of which no more can be seen than is asked for: the rest is not a number.
  struct Picture: SourceOperator {
    let spec: ImageSpec
    var payload: Payload

    func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { spec }
    func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
      StableHash(high: 0, low: 0)
    }

    func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
      throws(NodeError) -> Payload
    {
      let window = spec.dataWindow
      let part = demand.rect.intersection(window)
      guard let picture = payload.picture else {
        guard let deep = payload.deep else { throw NodeError("nothing to read") }
        return .deep(
          DeepImage(spec: spec, pool: pool) { x, y in
            part.contains(x: x, y: y)
              ? deep.pixel(x: x, y: y).map { $0.filter { demand.channels.contains($0.key) } } : []
          })
      }
      var seen: [Channel: [Float]] = [:]
      for channel in picture.channels where !window.isEmpty {
        let values = picture.pixels(channel, in: window, pool: pool)
        var plane = [Float](repeating: .nan, count: values.count)
        if demand.channels.contains(channel) {
          for y in part.y0..<part.y1 {
            let start = (y - window.y0) * window.width - window.x0
            plane.replaceSubrange(
              start + part.x0..<start + part.x1, with: values[start + part.x0..<start + part.x1])
          }
        }
        seen[channel] = plane
      }
      return .picture(Image(spec: spec, pool: pool, pixels: seen))
    }
  }

  /// The output over `region`, as far as `NodeLaws.view` shows it.
  func run(_ renderer: Renderer, inputs: [Picture?]? = nil, region: Rect = NodeLaws.view)
    async throws -> Image
  {
    var graph = FrameGraph()
    var ids: [Int?] = []
    for input in inputs ?? self.inputs {
      ids.append(
        try input.flatMap { try graph.add($0, inputs: [], context: context, path: description) })
    }
    let goal = try graph.add(work, inputs: ids, context: context, path: description)
    guard let goal else { throw CancellationError() }
    return try await renderer.deliver(&graph, goal, region.intersection(NodeLaws.view))
      .unrolled(renderer.pool)
  }
}

/// The operators that nodes emit: those of every composite node with its defaults and with random
/// parameters on the pictures of the laws, and those of every example graph, small.
enum EmittedOperators {
  /// Of one type, so many are tried.
  private static let most = 3
  /// Pixels of an input, all channels together, that are worth trying.
  private static let largest = 1 << 20

  /// Where one stands.
  private struct Place {
    var graph: FrameGraph
    var id: Int
    var description: String

    /// The operator that does the work of the node there: not always the node itself.
    var work: any Operator {
      switch graph[id].operator.role {
      case .point(let point): point
      case .tile(let tile): tile
      case .frame(let frame): frame
      case .deep(let deep): deep
      case .source(let source): source
      case .composite, .sink, .data, .shot, .none: graph[id].operator
      }
    }
  }

  private static let renderer = {
    var options = RenderOptions(threads: 2)
    options.wholePixels = 1000
    return Renderer(options)
  }()
  private static let places = Task { try await found() }
  private static let made = Locked<[String: Task<[EmittedOperator], any Error>]>([:])

  /// Some of those whose type has this name.
  static func named(_ name: String) async throws -> [EmittedOperator] {
    try await made.withLock { made in
      if let known = made[name] { return known }
      let task = Task {
        var result: [EmittedOperator] = []
        for place in try await places.value[name] ?? [] where result.count < most {
          if let one = try await emitted(place) { result.append(one) }
        }
        return result
      }
      made[name] = task
      return task
    }.value
  }

  private static func emitted(_ place: Place) async throws -> EmittedOperator? {
    var graph = place.graph
    let node = graph[place.id]
    var inputs: [EmittedOperator.Picture?] = []
    for id in node.inputs {
      guard let id else {
        inputs.append(nil)
        continue
      }
      let spec = graph[id].spec
      guard spec.dataWindow.area * max(1, spec.channels.count) <= largest else { return nil }
      let image = try await renderer.deliver(&graph, id, spec.dataWindow)
      inputs.append(EmittedOperator.Picture(spec: spec, payload: image))
    }
    return EmittedOperator(
      work: place.work, context: node.context, inputs: inputs,
      description: "\(type(of: place.work)) of \(place.description)")
  }

  // MARK: Where they are found

  private static func found() async throws -> [String: [Place]] {
    var found: [String: [Place]] = [:]
    var known: Set<StableHash> = []
    /// Notes those that are no nodes and are not known yet.
    func note(_ graph: FrameGraph, _ description: String) {
      for id in graph.nodes.indices {
        let place = Place(graph: graph, id: id, description: description)
        let work = place.work
        if work is any Node || work is GivenImage || !known.insert(work.ownHash).inserted {
          continue
        }
        found[String(describing: type(of: work)), default: []].append(place)
      }
    }
    for declaration in NodeLaws.all where declaration.type is any CompositeNode.Type {
      // A node more changes nothing for the others.
      var dice = Dice(seed: 71)
      for turn in 0..<12 {
        guard let test = NodeLaws.Case(declaration, &dice, isDefault: turn == 0) else { continue }
        var inputs = NodeLaws.pictures(for: test.node, test.inputs, renderer.pool)
        if turn % 4 == 3 {
          inputs = inputs.map { input in
            input?.picture.map { .picture($0.colors(renderer.pool, alpha: nil)) } ?? input
          }
        }
        // Settings that are refused with a message emit nothing.
        let emitted = try? renderer.graph(of: test.node, inputs: inputs, format: NodeLaws.format)
        if let emitted { note(emitted.0, test.description) }
      }
    }
    let examples = try ExampleTests.files.map { file in
      (
        file, try Comp.load(ExampleTests.folder + "/" + file, registry: ExampleTests.registry),
        150.0
      )
    }
    let written = documents.map {
      ($0, Comp.check(text: $0, registry: ExampleTests.registry).comp, 300.0)
    }
    for case (let name, let comp?, let width) in examples + written {
      let proxy = max(1, (Double(comp.format.width) / width).rounded())
      let outputs = comp.sinks.isEmpty ? [comp.nodes.count - 1] : comp.sinks
      let request = try await renderer.request(
        comp, renderer.goals(comp, outputs), frame: Double(comp.frames.lowerBound), proxy: proxy)
      note(request.graph, name)
    }
    return found
  }

  /// What no example shows and random parameters seldom hit.
  private static let documents = [
    """
    {"bipack": 1, "format": {"width": 150, "height": 131}, "views": ["left", "right"], "nodes": {
      "c": {"type": "CheckerBoard"},
      "m": {"type": "Transform", "source": "c", "translate": [{"views": {"left": 0, "right": 9}}, 0]},
      "w": {"type": "Write", "source": "m", "path": "/tmp/never-written.exr"}}}
    """,
    """
    {"bipack": 1, "format": {"width": 150, "height": 131}, "nodes": {
      "c": {"type": "CheckerBoard"},
      "w": {"type": "Write", "source": "c", "channels": "R", "path": "/tmp/never-written.png"}}}
    """,
    """
    {"bipack": 1, "format": {"width": 150, "height": 131}, "nodes": {
      "c": {"type": "CheckerBoard"},
      "d": {"type": "Dilate", "source": "c", "size": 3, "master": "R"}}}
    """,
    """
    {"bipack": 1, "format": {"width": 300, "height": 300}, "nodes": {
      "c": {"type": "CheckerBoard"}, "d": {"type": "Radial", "area": [4, 4, 20, 20]},
      "p": {"type": "Merge", "a": "d", "b": "c"},
      "t": {"type": "Trimap", "source": "d", "inside": 3, "outside": 3},
      "m": {"type": "Matting", "source": "p", "trimap": "t"}}}
    """,
  ]

  // MARK: What there is

  /// The names of all types in `Sources` that say they are operators and no nodes.
  static let names: [String] = {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let files = FileManager.default.enumerator(
      at: root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil)
    var names: [String] = []
    for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      for match in text.matches(of: /struct (\w+): ([\w, ]+) \{/) {
        let kinds = match.2.split(separator: ", ")
        let isOperator = kinds.contains { $0.hasSuffix("Operator") || $0 == "Warping" }
        // Composites are expanded, and what measures gives no picture.
        let isNode = kinds.contains {
          $0.hasSuffix("Node") || $0 == "CompositeOperator" || $0 == "Measuring"
        }
        if isOperator, !isNode { names.append(String(match.1)) }
      }
    }
    // A picture given from outside does no work.
    return names.filter { $0 != "GivenImage" }.sorted()
  }()
}
