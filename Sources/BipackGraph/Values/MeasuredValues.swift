/// What a node measured, by name: values of one frame, or curves over the frames of a shot.
public struct MeasuredValues: Hashable, Sendable {
  /// Plain data; a value over frames is `{ "keys": [[frame, value], ...] }`.
  public let data: [String: ValueData]
  private let keyed: [String: KeyedValue]

  package init(_ data: [String: ValueData], _ ports: [ValuePort]) {
    self.data = data
    keyed = Dictionary(
      ports.filter(\.isOverFrames).compactMap { port in
        data[port.name].flatMap { KeyedValue($0) }.map { (port.name, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// A value as it is at a frame, as a Swift type: `values.value("mean", at: 1001, as: ColorValue.self)`. Nil
  /// where there is none of that name, or it is of another type.
  public func value<Wanted: Value>(_ name: String, at frame: Double, as type: Wanted.Type)
    -> Wanted?
  {
    value(name, at: frame).flatMap { Wanted.kind.type.fitted($0) }.flatMap(Wanted.init)
  }

  /// A value as it is at a frame; nil where there is none of that name.
  public func value(_ name: String, at frame: Double) -> ValueData? {
    keyed[name]?.value(at: frame) ?? data[name]
  }
}
