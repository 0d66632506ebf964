/// Rows of a document's table: `1-40`, `3`, `1,4,7-`, or those with a text in a column, `name=Kim`.
///
/// Rows are counted from 1. A row that is named twice counts once, where it is named first.
public struct RowList: Hashable, Sendable, CustomStringConvertible {
  enum Item: Hashable, Sendable {
    /// From one row to another, or to the last.
    case range(Int, Int?)
    case cell(column: String, text: String)
  }

  let items: [Item]
  /// As it was written.
  public let description: String

  /// Reads a list.
  public init(_ text: String) throws(RowListError) {
    description = text
    if let equals = text.firstIndex(of: "=") {
      let column = text[..<equals]
      if column.isEmpty { throw RowListError(text: text) }
      items = [.cell(column: String(column), text: String(text[text.index(after: equals)...]))]
      return
    }
    var items: [Item] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let item = Self.range(part) else { throw RowListError(text: text) }
      items.append(item)
    }
    self.items = items
  }

  /// Rows of several lists.
  public init(_ lists: [RowList]) {
    items = lists.flatMap(\.items)
    description = lists.map(\.description).joined(separator: " ")
  }

  /// `3`, `1-40`, `7-`.
  private static func range(_ text: Substring) -> Item? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = ends.first.flatMap(number) else { return nil }
    switch ends.count {
    case 1: return .range(first, first)
    case 2 where ends[1].isEmpty: return .range(first, nil)
    case 2:
      guard let last = number(ends[1]), last >= first else { return nil }
      return .range(first, last)
    default: return nil
    }
  }

  private static func number(_ text: Substring) -> Int? {
    let text = text.trimmingBlanks
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(text), number > 0
    else { return nil }
    return number
  }
}

/// A list of rows that cannot be read.
public struct RowListError: Error, Hashable, Sendable, CustomStringConvertible {
  public var text: String

  public var description: String {
    "'\(text)' names no rows; expected for example 3, 1-40, 1,4,7- or name=Kim (rows are counted from 1)"
  }
}

extension StringProtocol {
  /// Without spaces and tabs at its ends.
  var trimmingBlanks: SubSequence {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
    var rest = self[...]
    while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return rest
  }
}
