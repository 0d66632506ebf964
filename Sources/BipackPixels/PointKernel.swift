/// The arithmetic of a point operation on one strip: prepared constants and a plain loop.
public protocol PointKernel: Sendable {
  /// Reads `strip.input(k)` and writes every element of `strip.output(k)`.
  func apply(_ strip: borrowing Strip)

  /// Whether the result depends on where the pixels lie (`strip.x`, `strip.y`) and not only on the
  /// inputs. A kernel that says no (the default) is run once, on one pixel, where all its inputs
  /// are constant.
  var readsPosition: Bool { get }
}

extension PointKernel {
  public var readsPosition: Bool { false }
}
