/// Declares a parameter: `@Param(0...100, unit: .pixels, "Radius; larger is softer.") public var
/// size = 1.0`.
///
/// The help is a sentence that names the unit and the direction. Values outside `range` are errors;
/// `slider` is only where a hand would usually move it.
@propertyWrapper
public struct Param<Value: ParamValue>: Sendable {
  public var wrappedValue: Value
  public let help: String
  public let unit: ParamUnit
  public let range: ParamRange

  public init(
    wrappedValue: Value, _ range: ParamRange, unit: ParamUnit = .none, _ help: String
  ) {
    self.wrappedValue = wrappedValue
    self.help = help
    self.unit = unit
    self.range = range
  }

  public init(wrappedValue: Value, unit: ParamUnit = .none, _ help: String) {
    self.init(wrappedValue: wrappedValue, .any, unit: unit, help)
  }

  public init(
    wrappedValue: Value, _ range: ClosedRange<Double>, unit: ParamUnit = .none, _ help: String
  ) {
    self.init(wrappedValue: wrappedValue, .closed(range), unit: unit, help)
  }

  public init(
    wrappedValue: Value, _ range: PartialRangeFrom<Double>, unit: ParamUnit = .none, _ help: String
  ) {
    self.init(wrappedValue: wrappedValue, .from(range.lowerBound), unit: unit, help)
  }
}

/// What a number may be. Applies to each component of a vector.
public enum ParamRange: Hashable, Sendable {
  case any
  case closed(ClosedRange<Double>)
  case from(Double)
  /// Greater than, for divisors and gammas.
  case above(Double)
}

/// What a number measures. A proxy render scales `.pixels`.
public enum ParamUnit: String, Sendable {
  case none
  case pixels
  case frames
  case stops
  case degrees
  case seconds
}
