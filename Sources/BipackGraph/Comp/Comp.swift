public import BipackPixels

/// A checked document, ready to be planned and rendered: groups flattened, every reference a number,
/// every parameter decoded or compiled.
///
/// A value that never changes; any thread may use it.
public struct Comp: Sendable {
  /// All nodes in the order of the document; a node's id is its index.
  public private(set) var nodes: [CompNode]
  public let format: Format
  public let fps: Double
  /// First to last frame.
  public let frames: ClosedRange<Int>
  public let settings: DocumentSettings
  /// The row of the document's table that this comp is of; nil for documents without a table.
  public private(set) var row: TableRow?
  /// The names of the document's views, the first being the main one. Empty for documents without
  /// views; a view is then always 0.
  public var views: [String] { settings.views }
  /// The ids of the nodes that write files.
  public let sinks: [Int]
  /// Exposed parameters of groups, one set per instance.
  package private(set) var shared: [SharedValue]
  /// What groups give to links outside, as `group.value`.
  package let exports: [String: ExportedValue]
  private let ids: [String: Int]

  package init(
    nodes: [CompNode], format: Format, fps: Double, frames: ClosedRange<Int>,
    settings: DocumentSettings, shared: [SharedValue], aliases: [String: Int],
    exports: [String: ExportedValue], row: TableRow? = nil
  ) {
    self.nodes = nodes
    self.format = format
    self.fps = fps
    self.frames = frames
    self.settings = settings
    self.shared = shared
    self.exports = exports
    self.row = row
    sinks = nodes.indices.filter { nodes[$0].declaration.isSink }
    var ids = aliases
    // A node that was added is called as one of the document's, which keeps the name.
    for (id, node) in nodes.enumerated().reversed() { ids[node.path] = id }
    self.ids = ids
  }

  /// The comp with one more node, its first input connected to `source`, as if the document had it; its
  /// relative paths start from the current folder.
  /// `make` gives the node, in a comp with views for each of them.
  package func adding(name: String, behind source: Int, _ make: (String?) -> any Node)
    -> (comp: Comp, id: Int)
  {
    let made = views.isEmpty ? [make(nil)] : views.map(make)
    let values = made.map(NodeDeclaration.values)
    let declaration = NodeDeclaration.of(type(of: made[0]))
    let params = declaration.params.indices.map { param -> ParamSource in
      let each = values.map { $0[param] }
      return each.allSatisfy { $0 == each[0] } ? .data(each[0]) : .views(each.map(ParamSource.data))
    }
    let node = CompNode(
      path: name, directory: ".", declaration: declaration, inputs: [source], params: params,
      location: nodes[source].location)
    let comp = Comp(
      nodes: nodes + [node], format: format, fps: fps, frames: frames, settings: settings,
      shared: shared, aliases: ids, exports: exports, row: row)
    return (comp, nodes.count)
  }

  /// The comp of another row: the same nodes with other values.
  func with(_ nodes: [CompNode], _ shared: [SharedValue], _ row: TableRow?) -> Comp {
    var comp = self
    (comp.nodes, comp.shared, comp.row) = (nodes, shared, row)
    return comp
  }

  /// The id of a node by its path: `blur`, `group.blur`, or a group's name or `group.port` for what
  /// the group gives.
  public func id(of path: String) -> Int? { ids[path] }

  /// Every path `id(of:)` knows.
  public var paths: [String] { ids.keys.sorted() }

  /// The node at a frame in a view, its curves and expressions evaluated and its pixels scaled for a proxy.
  ///
  /// Cheap: a node that does not change over time is decoded once. `links` is asked for each value of a
  /// data node, at the frame where it is wanted; values in pixels are at full size whatever the proxy.
  public func resolve(
    _ id: Int, frame: Double, view: Int = 0, proxy: Double = 1,
    links: (DataLink, Double) throws(NodeError) -> ValueData
  ) throws(NodeError) -> ResolvedNode {
    if !nodes[id].isAnimated { return try nodes[id].fixed(proxy: proxy) }
    return try withoutActuallyEscaping(links) { links throws(NodeError) -> ResolvedNode in
      var evaluator = Evaluator(comp: self, view: view, links: links)
      return try evaluator.resolve(nodes[id], frame, proxy: proxy)
    }
  }

  /// The node with one number for every parameter that may follow a data node: to see what depends on
  /// it.
  package func resolve(
    _ id: Int, frame: Double, view: Int, proxy: Double, assuming number: Double
  ) throws(NodeError) -> ResolvedNode {
    var evaluator = Evaluator(comp: self, view: view) { _, _ throws(NodeError) in .number(number) }
    evaluator.assumed = number
    return try evaluator.resolve(nodes[id], frame, proxy: proxy)
  }
}

/// A value of a node inside a group, or one number of it.
package struct ExportedValue: Sendable {
  package var link: DataLink
  package var component: Int?
}
