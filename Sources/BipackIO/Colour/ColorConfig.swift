import BipackPixels
import COCIO
import Glibc

/// An OpenColorIO config: what colour spaces, displays and looks there are, and how to get from one
/// to another.
///
/// Which config rules: the one the document names, else the one `$OCIO` names, else Bipack's own
/// (`builtIn`), whose working space is linear Rec.709. Configs never change; opening the same file
/// again gives the same object as long as the file has not changed. Names are looked up as OCIO
/// does: names, then aliases, then roles, in any case. LUT files that a config itself names are read
/// when a processor first needs them; those given to `file(_:)` are read again when they change.
public final class ColorConfig: Sendable {
  /// Where a config came from.
  public enum Source: Hashable, Sendable {
    case builtIn
    case file(String)
    case text
  }

  /// What a config says of one colour space.
  public struct Space: Hashable, Sendable {
    public var name: String
    public var aliases: [String]
    /// Where menus show it: `Camera/ARRI`.
    public var family: String
    /// `scene-linear`, `log`, `sdr-video` ..., or empty.
    public var encoding: String
    public var description: String
    /// Numbers that are not colour and are never converted.
    public var isData: Bool
  }

  // SAFETY: the config is const from the moment it is made, and OCIO's const configs may be asked
  // from any number of threads.
  private nonisolated(unsafe) let config: OpaquePointer
  private let processors = Locked<[Request: ColorProcessor]>([:])

  public let source: Source
  /// What OCIO logged while reading it.
  public let warnings: [String]
  /// Names all that the config says, but not the contents of LUT files beside it.
  public let hash: StableHash

  private init(taking config: OpaquePointer, source: Source) {
    self.config = config
    self.source = source
    warnings = Self.lines(cocio_config_log(config))
    var hasher = StableHasher()
    hasher.combine("ColorConfig 1")
    hasher.combine(String(cString: cocio_config_id(config)))
    hash = hasher.finalize()
  }

  deinit { cocio_close(config) }

  /// How messages call it: "Bipack's own colour config", "colour config 'show.ocio'".
  public var title: String {
    switch source {
    case .builtIn: "Bipack's own colour config"
    case .file(let path): "colour config '\(path)'"
    case .text: "colour config '\(name)'"
    }
  }

  /// The config's own name; empty in most.
  public var name: String { String(cString: cocio_name(config)) }

  /// The version of OpenColorIO in use, such as "2.1.2".
  public static var libraryVersion: String { String(cString: cocio_version()) }
}

// MARK: - Opening

extension ColorConfig {
  /// The text of Bipack's own config, to read or to start one from.
  public static var builtInText: String { builtInConfigText }

  /// Endings whose files of floating-point numbers are in the working space of Bipack's own config:
  /// known without reading it, which takes as long as much of the rest of a short command.
  public static let builtInWorkingEndings: Set<String> = ["exr", "sxr", "hdr", "rgbe", "pfm"]

  private static let sharedBuiltIn = Locked<ColorConfig?>(nil)
  private static let opened = Locked<[String: (stamp: FileStamp, config: ColorConfig)]>([:])

  /// Bipack's own config.
  public static func builtIn() throws(ColorError) -> ColorConfig {
    try sharedBuiltIn.withLock { (shared) throws(ColorError) in
      if let shared { return shared }
      let config = try parse(builtInConfigText, directory: nil, source: .builtIn)
      shared = config
      return config
    }
  }

  /// The config that rules: the document's, else `$OCIO`'s, else our own.
  ///
  /// `document` must be absolute or relative to the current folder: callers resolve it against the
  /// document's own. `environment` is the process's environment.
  public static func choose(
    document: String?, environment: [String: String]
  ) throws(ColorError) -> ColorConfig {
    if let document, !document.isEmpty { return try open(document, origin: .document) }
    if let path = environment["OCIO"], !path.isEmpty { return try open(path, origin: .environment) }
    return try builtIn()
  }

  /// The config in a file.
  public static func open(
    _ path: String, origin: ColorError.Origin = .caller
  ) throws(ColorError) -> ColorConfig {
    if path.hasPrefix("ocio://") {
      throw .badConfig(
        path: path, origin: origin,
        reason: "OpenColorIO \(libraryVersion) has no configs of its own (2.2 and later do); "
          + "save the config to a file and name that")
    }
    let stamp: FileStamp
    do { stamp = try FileStamp(path: path) } catch {
      throw .missingConfig(path: path, origin: origin)
    }
    if let known = opened.withLock({ $0[path] }), known.stamp == stamp { return known.config }
    if let reason = TableFile.refusal(config: path) {
      throw .badConfig(path: path, origin: origin, reason: reason)
    }
    let call = LibraryCall { message in cocio_open_file(path, &message) }
    let raw: OpaquePointer
    do { raw = try call.run() } catch {
      throw .badConfig(path: path, origin: origin, reason: error.reason)
    }
    let config = ColorConfig(taking: raw, source: .file(path))
    opened.withLock { $0[path] = (stamp, config) }
    return config
  }

  /// A config given as text. Relative LUT paths are resolved against `directory`.
  public static func parse(
    _ text: String, directory: String? = nil
  ) throws(ColorError) -> ColorConfig {
    try parse(text, directory: directory, source: .text)
  }

  private static func parse(
    _ text: String, directory: String?, source: Source
  ) throws(ColorError) -> ColorConfig {
    var message: UnsafeMutablePointer<CChar>?
    guard let raw = cocio_open_text(text, directory, &message) else {
      throw .badConfig(path: "(text)", origin: .caller, reason: take(message))
    }
    return ColorConfig(taking: raw, source: source)
  }

  /// Checks everything the config refers to: names, roles, displays, view transforms.
  public func validate() throws(ColorError) {
    var message: UnsafeMutablePointer<CChar>?
    if cocio_validate(config, &message) != 0 {
      throw .failed(task: "validate", config: title, reason: Self.take(message))
    }
  }

  /// An error message of the shim, released.
  fileprivate static func take(_ message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "unknown reason" }
    defer { cocio_free(message) }
    return ColorError.clean(String(cString: message))
  }

  /// OCIO's log as lines, without its prefix.
  static func lines(_ text: UnsafePointer<CChar>?) -> [String] {
    guard let text else { return [] }
    return String(cString: text).split(whereSeparator: \.isNewline).map { line in
      // "[OpenColorIO Warning]: ..."
      guard line.hasPrefix("[OpenColorIO"), let end = line.range(of: "]: ") else {
        return String(line)
      }
      return String(line[end.upperBound...])
    }
  }
}

extension Substring {
  /// Where `text` first occurs.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      formIndex(after: &start)
    }
    return nil
  }
}

// MARK: - What is in it

extension ColorConfig {
  private func list(_ list: cocio_list) -> [String] {
    (0..<cocio_count(config, list)).map { String(cString: cocio_item(config, list, $0)) }
  }

  /// Colour spaces as menus show them.
  public var spaces: [String] { list(COCIO_SPACES) }
  /// All colour spaces, those hidden from menus included.
  public var allSpaces: [String] { list(COCIO_ALL_SPACES) }
  /// Role names, such as `scene_linear`.
  public var roles: [String] { list(COCIO_ROLES) }
  public var displays: [String] { list(COCIO_DISPLAYS) }
  public var looks: [String] { list(COCIO_LOOKS) }
  /// Context variables the config declares.
  public var variables: [String] { list(COCIO_VARIABLES) }
  public var defaultDisplay: String { String(cString: cocio_default_display(config)) }

  /// The views of a display, in its order.
  public func views(of display: String) -> [String] {
    (0..<cocio_view_count(config, display)).map {
      String(cString: cocio_view(config, display, $0))
    }
  }

  /// The view a display starts with.
  public func defaultView(of display: String) -> String {
    String(cString: cocio_default_view(config, display))
  }

  /// The colour space a role stands for; nil when the config does not have the role.
  public func space(ofRole role: String) -> String? {
    let name = String(cString: cocio_role_space(config, role))
    return name.isEmpty ? nil : name
  }

  /// A colour space by name, alias or role; nil when there is none.
  public func space(_ name: String) -> Space? {
    var raw = cocio_space()
    guard cocio_find_space(config, name, &raw) != 0 else { return nil }
    func text(_ p: UnsafePointer<CChar>?) -> String { p.map { String(cString: $0) } ?? "" }
    let canonical = text(raw.name)
    return Space(
      name: canonical,
      aliases: (0..<raw.alias_count).map { text(cocio_space_alias(config, canonical, $0)) },
      family: text(raw.family), encoding: text(raw.encoding), description: text(raw.description),
      isData: raw.is_data != 0)
  }

  /// A colour space that must exist.
  public func require(_ name: String) throws(ColorError) -> Space {
    if let space = space(name) { return space }
    throw .unknown(.space, name: name, config: title, known: everyName)
  }

  /// Names, aliases and roles: what `space(_:)` finds.
  private var everyName: [String] {
    let spaces = spaces
    return spaces + roles + spaces.flatMap { space($0)?.aliases ?? [] }
  }

  /// The space pictures are composited in: the role `scene_linear`, else `default`, else the first.
  public var workingSpace: String {
    space(ofRole: "scene_linear") ?? space(ofRole: "default") ?? spaces.first ?? ""
  }

  /// The colour space of a file, by the config's file rules.
  ///
  /// A name's extension does not tell how a TIFF or PSD holds its numbers. In our own config a file
  /// of floating-point numbers (`isFloat`) is scene-linear unless it is a log format, as in Nuke; in
  /// other configs their rules decide alone.
  public func space(forFile path: String, isFloat: Bool = false) -> String {
    var isDefault: Int32 = 0
    let ruled = String(cString: cocio_file_space(config, path, &isDefault))
    let name = space(ruled)?.name ?? ruled
    if isFloat, source == .builtIn, space(name)?.encoding != "log" { return workingSpace }
    return name
  }

  /// Whether a rule of the config knows this path, rather than only the one for all others.
  public func hasRule(forFile path: String) -> Bool {
    var isDefault: Int32 = 0
    _ = cocio_file_space(config, path, &isDefault)
    return isDefault == 0
  }
}

// MARK: - Processors

extension ColorConfig {
  /// How a LUT is read between its points.
  ///
  /// A 3-D LUT knows linear and tetrahedral, which is what `best` means for one; a 1-D LUT linear.
  /// `nearest` takes the table's own colours and makes none between; OCIO would take it for linear.
  /// Curves that a file puts before its table stay linear, and so does a table run backward.
  public enum Interpolation: String, CaseIterable, Sendable {
    case nearest, linear, tetrahedral, best
    case standard = "default"

    var c: cocio_interpolation {
      switch self {
      case .standard: COCIO_INTERPOLATION_DEFAULT
      case .nearest: COCIO_INTERPOLATION_NEAREST
      case .linear: COCIO_INTERPOLATION_LINEAR
      case .tetrahedral: COCIO_INTERPOLATION_TETRAHEDRAL
      case .best: COCIO_INTERPOLATION_BEST
      }
    }
  }

  /// A processor asked for, as a key: the same request gives the same object.
  private enum Request: Hashable {
    case convert(String, String, [String: String])
    case display(String, String, String, looks: String?, inverse: Bool, [String: String])
    case look(String, String, looks: String, inverse: Bool, [String: String])
    case file(
      String, FileStamp?, Interpolation, id: String?, clamp: Bool, inverse: Bool,
      [String: String])

    var isFile: Bool { if case .file = self { true } else { false } }
  }

  /// From one colour space to another. Variables are context variables such as `SHOT`, without `$`.
  public func convert(
    from: String, to: String, variables: [String: String] = [:]
  ) throws(ColorError) -> ColorProcessor {
    let (source, target) = (try require(from).name, try require(to).name)
    return try build(.convert(source, target, variables), variables) { list, count, message in
      cocio_convert(self.config, source, target, list, count, &message)
    } otherwise: {
      .failed(task: "convert '\(source)' to '\(target)'", config: title, reason: $0)
    }
  }

  /// From a colour space to what a display is sent, through a view. `looks` nil applies those of the
  /// view; otherwise these instead, as OCIO writes them ("grade, -neutral"; "" for none).
  public func display(
    from: String, display: String, view: String, looks: String? = nil, inverse: Bool = false,
    variables: [String: String] = [:]
  ) throws(ColorError) -> ColorProcessor {
    let source = try require(from).name
    let displays = displays
    guard displays.contains(display) else {
      throw .unknown(.display, name: display, config: title, known: displays)
    }
    let views = views(of: display)
    guard views.contains(view) else {
      throw .unknownView(name: view, display: display, config: title, known: views)
    }
    if let looks { try requireLooks(looks) }
    let request = Request.display(
      source, display, view, looks: looks, inverse: inverse, variables)
    return try build(request, variables) { list, count, message in
      cocio_display(
        self.config, source, display, view, looks, inverse ? 1 : 0, list, count, &message)
    } otherwise: {
      .failed(
        task: "show '\(source)' on '\(display)' in view '\(view)'", config: title, reason: $0)
    }
  }

  /// Through looks, from one space to another (often the same).
  public func look(
    _ looks: String, from: String, to: String, inverse: Bool = false,
    variables: [String: String] = [:]
  ) throws(ColorError) -> ColorProcessor {
    let (source, target) = (try require(from).name, try require(to).name)
    try requireLooks(looks)
    let request = Request.look(source, target, looks: looks, inverse: inverse, variables)
    return try build(request, variables) { list, count, message in
      cocio_look(self.config, source, target, looks, inverse ? 1 : 0, list, count, &message)
    } otherwise: {
      .failed(task: "apply the look '\(looks)'", config: title, reason: $0)
    }
  }

  /// Through a LUT, matrix, CLF or CDL file. A relative path is looked for along the config's search
  /// path. `cccID` picks a correction of a .ccc or .cdl file by its id or number, and must where
  /// there are several; `clamp` makes a CDL clamp to 0...1 as the ASC's document does.
  public func file(
    _ path: String, interpolation: Interpolation = .standard, cccID: String? = nil,
    clamp: Bool = false, inverse: Bool = false, variables: [String: String] = [:]
  ) throws(ColorError) -> ColorProcessor {
    let stamp = try? FileStamp(path: path)
    if stamp == nil, path.hasPrefix("/"), !path.contains("$"), !path.contains("%") {
      throw .missingFile(path: path)
    }
    if let stamp {
      Self.noteFile(path, stamp)
      if let reason = Self.refusal(path, stamp) { throw .badFile(path: path, reason: reason) }
    }
    let request = Request.file(
      path, stamp, interpolation, id: cccID, clamp: clamp, inverse: inverse, variables)
    return try build(request, variables) { list, count, message in
      cocio_file(
        self.config, path, interpolation.c, cccID, clamp ? 1 : 0, inverse ? 1 : 0, list, count,
        &message)
    } otherwise: { reason in
      reason.contains("could not be located")
        ? .missingFile(path: path) : .badFile(path: path, reason: reason)
    }
  }

  /// The American Society of Cinematographers' colour decision list: slope, offset, power per
  /// channel, then saturation about Rec.709 luma.
  public func cdl(
    slope: [Double], offset: [Double], power: [Double], saturation: Double, clamp: Bool = false,
    inverse: Bool = false
  ) throws(ColorError) -> ColorProcessor {
    precondition(slope.count == 3 && offset.count == 3 && power.count == 3, "three channels")
    var message: UnsafeMutablePointer<CChar>?
    guard
      let raw = cocio_cdl(
        config, slope, offset, power, saturation, clamp ? 1 : 0, inverse ? 1 : 0, &message)
    else {
      throw .failed(task: "build the CDL", config: title, reason: Self.take(message))
    }
    return ColorProcessor(taking: raw)
  }

  /// As `convert`, but every pixel through OCIO: what our own kernels are held against.
  package func convertWithOCIO(from: String, to: String) throws(ColorError) -> ColorProcessor {
    let (source, target) = (try require(from).name, try require(to).name)
    var message: UnsafeMutablePointer<CChar>?
    guard let raw = cocio_convert(config, source, target, nil, 0, &message) else {
      throw .failed(
        task: "convert '\(source)' to '\(target)'", config: title, reason: Self.take(message))
    }
    return ColorProcessor(taking: raw, ownKernels: false)
  }

  /// OCIO keeps every LUT it has read for ever, by path: when one has changed, all are forgotten.
  private static func noteFile(_ path: String, _ stamp: FileStamp) {
    let changed = stamps.withLock { stamps in
      let old = stamps.updateValue(stamp, forKey: path)
      return old != nil && old != stamp
    }
    if changed { cocio_forget_files() }
  }

  private static let stamps = Locked<[String: FileStamp]>([:])

  private func requireLooks(_ looks: String) throws(ColorError) {
    let known = self.looks
    for part in looks.split(whereSeparator: { $0 == "," || $0 == ":" || $0 == "|" }) {
      let name = part.drop { " +-".contains($0) }
      let bare = String(name.reversed().drop { $0 == " " }.reversed())
      guard bare.isEmpty || known.contains(bare) else {
        throw .unknown(.look, name: bare, config: title, known: known)
      }
    }
  }

  private func build(
    _ request: Request, _ variables: [String: String],
    _ make:
      @escaping @Sendable (
        UnsafePointer<cocio_variable>?, Int32, inout UnsafeMutablePointer<CChar>?
      ) -> OpaquePointer?,
    otherwise failure: (String) -> ColorError
  ) throws(ColorError) -> ColorProcessor {
    if let known = processors.withLock({ $0[request] }) { return known }
    try refuseDamagedTables(variables)
    let call = LibraryCall { message in
      Self.withVariables(variables) { list, count in make(list, count, &message) }
    }
    let raw: OpaquePointer
    // What is built of our own config reads no file: it need not be waited for on another thread.
    do { raw = try source == .builtIn && !request.isFile ? call.runHere() : call.run() } catch {
      throw failure(error.reason)
    }
    var isNearest = false
    if case .file(_, _, .nearest, id: _, clamp: _, inverse: false, _) = request { isNearest = true }
    let processor = ColorProcessor(
      taking: raw, nearest: isNearest ? NearestTable.Program(raw, self.config) : nil)
    processors.withLock { processors in
      if processors.count >= 256 { processors.removeAll() }
      processors[request] = processor
    }
    return processor
  }

  /// Looks at the LUT files that the config itself names, before OpenColorIO opens one of them.
  private func refuseDamagedTables(_ variables: [String: String]) throws(ColorError) {
    guard case .builtIn = source else {
      var files: [String] = []
      Self.withVariables(variables) { list, count in
        var paths: UnsafeMutablePointer<CChar>?
        if cocio_table_files(config, list, count, &paths) == 0, let paths {
          files = String(cString: paths).split(separator: "\n").map(String.init)
          cocio_free(paths)
        }
      }
      for file in files {
        guard let stamp = try? FileStamp(path: file) else { continue }
        if let reason = Self.refusal(file, stamp) { throw .badFile(path: file, reason: reason) }
      }
      return
    }
  }

  /// The refusal of a file, looked at once as long as it does not change.
  private static func refusal(_ path: String, _ stamp: FileStamp) -> String? {
    tables.value(of: path, stamp) { TableFile.refusal(table: $0) }
  }

  package static let tables = ParsedFiles<String?>(most: 1024)

  private static func withVariables<Result>(
    _ variables: [String: String],
    _ body: (UnsafePointer<cocio_variable>?, Int32) -> Result
  ) -> Result {
    // SAFETY: the strings are copies that live until the call is over.
    let strings = variables.sorted { $0.key < $1.key }.map { (strdup($0.key), strdup($0.value)) }
    defer {
      for pair in strings {
        free(pair.0)
        free(pair.1)
      }
    }
    let list = strings.map { cocio_variable(name: $0.0, value: $0.1) }
    return list.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) }
  }
}

/// A call of OpenColorIO's that gives an object or a message, within a time limit.
private struct LibraryCall {
  struct Failure: Error {
    var reason: String
  }

  /// Seconds that a file may take: the largest table OpenColorIO reads takes a tenth of it.
  static let limit = 20.0

  private let body: @Sendable (inout UnsafeMutablePointer<CChar>?) -> OpaquePointer?

  init(_ body: @escaping @Sendable (inout UnsafeMutablePointer<CChar>?) -> OpaquePointer?) {
    self.body = body
  }

  func runHere() throws(Failure) -> OpaquePointer {
    let (raw, message) = outcome()
    return try result(raw, message)
  }

  func run() throws(Failure) -> OpaquePointer {
    let answer: Answer
    do {
      answer = try PatientCall.run(seconds: Self.limit) {
        let (raw, message) = outcome()
        return Answer(raw: raw, message: message)
      }
    } catch {
      switch error {
      case .cancelled: throw Failure(reason: "interrupted")
      case .tookTooLong:
        throw Failure(reason: "OpenColorIO was not done after \(Int(Self.limit)) seconds")
      }
    }
    return try result(answer.raw, answer.message)
  }

  private struct Answer: @unchecked Sendable {
    // SAFETY: handed from the thread that made them to the one that waited, and used by that only.
    var raw: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
  }

  private func outcome() -> (OpaquePointer?, UnsafeMutablePointer<CChar>?) {
    var message: UnsafeMutablePointer<CChar>?
    let raw = body(&message)
    return (raw, message)
  }

  private func result(_ raw: OpaquePointer?, _ message: UnsafeMutablePointer<CChar>?)
    throws(Failure) -> OpaquePointer
  {
    if let raw { return raw }
    throw Failure(reason: ColorConfig.take(message))
  }
}
