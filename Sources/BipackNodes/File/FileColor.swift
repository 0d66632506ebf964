import BipackGraph
import BipackIO

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
      config = try settings.colorConfig()
      space =
        colorspace.isEmpty ? config.space(forFile: path, isFloat: !isCoded) : colorspace
      working = settings.workingSpace ?? config.workingSpace
    } catch {
      throw NodeError(error)
    }
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
      return graph.add(
        ColorPass(processor, channels: .all, unpremult: !isStraight), [picture])
    } catch {
      throw NodeError(error)
    }
  }
}

extension NodeError {
  init(_ error: ColorError) { self.init(.invalid, error.description) }
}
