import ArgumentParser
import Bipack

/// Which of a graph's views to make.
struct ViewOptions: ParsableArguments {
  @Option(
    name: .customLong("view"),
    help: ArgumentHelp(
      "Makes only this view of the graph; may be repeated. By default all of them.",
      valueName: "name"))
  var views: [String] = []

  /// Their places among the graph's; nil for all.
  func places(in comp: Comp) throws -> [Int]? {
    if views.isEmpty { return nil }
    var places: [Int] = []
    for name in views {
      guard let place = comp.views.firstIndex(of: name) else {
        let known = comp.views.joined(separator: ", ")
        throw Failure(
          .usage,
          comp.views.isEmpty
            ? "the graph has no views; --view needs a document with \"views\": [\"left\", \"right\"]"
            : "the graph has no view '\(name)'; it has \(known)")
      }
      if !places.contains(place) { places.append(place) }
    }
    return places.sorted()
  }
}
