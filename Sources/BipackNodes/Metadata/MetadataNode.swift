public import BipackGraph
import BipackIO
public import BipackPixels

/// Sets, copies and removes what a picture says of itself. Pixels pass untouched.
public struct MetadataNode: PointNode {
  public static let typeName = "Metadata"
  public static let abstract = """
    Sets, copies and removes metadata: what a picture says of itself and an EXR keeps. Removes first, \
    then copies, then sets. A timecode is counted on frame by frame. Pixels are not changed.
    """
  public static let category = "Metadata"
  public static var isMaskable: Bool { false }

  @Input("The picture.")
  public var source

  @Input("Where 'copy' takes metadata from.", optional: true)
  public var from

  @Param("Names of what is removed; `*` stands for any letters: `[\"cryptomatte/*\"]`.")
  public var remove: TextList = []
  @Param("Names of what is copied from the input 'from', with `*` for any letters.")
  public var copy: TextList = ["*"]
  @Param(
    "What is set: `[\"owner=Anna\", \"take=3\"]`. EXR's standard names have the type that they have there (`isoSpeed=800` is a float); else numbers become numbers, and in quotes, `take=\"3\"`, stay text. What describes the file itself (`compression`) cannot be set."
  )
  public var set: TextList = []
  @Param(
    0...1000,
    "Frames a second, written as `framesPerSecond`: 23.976 means 24000/1001. 0 leaves what is there."
  )
  public var fps = 0.0
  @Param(
    "The timecode of the first frame, `01:00:00:00`; `01:00:00;00` is drop frame. Counted at the picture's rate, else the document's. Empty leaves what is there."
  )
  public var startcode = ""
  @Param("Counts from the frame given by 'frame' instead of the document's first.")
  public var useFrame = false
  @Param(unit: .frames, "The frame that has the start code, with 'useFrame'.")
  public var frame = 1

  public static let conditions: [ParamCondition] = [
    .only("copy", withInput: "from"),
    .only("useFrame", "frame", with: "startcode"),
    .only("frame", with: "useFrame"),
  ]

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.metadata = spec.metadata.filter { !Self.matches(remove, $0) }
    if let other = context.spec(from) {
      spec.metadata.merge(other.metadata.filter { Self.matches(copy, $0) })
    }
    for entry in set.values {
      let (key, value) = try Self.parse(entry)
      spec.metadata[key] = value
    }
    if fps > 0 { spec.metadata.frameRate = try rate(fps) }
    if !startcode.isEmpty { try count(&spec.metadata, context) }
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }

  private func rate(_ number: Double) throws(NodeError) -> FrameRate {
    if let rate = FrameRate(number) { return rate }
    throw NodeError("'fps' is \(number); a rate is 1 to 1000 frames a second")
  }

  private func count(_ metadata: inout Metadata, _ context: NodeContext) throws(NodeError) {
    let rate: FrameRate
    if let own = metadata.frameRate { rate = own } else { rate = try self.rate(context.fps) }
    guard let start = Timecode(startcode, rate: rate) else {
      throw NodeError(
        "'startcode' is '\(startcode)', which is no timecode at \(rate) frames a second; expected hours, "
          + "minutes, seconds and frames, as 01:00:00:00, or 01:00:00;00 for drop frame (30 and 60 "
          + "frames only)")
    }
    let first = useFrame ? frame : context.frames.lowerBound
    let code = start.advanced(by: Int(context.frame.rounded(.down)) - first)
    guard code.packed() != nil else {
      throw NodeError("timecode counts 60 frames a second at most, not \(rate)")
    }
    metadata.set(code)
  }

  private static func matches(_ patterns: TextList, _ key: String) -> Bool {
    patterns.values.contains { Wildcard.matches($0, key) }
  }

  private static func parse(_ entry: String) throws(NodeError) -> (String, Metadata.Value) {
    guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")), equals != entry.startIndex
    else { throw NodeError("'set' has '\(entry)'; expected a name, '=' and a value: owner=Anna") }
    let text = entry[entry.utf8.index(after: equals)...]
    let name = String(entry[..<equals])
    guard Metadata.isKept(name) else {
      throw NodeError(
        "'set' has '\(entry)': no file keeps '\(name)', which is a name of the file's own or one that EXR "
          + "cannot hold (1 to 255 bytes)")
    }
    guard let kind = StandardMetadata.kinds[name] else { return (name, value(text)) }
    let isQuoted = quoted(text) != nil
    guard let value = kind == .text || !isQuoted ? kind.value(quoted(text) ?? String(text)) : nil
    else {
      throw NodeError(
        "'set' has '\(entry)'; expected of the standard name '\(name)': \(kind.shape)")
    }
    return (name, value)
  }

  /// What stands between quotes.
  private static func quoted(_ text: Substring) -> String? {
    let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
    return isQuoted ? String(text.dropFirst().dropLast()) : nil
  }

  private static func value(_ text: Substring) -> Metadata.Value {
    if let text = quoted(text) { return .string(text) }
    if let number = Int(text), Int32(exactly: number) != nil { return .int(number) }
    if let number = Double(text), number.isFinite { return .float(number) }
    return .string(String(text))
  }
}
