/// A run of pixels on which a point kernel works: planes in, planes out, all cache-resident.
///
/// A strip is some whole rows of one tile, or all of them. Its planes are contiguous, `rows * width`
/// floats each, so a kernel that does not care where its pixels lie loops once over `0..<count`:
///
///     let (g, limit) = (strip.input(0), strip.input(1))
///     var out = strip.output(0)
///     for i in 0..<strip.count { out[i] = min(g[i], limit[i]) }
///
/// Outputs never overlap inputs. Some pixels may lie outside the data window; what is computed there
/// is never read.
@frozen
public struct Strip: ~Copyable {
  // SAFETY: made by the engine for one call; both tables and every plane outlive the call, and the
  // value cannot be copied out of it.
  @usableFromInline let inputs: UnsafePointer<UnsafePointer<Float>>
  @usableFromInline let outputs: UnsafePointer<UnsafeMutablePointer<Float>>
  @usableFromInline let inputCount: Int
  @usableFromInline let outputCount: Int
  /// The first pixel.
  public let x: Int
  public let y: Int
  public let width: Int
  public let rows: Int
  /// Whether the outputs are a large picture's own memory, which nothing reads soon: a kernel bound by
  /// memory may store past the caches.
  package let isStreaming: Bool

  package init(
    inputs: UnsafePointer<UnsafePointer<Float>>, inputCount: Int,
    outputs: UnsafePointer<UnsafeMutablePointer<Float>>, outputCount: Int,
    x: Int, y: Int, width: Int, rows: Int, isStreaming: Bool = false
  ) {
    self.inputs = inputs
    self.inputCount = inputCount
    self.outputs = outputs
    self.outputCount = outputCount
    self.x = x
    self.y = y
    self.width = width
    self.rows = rows
    self.isStreaming = isStreaming
  }

  /// Pixels in the strip.
  @inlinable public var count: Int { width * rows }

  /// Input plane `index`, in the order the program named them.
  @inlinable
  @_lifetime(borrow self)
  public func input(_ index: Int) -> Span<Float> {
    precondition(index >= 0 && index < inputCount, "no such input plane")
    let span = unsafe Span(_unsafeStart: inputs[index], count: width * rows)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Output plane `index`; write every element.
  @inlinable
  @_lifetime(borrow self)
  public func output(_ index: Int) -> MutableSpan<Float> {
    precondition(index >= 0 && index < outputCount, "no such output plane")
    let span = unsafe MutableSpan(_unsafeStart: outputs[index], count: width * rows)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Raw planes for the C kernels of `BipackKernels`.
  package func inputPointer(_ index: Int) -> UnsafePointer<Float> {
    precondition(index >= 0 && index < inputCount, "no such input plane")
    return inputs[index]
  }

  package func outputPointer(_ index: Int) -> UnsafeMutablePointer<Float> {
    precondition(index >= 0 && index < outputCount, "no such output plane")
    return outputs[index]
  }
}
