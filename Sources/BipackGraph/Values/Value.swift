/// What is not pixels: numbers, colours, texts, curves, paths, tracks, cameras, tables.
///
/// Values flow through parameters as pictures flow through inputs. Each type has one form, as plain
/// data (`ValueData`), and that form is the same wherever a value stands: as a literal in the document,
/// in a file (`{ "file": ... }`), behind a link (`{ "from": ... }`), in a sidecar, in the cache and in
/// what `bipack values` prints. A new type is one file: the Swift type, and the `ValueKind` that says
/// how it is checked, described and animated.
public protocol Value: Sendable, Equatable {
  /// What there is to say of values of this type.
  static var kind: ValueKind { get }
  /// The value from plain data (already evaluated at a frame); nil when it has the wrong shape.
  init?(_ data: ValueData)
  /// The value as plain data.
  var data: ValueData { get }
}

/// One of a few words: `enum Operation: String, ParamChoice { case over, under }`. The words are the
/// raw values.
public protocol ParamChoice: Value, CaseIterable, RawRepresentable where RawValue == String {}

extension ParamChoice {
  public static var kind: ValueKind { .choice(allCases.map(\.rawValue)) }
  public init?(_ data: ValueData) {
    guard case .string(let word) = data else { return nil }
    self.init(rawValue: word)
  }
  public var data: ValueData { .string(rawValue) }
}
