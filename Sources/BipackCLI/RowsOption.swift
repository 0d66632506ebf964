import ArgumentParser
import Bipack

/// Which rows of a graph's table are meant.
struct RowsOption: ParsableArguments {
  @Option(
    name: .customLong("rows"),
    help: ArgumentHelp(
      "Rows of the graph's table, counted from 1: 3, 1-40, 1,4,7- or name=Kim; may be repeated. By default all.",
      valueName: "rows"),
    transform: { try RowList($0) })
  var lists: [RowList] = []

  var list: RowList? { lists.isEmpty ? nil : RowList(lists) }
}

extension [Comp] {
  /// The comp of one row, for what cannot be done for several.
  func only(for what: String) throws -> Comp {
    guard count == 1, let comp = first else {
      throw Failure(
        .usage, "\(what) takes one row, and the table has \(count): name it, for example --rows 1")
    }
    return comp
  }
}
