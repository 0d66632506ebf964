/// Parameters that several nodes have in common, declared once: how a picture is resampled, what a
/// drawing paints, when a shutter is open.
///
///     public struct Resampling: ParamGroup {
///       @Param("How the picture is read between its pixels.")
///       public var filter = ResampleFilter.cubic
///       public init() {}
///     }
///
/// In the document its parameters stand among the node's own, by their own names.
public protocol ParamGroup: Decodable, Sendable {
  init()
  /// Which of its parameters count only beside others.
  static var conditions: [ParamCondition] { get }
}

extension ParamGroup {
  public static var conditions: [ParamCondition] { [] }
}

/// Takes a group of parameters into a node, or into another group: `@Params public var resampling =
/// Resampling()`.
@propertyWrapper
public struct Params<Group: ParamGroup>: Sendable {
  public var wrappedValue: Group

  public init(wrappedValue: Group) { self.wrappedValue = wrappedValue }
}
