/// Declares a parameter: `@Param(0...100, unit: .pixels, "Radius; larger is softer.") public var
/// size = 1.0`.
///
/// The help is a sentence that names the unit and the direction. Values outside `range` are errors;
/// `slider` is only where a hand would usually move it.
@propertyWrapper
public struct Param<Held: Value>: Sendable {
  public var wrappedValue: Held
  public let help: String
  public let unit: ParamUnit
  public let range: ParamRange
  package var index = 0

  /// Names the parameter for `CompBuilder`: `builder.animate(grade, \.$gain, ...)`.
  public var projectedValue: ParamHandle<Held> { ParamHandle(index: index) }

  public init(
    wrappedValue: Held, _ range: ParamRange, unit: ParamUnit = .none, _ help: String
  ) {
    self.wrappedValue = wrappedValue
    self.help = help
    self.unit = unit
    self.range = range
  }

  public init(wrappedValue: Held, unit: ParamUnit = .none, _ help: String) {
    self.init(wrappedValue: wrappedValue, .any, unit: unit, help)
  }

  public init(
    wrappedValue: Held, _ range: ClosedRange<Double>, unit: ParamUnit = .none, _ help: String
  ) {
    self.init(wrappedValue: wrappedValue, .closed(range), unit: unit, help)
  }

  public init(
    wrappedValue: Held, _ range: PartialRangeFrom<Double>, unit: ParamUnit = .none, _ help: String
  ) {
    self.init(wrappedValue: wrappedValue, .from(range.lowerBound), unit: unit, help)
  }
}

/// A parameter of a node type, named by key path: `\.$gain`.
public struct ParamHandle<Held: Value>: Sendable {
  package let index: Int
}

/// What a number may be. Applies to each component of a vector.
public enum ParamRange: Hashable, Sendable {
  case any
  case closed(ClosedRange<Double>)
  case from(Double)
  /// Greater than, for divisors and gammas.
  case above(Double)

  /// Whether a number is allowed; NaN never is.
  public func contains(_ value: Double) -> Bool {
    switch self {
    case .any: !value.isNaN
    case .closed(let range): range.contains(value)
    case .from(let lower): value >= lower
    case .above(let lower): value > lower
    }
  }

  /// The number inside that is nearest, or one near it.
  package func nearest(_ number: Double) -> Double {
    switch self {
    case .any: number
    case .closed(let range): min(max(number, range.lowerBound), range.upperBound)
    case .from(let lower): max(number, lower)
    case .above(let lower): number > lower ? number : lower + 1
    }
  }
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
