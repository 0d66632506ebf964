/// A type a parameter can have: numbers, switches, choices, texts, colours, points.
///
/// Values that are made of numbers animate component by component; the others hold between keys.
public protocol ParamValue: Sendable, Equatable {
  /// How the schema and the reference call it.
  static var kind: ParamKind { get }
  /// The value from plain data (already evaluated at a frame); nil when it has the wrong shape.
  init?(_ data: ParamData)
  /// The value as plain data.
  var data: ParamData { get }
}

/// Plain data a parameter is decoded from.
public enum ParamData: Hashable, Sendable {
  case number(Double)
  case bool(Bool)
  case string(String)
  case array([ParamData])
}

/// The shape of a parameter.
public enum ParamKind: Hashable, Sendable {
  case number
  case integer
  case bool
  case string
  /// A file name, relative to the document.
  case path
  /// One of these words.
  case choice([String])
  /// So many numbers; with `scalar`, one number stands for all of them.
  case numbers(Int, scalar: Bool, names: [String])
  /// Any count of numbers.
  case list
  /// Any count of texts; one stands for itself.
  case texts
  /// Which channels: `rgb`, `all`, `depth`, `R,G`.
  case channels
  /// A lookup curve: points through which a smooth line runs.
  case curve
}
