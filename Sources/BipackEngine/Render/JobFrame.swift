/// A frame of a job; of a document with a table, that of one row.
public struct JobFrame: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The row's number, from 1; nil for documents without a table.
  public var row: Int?
  public var number: Int

  public init(_ number: Int, row: Int? = nil) {
    self.number = number
    self.row = row
  }

  public static func < (a: Self, b: Self) -> Bool {
    (a.row ?? 0, a.number) < (b.row ?? 0, b.number)
  }

  /// `frame 1004`, `row 3, frame 1004`.
  public var description: String { (row.map { "row \($0), " } ?? "") + "frame \(number)" }
}
