import ArgumentParser
import Bipack

/// `bipack info`: what is in image files, without reading their pixels.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what is in image files: parts, channels, windows, metadata.")

  @Argument(help: "Image files.", completion: .file())
  var images: [String]

  @Flag(help: "Prints a JSON array, one object a file.")
  var json = false

  @OptionGroup var limits: ImageLimitOptions

  func run() throws {
    var failure: Failure?
    var list: [JSONOut] = []
    for path in images {
      do {
        let parts = try ImageFile.info(path, limits: ImageLimits(limits.changes))
        let stamp = try FileStamp(path: path)
        if json {
          list.append(
            .object([
              ("file", .string(path)), ("bytes", .int(stamp.size)),
              ("parts", .array(parts.map { .object(Self.members($0)) })),
              ("channels", .array(Self.merged(path, parts).map { .string($0.name) })),
            ]))
        } else {
          Terminal.output.write(describe(path, stamp.size, parts))
        }
      } catch {
        failure = Failure(error)
        Terminal.error.line("bipack: \(error)")
      }
    }
    if json { Terminal.output.line(JSONOut.array(list).pretty()) }
    if let failure { throw Failure(failure.status) }
  }

  // MARK: For people

  private func describe(_ path: String, _ bytes: Int, _ parts: [SubImage]) -> String {
    let t = Terminal.output
    var text = t.styled(path, .bold) + "  \(Text.bytes(bytes))"
    if parts.count != 1 { text += ", \(parts.count) parts" }
    text += "\n"
    for part in parts {
      var rows: [[String]] = []
      if parts.count > 1 || part.name != nil {
        var title = part.name.map { "\(part.index) '\($0)'" } ?? "\(part.index)"
        if let view = part.view { title += ", view '\(view)'" }
        rows.append(["part", title])
      }
      let spec = part.spec
      var size = "\(spec.format.window)"
      if spec.format.pixelAspect != 1 {
        size += ", pixel aspect \(Text.general(spec.format.pixelAspect))"
      }
      rows.append(["format", size])
      if spec.dataWindow != spec.format.window {
        rows.append(["data window", spec.dataWindow.isEmpty ? "empty" : "\(spec.dataWindow)"])
      }
      rows.append(["channels", Self.channels(part)])
      var storage = part.compression
      storage += part.tile.map { ", tiles of \($0.width)x\($0.height)" } ?? ", lines"
      if part.isDeep { storage += ", deep" }
      if part.isUnassociated { storage += ", alpha not premultiplied" }
      if part.isCoded { storage += ", display code values" }
      if part.frameCount > 1 { storage += ", \(part.frameCount) frames" }
      rows.append(["storage", storage])
      for key in spec.metadata.keys {
        if let value = spec.metadata[key] { rows.append([key, value.text]) }
      }
      text += Text.table(rows)
    }
    if parts.count > 1, let whole = try? ImageFile.source(path) {
      text += t.styled("as one picture", .bold) + "\n"
      var rows = [["channels", Self.channels(whole)]]
      if !whole.views.isEmpty { rows.append(["views", whole.views.joined(separator: " ")]) }
      text += Text.table(rows)
    }
    return text
  }

  /// `R G B A half, depth.Z float`: neighbours of one type together, names as a graph spells them.
  private static func channels(_ part: SubImage) -> String {
    var groups: [(names: [String], type: String)] = []
    for channel in part.spec.channels {
      let type = part.types[channel]?.rawValue ?? "unknown"
      if groups.last?.type == type {
        groups[groups.count - 1].names.append(ChannelWord.quoted(channel.name))
      } else {
        groups.append(([ChannelWord.quoted(channel.name)], type))
      }
    }
    return groups.map { $0.names.joined(separator: " ") + " " + $0.type }.joined(separator: ", ")
  }

  // MARK: For programs

  /// The channels of all parts as one picture, by the names a graph uses.
  private static func merged(_ path: String, _ parts: [SubImage]) -> [Channel] {
    (try? ImageFile.source(path))?.spec.channels ?? parts.first?.spec.channels ?? []
  }

  private static func members(_ part: SubImage) -> [(String, JSONOut)] {
    let spec = part.spec
    var members: [(String, JSONOut)] = [("index", .int(part.index))]
    if let name = part.name { members.append(("name", .string(name))) }
    if let view = part.view { members.append(("view", .string(view))) }
    members += [
      ("format", rect(spec.format.window)), ("pixelAspect", .double(spec.format.pixelAspect)),
      ("dataWindow", rect(spec.dataWindow)),
      (
        "channels",
        .array(
          spec.channels.map {
            .object([
              ("name", .string($0.name)), ("type", .string(part.types[$0]?.rawValue ?? "unknown")),
            ])
          })
      ),
      ("compression", .string(part.compression)),
    ]
    if let tile = part.tile {
      members.append(("tile", .array([.int(tile.width), .int(tile.height)])))
    }
    members += [
      ("deep", .bool(part.isDeep)), ("unassociatedAlpha", .bool(part.isUnassociated)),
      ("codeValues", .bool(part.isCoded)), ("frames", .int(part.frameCount)),
      (
        "metadata",
        .object(spec.metadata.keys.compactMap { key in spec.metadata[key].map { (key, $0.json) } })
      ),
    ]
    return members
  }

  private static func rect(_ rect: Rect) -> JSONOut {
    .object([
      ("x", .int(rect.x0)), ("y", .int(rect.y0)), ("width", .int(rect.width)),
      ("height", .int(rect.height)),
    ])
  }
}

extension Metadata.Value {
  /// For a person; long values are cut.
  fileprivate var text: String {
    func cut(_ values: [String]) -> String {
      values.count > 16
        ? values.prefix(16).joined(separator: " ") + " ... (\(values.count))"
        : values.joined(separator: " ")
    }
    return switch self {
    case .string(let text): "\"\(Self.line(text))\""
    case .int(let value): "\(value)"
    case .float(let value): Text.general(value, 9)
    case .ints(let values): cut(values.map { "\($0)" })
    case .floats(let values): cut(values.map { Text.general($0, 7) })
    case .strings(let values): cut(values.map { "\"\($0)\"" })
    case .timeCode(let time, let user):
      Timecode.label(of: time) + (user == 0 ? "" : " user \(String(user, radix: 16))")
    case .rational(let over, let under): "\(over)/\(under)"
    case .opaque(let type, let bytes): "\(type), \(Text.bytes(bytes.count))"
    }
  }

  /// The first line, or as much of it as is of use.
  private static func line(_ text: String) -> String {
    let first = text.prefix { !$0.isNewline }
    let shown = first.prefix(200)
    return shown.endIndex == text.endIndex ? text : shown + " ..."
  }

  fileprivate var json: JSONOut {
    switch self {
    case .string(let text): .string(text)
    case .int(let value): .int(value)
    case .float(let value): .double(value)
    case .ints(let values): .array(values.map(JSONOut.int))
    case .floats(let values): .array(values.map(JSONOut.double))
    case .strings(let values): .array(values.map(JSONOut.string))
    case .timeCode(let time, let user):
      .object([
        ("timeCode", .string(Timecode.label(of: time))), ("time", .int(Int(time))),
        ("user", .int(Int(user))),
      ])
    case .rational(let over, let under): .array([.int(over), .int(under)])
    case .opaque(let type, let bytes):
      .object([("type", .string(type)), ("bytes", .int(bytes.count))])
    }
  }
}
