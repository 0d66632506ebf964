import BipackGraph
import BipackIO
import BipackKernels
import BipackPixels

/// A Cryptomatte among the channels of a picture.
struct CryptomatteLayer {
  var name: String
  /// Id and coverage in turn, the objects that cover most first.
  var planes: [Channel]

  /// The one called `name`, or the only one when that is empty.
  static func find(_ name: String, in spec: ImageSpec) throws(NodeError) -> CryptomatteLayer {
    let layers = all(in: spec)
    guard !layers.isEmpty else {
      throw NodeError(
        "the picture has no Cryptomatte: no channels as CryptoObject00.R, CryptoObject00.G ...")
    }
    let known = layers.map(\.name).joined(separator: ", ")
    guard !name.isEmpty else {
      if layers.count > 1 {
        throw NodeError("the picture has several Cryptomattes: name one of \(known) in 'layer'")
      }
      return layers[0]
    }
    guard let layer = layers.first(where: { $0.name == name }) else {
      throw NodeError("the picture has no Cryptomatte '\(name)'; it has \(known)")
    }
    return layer
  }

  /// Layers that end in two digits, 00 and on, with four channels each: R and B ids, G and A coverage.
  /// Where metadata name Cryptomattes, only those.
  static func all(in spec: ImageSpec) -> [CryptomatteLayer] {
    var levels: [String: [Int: [Channel?]]] = [:]
    for channel in spec.channels {
      let layer = Array(channel.layer.utf8)
      guard let slot = channel.slot, layer.count > 2,
        let number = Int(String(decoding: layer.suffix(2), as: UTF8.self)),
        layer.suffix(2).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
      else { continue }
      let name = String(decoding: layer.dropLast(2), as: UTF8.self)
      levels[name, default: [:]][number, default: Array(repeating: nil, count: 4)][slot] = channel
    }
    let declared = Set(CryptomatteManifest.entries(spec.metadata).map(\.name))
    return levels.keys.sorted().compactMap { name in
      guard declared.isEmpty || declared.contains(name), let level = levels[name] else {
        return nil
      }
      var planes: [Channel] = []
      for number in level.keys.sorted() {
        let parts = level[number]?.compactMap { $0 } ?? []
        guard parts.count == 4 else { continue }
        planes += parts
      }
      return planes.isEmpty ? nil : CryptomatteLayer(name: name, planes: planes)
    }
  }
}

/// The names of a Cryptomatte's objects and their ids.
struct CryptomatteManifest {
  /// What a picture's metadata say of one Cryptomatte: attributes `cryptomatte/<key>/name` and so on.
  struct Entry {
    var name: String
    var manifest: String?
    var file: String?
  }

  private let layer: String
  /// Nil when there is no manifest: then names are hashed.
  private let ids: [String: CryptomatteID]?
  /// A file the metadata name, which was not given.
  private let hint: String?

  static func entries(_ metadata: Metadata) -> [Entry] {
    metadata.keys.compactMap { key in
      let parts = key.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "cryptomatte", parts[2] == "name",
        case .string(let name)? = metadata[key]
      else { return nil }
      func text(_ attribute: String) -> String? {
        guard case .string(let text)? = metadata["cryptomatte/\(parts[1])/\(attribute)"] else {
          return nil
        }
        return text
      }
      return Entry(name: name, manifest: text("manifest"), file: text("manif_file"))
    }
  }

  /// The manifests in files.
  static let files = ParsedFiles<[String: CryptomatteID]>(most: 16)

  /// From the file if it is named, else from the metadata, if they have it.
  init(
    of layer: CryptomatteLayer, in metadata: Metadata, file: FileInput, _ context: NodeContext
  ) throws(NodeError) {
    self.layer = layer.name
    let entry = Self.entries(metadata).first { $0.name == layer.name }
    hint = entry?.file
    if file.isNamed {
      ids = try file.parsed(context, by: Self.files) { (path) throws(NodeError) in
        let (text, reason) = SourceText.read(path, limit: Self.limits.bytes)
        guard let text else {
          throw NodeError(.input, "the manifest file '\(path)' cannot be read: \(reason)")
        }
        return try Self.parsed(text)
      }
    } else if let manifest = entry?.manifest {
      ids = try Self.parsed(
        SourceText(file: "the manifest of \(layer.name)", bytes: Array(manifest.utf8)))
    } else {
      ids = nil
    }
  }

  private static let limits: Limits = {
    var limits = Limits.trusted
    limits.bytes = 512 << 20
    return limits
  }()

  private static func parsed(_ text: SourceText) throws(NodeError) -> [String: CryptomatteID] {
    let (value, diagnostics) = JSONParser.parse(text, limits: limits)
    guard let members = value?.object else {
      let reason = diagnostics.first.map { "line \($0.line), column \($0.column): \($0.message)" }
      throw NodeError(
        .input, "\(text.file) is not an object of names and ids\(reason.map { ": " + $0 } ?? "")")
    }
    var ids: [String: CryptomatteID] = [:]
    for member in members {
      guard let hex = member.value.string, let id = CryptomatteID(hex: hex) else {
        throw NodeError(
          .input,
          "\(text.file): the id of \"\(member.name)\" is not hexadecimal, as \"13851a76\"")
      }
      ids[member.name] = id
    }
    return ids
  }

  /// The ids of a name, or of all that match a pattern; none when the manifest has none.
  func ids(_ name: String) throws(NodeError) -> [CryptomatteID] {
    let isPattern = name.utf8.contains(UInt8(ascii: "*"))
    guard let ids else {
      if isPattern {
        let file = hint.map { "; the picture names \"\($0)\"" } ?? ""
        throw NodeError(
          "\"\(name)\" needs a manifest, and \(layer) has none: give the file in 'manifest'\(file)")
      }
      return [CryptomatteID(name: name)]
    }
    if let id = ids[name] { return [id] }
    return isPattern ? ids.filter { Wildcard.matches(name, $0.key) }.map(\.value) : []
  }

  /// Why a name finds nothing.
  func absent(_ name: String) -> NodeError {
    let near = Spelling.nearest(name, ids?.keys.map { $0 } ?? [])
    return NodeError(
      "\(layer) has no \"\(name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? "")
        + "; 'missing' set to ignore passes over it")
  }
}
