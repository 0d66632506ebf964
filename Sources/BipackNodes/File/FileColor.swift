import BipackGraph
import BipackIO

/// The colour space of a file and the way between it and the working space.
struct FileColor {
  private struct Spaces {
    var config: ColorConfig
    var file: String
    var working: String
  }

  /// Nil when the file holds light as the working space does.
  private let spaces: Spaces?

  /// `colorspace` empty asks the configuration's file rules. `isCoded` says the file holds integers.
  init(path: String, colorspace: String, isCoded: Bool, _ settings: DocumentSettings)
    throws(NodeError)
  {
    if colorspace.isEmpty, !isCoded, settings.workingSpace == nil, !settings.namesColorConfig,
      ColorConfig.builtInWorkingEndings.contains(ImageFile.extensionOf(path))
    {
      spaces = nil
      return
    }
    do throws(ColorError) {
      let config = try settings.colorConfig()
      spaces = Spaces(
        config: config,
        file: colorspace.isEmpty ? config.space(forFile: path, isFloat: !isCoded) : colorspace,
        working: settings.workingSpace ?? config.workingSpace)
    } catch {
      throw NodeError(error)
    }
  }

  /// What the file says of its colour space.
  func tags() throws(NodeError) -> ColorTags {
    guard let spaces else { return .linearRec709 }
    do throws(ColorError) {
      return ColorTags(try spaces.config.require(spaces.file))
    } catch {
      throw NodeError(error)
    }
  }

  /// The red, green and blue of black in the file's numbers; zeroes too where the space can only be read.
  var black: [Float] {
    guard let spaces, let source = spaces.config.space(spaces.working),
      let target = spaces.config.space(spaces.file), !source.isData, !target.isData,
      let processor = try? spaces.config.convert(from: spaces.working, to: spaces.file)
    else { return [0, 0, 0] }
    let (red, green, blue) = processor.convert(0, 0, 0)
    return [red, green, blue]
  }

  /// From the file's numbers to the working space. Colour that is multiplied by alpha is divided
  /// by it for the conversion, unless `isStraight`.
  func decode(_ picture: Expansion.Ref, isStraight: Bool, _ graph: inout Expansion)
    throws(NodeError) -> Expansion.Ref
  { try convert(picture, \.file, \.working, isStraight, &graph) }

  /// From the working space to the file's numbers.
  func encode(_ picture: Expansion.Ref, isStraight: Bool, _ graph: inout Expansion)
    throws(NodeError) -> Expansion.Ref
  { try convert(picture, \.working, \.file, isStraight, &graph) }

  private func convert(
    _ picture: Expansion.Ref, _ from: KeyPath<Spaces, String>, _ to: KeyPath<Spaces, String>,
    _ isStraight: Bool, _ graph: inout Expansion
  ) throws(NodeError) -> Expansion.Ref {
    guard let spaces else { return picture }
    let (config, from, to) = (spaces.config, spaces[keyPath: from], spaces[keyPath: to])
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
  /// Files that are missing or cannot be used are inputs; names that mean nothing are the node's.
  init(_ error: ColorError) {
    switch error {
    case .missingConfig, .missingFile, .badConfig, .badFile:
      self.init(.input, error.description)
    case .unknown, .unknownView, .failed:
      self.init(.invalid, error.description)
    }
  }
}
