/// Declares an image input: `@Input("The plate.") public var source`.
///
/// In the document the input's key holds `"node"` or `"node.port"`.
@propertyWrapper
public struct Input: Sendable {
  public var wrappedValue: InputPort
  public let help: String
  public let isOptional: Bool
  /// Whether the picture is a matte: the engine gives it an alpha where it has none
  /// (`ImageSpec.matteChannel`), and watches for alphas that say nothing.
  public let isMatte: Bool

  public init(_ help: String, optional: Bool = false, matte: Bool = false) {
    wrappedValue = InputPort(slot: 0)
    self.help = help
    isOptional = optional
    isMatte = matte
  }
}

/// Declares an input that takes a deep picture: `@DeepInput("The samples.") public var source`.
///
/// A picture at it is an error of the document, as a deep picture at an `@Input` is.
@propertyWrapper
public struct DeepInput: Sendable {
  public var wrappedValue: DeepPort
  public let help: String
  public let isOptional: Bool

  public init(_ help: String, optional: Bool = false) {
    wrappedValue = DeepPort(slot: 0)
    self.help = help
    isOptional = optional
  }
}

/// Declares any number of inputs: `@Inputs(1...64, "Pictures to choose from.") public var inputs`.
///
/// In the document the key holds an array of references, or one reference.
@propertyWrapper
public struct Inputs: Sendable {
  public var wrappedValue: InputPorts
  public let help: String
  public let count: ClosedRange<Int>

  public init(_ count: ClosedRange<Int>, _ help: String) {
    wrappedValue = InputPorts(slots: 0..<0)
    self.help = help
    self.count = count
  }
}

/// A declared input: its slot among the node's inputs. Slots follow declaration order; an `@Inputs`
/// list takes as many as it has entries.
public struct InputPort: Hashable, Sendable {
  public var slot: Int

  public init(slot: Int) { self.slot = slot }
}

/// A declared input for a deep picture.
public struct DeepPort: Hashable, Sendable {
  public var slot: Int

  public init(slot: Int) { self.slot = slot }
}

/// The slots of a list of inputs.
public struct InputPorts: Hashable, Sendable {
  public var slots: Range<Int>

  public init(slots: Range<Int>) { self.slots = slots }
}
