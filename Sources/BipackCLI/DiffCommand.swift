import ArgumentParser
import Bipack

/// `bipack diff`: how two pictures differ, in numbers and as a picture.
struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compares two pictures; leaves with 1 if they differ too much.",
    discussion: """
      Values are compared as the files hold them (a PNG's code values as 0 to 1). Outside its data \
      window a picture is black. Two NaNs are equal, and so are two infinities of one sign; a number \
      and a NaN are not, whatever the limits. Without a limit, any difference is too much.
      """)

  @Argument(help: "The picture to judge.", completion: .file())
  var a: String

  @Argument(help: "The picture it should be.", completion: .file())
  var b: String

  @Option(help: ArgumentHelp("Largest difference allowed.", valueName: "x"))
  var max: Double?

  @Option(help: ArgumentHelp("Largest mean difference allowed, in any channel.", valueName: "x"))
  var mean: Double?

  @Option(help: ArgumentHelp("Least PSNR allowed, in dB, in any channel.", valueName: "dB"))
  var psnr: Double?

  @Option(
    help: ArgumentHelp("Differences above this are counted as different pixels.", valueName: "x"))
  var threshold = 0.0

  @Option(
    help: ArgumentHelp(
      "Percent of pixels allowed above --threshold, in any channel.", valueName: "p"))
  var percent: Double?

  @Option(help: ArgumentHelp("The value PSNR measures against.", valueName: "x"))
  var peak = 1.0

  @Option(help: ArgumentHelp("Compares only these channels, as R,G,B.", valueName: "names"))
  var channels: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Writes the absolute difference as an EXR.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Multiplies the difference picture.", valueName: "x"))
  var scale = 1.0

  @Flag(help: "Ignores differences of data windows and of which channels there are.")
  var pixelsOnly = false

  @Flag(help: "Prints JSON.")
  var json = false

  mutating func validate() throws {
    guard peak > 0 else { throw ValidationError("--peak is above 0") }
    for case let limit? in [max, mean, psnr, percent, threshold] where !limit.isFinite {
      throw ValidationError("a limit is a finite number, not \(limit)")
    }
    if let output, output == a || output == b {
      throw ValidationError("-o would overwrite a picture that is compared")
    }
    if let output, !output.lowercased().hasSuffix(".exr") {
      throw ValidationError("the difference picture is an EXR: end -o with .exr")
    }
  }

  func run() async throws {
    let pool = BlockPool()
    let first: ReadImage
    let second: ReadImage
    do {
      first = try ImageFile.read(a, pool: pool)
      second = try ImageFile.read(b, pool: pool)
    } catch {
      throw Failure(error)
    }
    var names = first.image.channels
    for channel in second.image.channels where !names.contains(channel) { names.append(channel) }
    if let channels {
      let wanted = channels.split(separator: ",").map { Channel(String($0)) }
      if let missing = wanted.first(where: { !names.contains($0) }) {
        throw Failure(.usage, "neither picture has a channel '\(missing.name)'")
      }
      names = wanted
    }
    let comparison = PictureComparison(
      first.image, second.image, channels: names, threshold: threshold, peak: peak, pool: pool)
    var remarks = pixelsOnly ? [] : structure(first.image.spec, second.image.spec)
    let isStructureEqual = remarks.isEmpty
    if first.isCoded != second.isCoded {
      remarks.append("one file holds code values and the other scene-linear light")
    }
    if let output {
      do {
        try ImageFile.write(
          comparison.difference(scale: scale, pool: pool), to: output)
      } catch {
        throw Failure(error)
      }
    }
    let verdict = verdict(comparison) && isStructureEqual
    print(comparison, remarks, verdict)
    if !verdict { throw Failure(.failed) }
  }

  /// Windows and channels that are not the same.
  private func structure(_ a: ImageSpec, _ b: ImageSpec) -> [String] {
    var remarks: [String] = []
    if a.format.window != b.format.window {
      remarks.append("formats \(a.format.window) and \(b.format.window)")
    }
    if a.format.pixelAspect != b.format.pixelAspect {
      let aspects = [a, b].map { Text.general($0.format.pixelAspect) }
      remarks.append("pixel aspects " + aspects.joined(separator: " and "))
    }
    if a.dataWindow != b.dataWindow {
      remarks.append("data windows \(a.dataWindow) and \(b.dataWindow)")
    }
    if channels == nil {
      let only = { (x: ImageSpec, y: ImageSpec) in
        x.channels.filter { !y.has($0) }.map(\.name).joined(separator: " ")
      }
      if !only(a, b).isEmpty { remarks.append("only the first has \(only(a, b))") }
      if !only(b, a).isEmpty { remarks.append("only the second has \(only(b, a))") }
    }
    return remarks
  }

  private func verdict(_ comparison: PictureComparison) -> Bool {
    let isLimited = max != nil || mean != nil || psnr != nil || percent != nil
    return comparison.channels.allSatisfy { c in
      guard c.mismatched == 0 else { return false }
      if !isLimited { return c.max == 0 }
      if let max, c.max > max { return false }
      if let mean, c.mean > mean { return false }
      if let psnr, c.psnr(peak) < psnr { return false }
      if let percent, c.count > 0, Double(c.over) / Double(c.count) * 100 > percent { return false }
      return true
    }
  }

  private func print(_ comparison: PictureComparison, _ remarks: [String], _ verdict: Bool) {
    let t = Terminal.output
    if json {
      let list = comparison.channels.map { c in
        JSONOut.object([
          ("channel", .string(c.channel.name)), ("max", .double(c.max)), ("mean", .double(c.mean)),
          ("rms", .double(c.rms)), ("psnr", .double(c.psnr(peak))), ("p50", .double(c.p50)),
          ("p95", .double(c.p95)), ("p99", .double(c.p99)), ("over", .int(c.over)),
          ("pixels", .int(c.count)), ("mismatchedNonFinite", .int(c.mismatched)),
          ("worst", .object([("x", .int(c.worst.x)), ("y", .int(c.worst.y))])),
          ("worstValues", .array([.double(Double(c.values.0)), .double(Double(c.values.1))])),
        ])
      }
      t.line(
        JSONOut.object([
          ("same", .bool(verdict)), ("remarks", .array(remarks.map(JSONOut.string))),
          ("channels", .array(list)),
        ]).pretty())
      return
    }
    var rows = [
      ["channel", "max", "mean", "50 %", "95 %", "99 %", "PSNR", "over", "worst at", "values"]
    ]
    for c in comparison.channels {
      let share = c.count == 0 ? 0 : Double(c.over) / Double(c.count) * 100
      rows.append([
        c.channel.name, Text.general(c.max, 4), Text.general(c.mean, 4), Text.general(c.p50, 3),
        Text.general(c.p95, 3), Text.general(c.p99, 3),
        c.rms == 0 ? "inf" : Text.fixed(c.psnr(peak), 2) + " dB",
        c.over == 0 ? "0" : "\(c.over) (\(Text.general(share, 3)) %)",
        c.max == 0 && c.mismatched == 0 ? "" : "\(c.worst.x),\(c.worst.y)",
        c.max == 0 && c.mismatched == 0
          ? ""
          : "\(Text.general(Double(c.values.0), 5)) / \(Text.general(Double(c.values.1), 5))",
      ])
    }
    t.write(Text.table(rows, right: [1, 2, 3, 4, 5, 6, 7]))
    for c in comparison.channels where c.mismatched > 0 {
      t.line(
        "  \(c.channel.name): \(Text.count(c.mismatched, "pixel")) NaN or infinite in one only")
    }
    for remark in remarks { t.line("  " + remark) }
    t.line(verdict ? t.styled("same", .green) : t.styled("different", .red))
  }
}
