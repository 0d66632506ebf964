import BipackPixels
import COCIO

/// A colour conversion, ready to run: immutable, usable from any thread.
public final class ColorProcessor: Sendable {
  // SAFETY: an OCIO CPU processor never changes after it is made and may be applied from any number
  // of threads; it is released with this object.
  private nonisolated(unsafe) let processor: OpaquePointer
  private let steps: ColorSteps?
  /// What is run instead where tables are read at their nearest entries.
  private let nearest: NearestTable.Program?

  /// Names what the conversion does to pixels, contents of LUT files included.
  public let hash: StableHash
  /// Whether it leaves every pixel as it is.
  public let isNoOp: Bool
  /// Whether one channel of the result depends on another of the source.
  public let mixesChannels: Bool
  /// What OCIO had to say while building it, such as an interpolation a LUT cannot have.
  public let warnings: [String]

  /// Takes over `processor`. `ownKernels` false keeps everything in OCIO, to compare with.
  init(
    taking processor: OpaquePointer, ownKernels: Bool = true,
    nearest: NearestTable.Program? = nil
  ) {
    self.processor = processor
    self.nearest = nearest
    let steps = ownKernels && nearest == nil ? ColorSteps(processor) : nil
    self.steps = steps
    isNoOp =
      nearest == nil && (cocio_is_noop(processor) != 0 || steps?.steps.isEmpty == true)
    mixesChannels = cocio_has_crosstalk(processor) != 0
    warnings = ColorConfig.lines(cocio_processor_log(processor))
    var hasher = StableHasher()
    hasher.combine("ColorProcessor 2")
    if nearest != nil { hasher.combine("nearest") }
    hasher.combine(String(cString: cocio_processor_id(processor)))
    // Another OpenColorIO may give other last bits; our own kernels do not.
    hasher.combine(steps != nil ? "" : ColorConfig.libraryVersion)
    hash = hasher.finalize()
  }

  deinit { cocio_release(processor) }

  /// Whether our own kernels run it rather than OCIO.
  package var usesOwnKernels: Bool { steps != nil }

  /// Converts `count` pixels in place on contiguous planes. Alpha is only looked at and changed by
  /// conversions that name it, which is rare; pass nil when there is none.
  package func apply(
    _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>, _ alpha: UnsafeMutablePointer<Float>? = nil, count: Int
  ) {
    if isNoOp || count <= 0 { return }
    // Runs short enough for the caches, whole strips included.
    var done = 0
    while done < count {
      let n = min(2048, count - done)
      if let nearest {
        nearest.apply(red + done, green + done, blue + done, alpha.map { $0 + done }, count: n)
      } else if let steps {
        steps.apply(nil, red + done, green + done, blue + done, count: n)
      } else {
        applyOCIO(red + done, green + done, blue + done, alpha.map { $0 + done }, count: n)
      }
      done += n
    }
  }

  /// Converts `count` pixels of three planes into three others.
  package func apply(
    from source: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>),
    _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>, count: Int
  ) {
    if let steps {
      steps.apply(source, red, green, blue, count: count)
    } else {
      red.update(from: source.0, count: count)
      green.update(from: source.1, count: count)
      blue.update(from: source.2, count: count)
      apply(red, green, blue, count: count)
    }
  }

  /// As `apply`, by OCIO in any case: what our own kernels are held against.
  package func applyOCIO(
    _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>, _ alpha: UnsafeMutablePointer<Float>? = nil, count: Int
  ) {
    // The arguments are valid by construction, so only memory can fail OCIO here.
    let result = cocio_apply(
      processor, red, green, blue, alpha, count, 1, count * MemoryLayout<Float>.stride, nil)
    precondition(result == 0, "OpenColorIO could not convert \(count) pixels")
  }

  /// One pixel converted: for swatches, probes and tests.
  public func convert(_ red: Float, _ green: Float, _ blue: Float) -> (Float, Float, Float) {
    var (r, g, b) = (red, green, blue)
    // SAFETY: three planes of one float each, alive during the call.
    unsafe apply(&r, &g, &b, count: 1)
    return (r, g, b)
  }
}

extension ColorProcessor: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(hash) }
}
