import BipackGraph
import BipackIO
import BipackPixels
import FoundationEssentials

/// The colour space of a file and the way between it and the working space.
struct FileColor {
  private let config: ColorConfig
  private let space: String
  private let working: String

  /// `colorspace` empty asks the configuration's file rules. `isCoded` says the file holds integers.
  init(path: String, colorspace: String, isCoded: Bool, _ settings: DocumentSettings)
    throws(NodeError)
  {
    do throws(ColorError) {
      config = try Self.config(settings)
      space =
        colorspace.isEmpty ? config.space(forFile: path, isFloat: !isCoded) : colorspace
      working = settings.workingSpace ?? config.workingSpace
    } catch {
      throw NodeError(error)
    }
  }

  static func config(_ settings: DocumentSettings) throws(ColorError) -> ColorConfig {
    let document = settings.ocio.map { $0.hasPrefix("/") ? $0 : settings.directory + "/" + $0 }
    return try ColorConfig.choose(
      document: document, environment: ProcessInfo.processInfo.environment)
  }

  /// From the file's numbers to the working space. Colour that is multiplied by alpha is divided
  /// by it for the conversion, unless `isStraight`.
  func decode(_ picture: Expansion.Ref, isStraight: Bool, _ graph: inout Expansion)
    throws(NodeError) -> Expansion.Ref
  { try convert(picture, from: space, to: working, isStraight, &graph) }

  /// From the working space to the file's numbers.
  func encode(_ picture: Expansion.Ref, isStraight: Bool, _ graph: inout Expansion)
    throws(NodeError) -> Expansion.Ref
  { try convert(picture, from: working, to: space, isStraight, &graph) }

  private func convert(
    _ picture: Expansion.Ref, from: String, to: String, _ isStraight: Bool,
    _ graph: inout Expansion
  ) throws(NodeError) -> Expansion.Ref {
    do throws(ColorError) {
      // Data are not colours: they pass through any space untouched.
      let (source, target) = (try config.require(from), try config.require(to))
      if source.isData || target.isData { return picture }
      let processor = try config.convert(from: from, to: to)
      if processor.isNoOp { return picture }
      return graph.add(ConvertColor(processor, isUnpremultiplied: isStraight), [picture])
    } catch {
      throw NodeError(error)
    }
  }
}

/// Runs a colour processor on the colours of every layer that has them.
struct ConvertColor: PointNode {
  static let abstract = "Converts colours."
  static let category = "Internal"
  static var isMaskable: Bool { false }

  private var processor: ColorProcessor?
  private var isStraight = true

  init() {}
  init(_ processor: ColorProcessor, isUnpremultiplied: Bool) {
    self.processor = processor
    isStraight = isUnpremultiplied
  }
  init(from decoder: any Decoder) throws { self.init() }

  func hash(into hasher: inout StableHasher) {
    if let processor { hasher.combine(processor.hash) }
    hasher.combine(isStraight)
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    guard let processor else { return PointProgram() }
    return .perColor(context.main.channels, of: context.main, unpremultiplied: !isStraight) { _ in
      Kernel(processor: processor)
    }
  }

  private struct Kernel: PointKernel {
    let processor: ColorProcessor

    func apply(_ strip: borrowing Strip) {
      for slot in 0..<3 {
        strip.outputPointer(slot).update(from: strip.inputPointer(slot), count: strip.count)
      }
      processor.apply(
        strip.outputPointer(0), strip.outputPointer(1), strip.outputPointer(2), count: strip.count)
    }
  }
}

extension NodeError {
  init(_ error: ColorError) { self.init(.invalid, error.description) }
}
