import Bipack
import BipackGraph
import BipackPixels
import Foundation
import Testing

@testable import BipackEngine
@testable import BipackNodes

/// What works on a whole picture hears within 0.2 s that it is no longer wanted.
@Suite("Laws of giving up", .serialized) struct CancelLaws {
  private static let format = Format(width: 3840, height: 2160)
  private let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))

  /// A frame operator of a large picture, as a node emits it.
  private struct Place {
    var graph: FrameGraph
    var id: Int
    var frame: any FrameOperator
  }

  /// One of each type that the catalogue's composites emit, and one of each that only certain settings do.
  private func places(_ inputs: [Payload?]) -> [Place] {
    var found: [String: Place] = [:]
    var despot = Despot()
    (despot.specks, despot.holes) = (200, 200)
    var works: [(any Operator, Int)] = [(despot, 1)]
    for declaration in NodeLaws.all where declaration.type is any CompositeNode.Type {
      var dice = Dice(seed: 5)
      for turn in 0..<6 {
        guard let test = NodeLaws.Case(declaration, &dice, isDefault: turn == 0) else { continue }
        works.append((test.node, test.inputs))
      }
    }
    for (work, count) in works {
      let pictures = (0..<count).map { inputs[$0 % inputs.count] }
      guard let graph = try? renderer.graph(of: work, inputs: pictures).0 else { continue }
      for id in graph.nodes.indices {
        guard case .frame(let frame) = graph[id].operator.role else { continue }
        let name = String(describing: type(of: frame))
        if found[name] == nil { found[name] = Place(graph: graph, id: id, frame: frame) }
      }
    }
    return found.values.sorted { $0.graph[$0.id].path < $1.graph[$1.id].path }
  }

  /// Seconds this thread has computed.
  private static func worked() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test func frameOperatorsGiveUpSoon() async throws {
    let window = Self.format.window
    let pictures = (0..<2).map {
      Payload.picture(
        TestPicture.make(
          window, format: Self.format, seed: UInt64($0) + 5, pool: renderer.pool))
    }
    let places = self.places(pictures)
    #expect(places.count >= 4)
    for place in places {
      var graph = place.graph
      let node = graph[place.id]
      let region = node.spec.dataWindow
      var inputs: [Payload?] = []
      for input in node.inputs {
        guard let input else {
          inputs.append(nil)
          continue
        }
        inputs.append(try await renderer.deliver(&graph, input, graph[input].spec.dataWindow))
      }
      let kernel = try place.frame.kernel(node.context)
      let channels = place.frame.computed(node.context)
      for patience in [0.02, 0.3] {
        let taken = seconds(kernel, region, channels, node.spec, inputs, patience)
        #expect(
          taken < patience + 0.2,
          "\(type(of: place.frame)) of \(node.path), given up after \(patience) s")
      }
    }
  }

  /// How long a kernel computes that is no longer wanted after some time.
  private func seconds(
    _ kernel: any TileKernel, _ region: Rect, _ channels: [Channel], _ spec: ImageSpec,
    _ inputs: [Payload?], _ patience: Double
  ) -> Double {
    let start = Self.worked()
    let isCancelled: @Sendable () -> Bool = { Self.worked() - start > patience }
    let loops = Loops(isCancelled: isCancelled) { count, body in
      for i in 0..<count { body(i) }
    }
    let canvases = channels.map { _ in Canvas(rect: region, pool: renderer.pool) }
    let task = TileTask(
      rect: region, tiles: [region], channels: channels, spec: spec, pool: renderer.pool,
      inputs: inputs, canvases: canvases, loops: loops)
    try? kernel.render(task)
    return Self.worked() - start
  }
}
