public import BipackGraph
import BipackKernels
public import BipackPixels

/// Mattes of objects by name, from a Cryptomatte.
public struct Cryptomatte: CompositeNode, FileReadingNode {
  public static let abstract = """
    Mattes of objects, materials or assets by name, from the ids a renderer wrote beside the picture \
    (Psyop's Cryptomatte, version 1.2). The matte is the sum of the coverages of the objects named, \
    soft through motion blur and glass. Names are looked up in the manifest: the picture's metadata, or a \
    file beside it. Ids are floats to the bit: read the file without a colour conversion, and filter, \
    resize and transform the matte instead of the ids.
    """
  public static let category = "Keying"

  /// What comes out.
  public enum Output: String, ParamChoice {
    /// The picture's own colour, with the matte as alpha.
    case unpremultiplied
    /// The colour times the matte.
    case premultiplied
    /// The matte in all four channels.
    case matte
    /// Every object in a colour of its own; those that are not named darker. Alpha is 1.
    case preview
  }

  /// What is done about a name the manifest does not have.
  public enum Missing: String, ParamChoice {
    case error
    /// It covers nothing.
    case ignore
  }

  @Input("The picture with its Cryptomatte: channels as CryptoObject00.R, CryptoObject01.R ...")
  public var source

  @Param("The Cryptomatte's name, as `CryptoObject`; empty takes the only one there is.")
  public var layer = ""

  @Param(
    """
    The objects wanted: names, names with `*` for any letters, and ids: `0x13851a76`, or the number in \
    a pixel as `<1.2e-20>`.
    """)
  public var names: TextList = []

  @Param("Objects left out of what `names` takes in, written alike.")
  public var except: TextList = []

  @Param("The manifest, a .json file of names and ids, when it is not in the picture's metadata.")
  public var manifest = FilePath("")

  @Param("What is done about a name the manifest does not have, or a pattern that none matches.")
  public var missing = Missing.error

  @Param("What comes out.")
  public var output = Output.unpremultiplied

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(output == .matte || output == .preview ? Channel.rgba : [.alpha])
    return spec
  }

  private var file: FileInput { FileInput("manifest", "manifest", manifest) }
  public var files: [FileInput] { [file] }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let spec = context.spec(source) else { return .input(source.slot) }
    let found = try CryptomatteLayer.find(layer, in: spec)
    let isNeeded = !names.values.isEmpty || !except.values.isEmpty
    let table =
      isNeeded
      ? try CryptomatteManifest(of: found, in: spec.metadata, file: file, context) : nil
    var ids = try chosen(names, table)
    let others = Set(try chosen(except, table))
    ids.removeAll { others.contains($0) }
    return graph.add(
      CryptomattePart(planes: found.planes, ids: ids, output: output), [.input(source.slot)])
  }

  private func chosen(_ list: TextList, _ manifest: CryptomatteManifest?) throws(NodeError)
    -> [CryptomatteID]
  {
    guard let manifest else { return [] }
    var ids: Set<CryptomatteID> = []
    for entry in list.values {
      if let id = try Self.number(entry) {
        ids.insert(id)
        continue
      }
      let matching = try manifest.ids(entry)
      if matching.isEmpty, missing == .error { throw manifest.absent(entry) }
      ids.formUnion(matching)
    }
    return ids.sorted { $0.bits < $1.bits }
  }

  /// `0x13851a76` and `<1.2e-20>`.
  private static func number(_ entry: String) throws(NodeError) -> CryptomatteID? {
    if entry.hasPrefix("0x") || entry.hasPrefix("0X") {
      guard let id = CryptomatteID(hex: String(entry.dropFirst(2))) else {
        throw NodeError("\"\(entry)\" is no id: after 0x come up to eight hexadecimal digits")
      }
      return id
    }
    guard entry.hasPrefix("<"), entry.hasSuffix(">"), entry.utf8.count > 2 else { return nil }
    guard let value = Float(String(entry.dropFirst().dropLast())), value.isFinite else {
      throw NodeError("\"\(entry)\" is no id: between < and > stands the number of a pixel")
    }
    return CryptomatteID(bits: value.bitPattern)
  }
}

/// The sum itself.
private struct CryptomattePart: PointOperator {
  /// Ids and coverages in turn.
  let planes: [Channel]
  let ids: [CryptomatteID]
  let output: Cryptomatte.Output

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(output == .matte || output == .preview ? Channel.rgba : [.alpha])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let inputs = planes.map { PointProgram.Source.input(0, $0) }
    if output == .preview {
      let colors = program.add(
        CryptomattePreviewKernel(pairs: planes.count / 2, chosen: ids), inputs, outputs: 3)
      for (channel, plane) in zip(Channel.rgb, colors) { program.set(channel, plane) }
      program.set(.alpha, .constant(1))
      return program
    }
    let matte = program.add(
      CryptomatteKernel(pairs: planes.count / 2, chosen: ids), inputs)[0]
    let form: KeyOutput =
      output == .matte ? .matte : output == .premultiplied ? .premultiplied : .unpremultiplied
    program.give(matte, as: form, with: 0, of: context.main)
    return program
  }
}
