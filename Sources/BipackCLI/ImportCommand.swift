import ArgumentParser
import Bipack
import BipackInterchange

/// `bipack import`: what other programs tracked, as Bipack's values.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turns tracks, corner pins and cameras of other programs into values and graphs.",
    discussion: """
      The format is found by looking into the file; --format says it otherwise: \
      \(Interchange.readers.map { $0.name }.joined(separator: ", ")).

      Tracks and cameras are values and come as a file of them, by name: a parameter takes one as \
      { "file": "tracks.json", "value": "track 1" }. Corner pins and transforms are nodes: a file with nothing \
      else gives a graph that holds them, ready to be copied into another; beside tracks their \
      parameters are values as well, "pin.to1". --as says which of the two it shall be.

      Positions are pixels from the top left corner, \
      y down, whatever the program counts from. Where a file does not say how large its pictures are and \
      its positions depend on it, --width and --height are asked for. Programs that count frames from \
      their own start (SynthEyes, PFTrack, boujou, Maya Live from 0, 3DEqualizer and Flame from 1) are moved so that \
      their first frame is --first-frame.

      What a file holds besides is named in a warning with its line; what cannot be read is an error \
      with its line.
      """)

  @Argument(help: "Files of other programs, or - for standard input.", completion: .file())
  var files: [String]

  @Option(name: [.customShort("o"), .long], help: "Where to write; standard output if not given.")
  var output: String?

  @Option(help: "The format of the files, if it is not to be found by looking.")
  var format: String?

  @Option(name: .customLong("as"), help: "What to write: values, or a document with nodes.")
  var form: ImportedResult.Form?

  @Option(help: "The width of the pictures that were tracked, where a file does not say it.")
  var width: Double?

  @Option(help: "The height of the pictures that were tracked, where a file does not say it.")
  var height: Double?

  @Option(
    help: "The frame of the shot that the program's first frame is; 1 if not given.")
  var firstFrame: Double?

  func validate() throws {
    for (flag, size) in [("--width", width), ("--height", height)] {
      if let size, !(1...1_000_000).contains(size) {
        throw ValidationError("\(flag) takes a number of pixels from 1 to 1000000")
      }
    }
    if let firstFrame, !(abs(firstFrame) < 1e9) {
      throw ValidationError("--first-frame takes a frame")
    }
    if let format, Interchange.reader(format) == nil {
      let names = Interchange.readers.map { $0.name }
      throw ValidationError(
        "no format is called '\(format)'; "
          + (Spelling.nearest(format, names).map { "did you mean '\($0)'?" }
            ?? "there are " + names.joined(separator: ", ")))
    }
  }

  func run() throws {
    let settings = ImportSettings(width: width, height: height, firstFrame: firstFrame)
    var result = ImportedResult()
    var (isBroken, takesFirstFrame) = (false, false)
    for path in files {
      let name = GraphOptions.name(of: path)
      do throws(InterchangeError) {
        let (reader, imported) = try read(path)
        takesFirstFrame = takesFirstFrame || imported.firstFrame != nil
        let notes = imported.notes + (try result.add(imported, settings, reader.title))
        for note in notes { GraphOptions.report(note.diagnostic(name)) }
      } catch {
        GraphOptions.report(error.diagnostic(name))
        isBroken = true
      }
    }
    if isBroken { throw Failure(.input) }
    if firstFrame != nil, !takesFirstFrame {
      throw Failure(
        .usage,
        "these files say which frames of the shot they mean; --first-frame is for programs that count from their own start"
      )
    }
    let form = form ?? result.usualForm
    if form == .document, let missing = result.missingInDocument {
      Terminal.error.line(
        "bipack: tracks and cameras are values and not in the document: \(missing); --as values writes them"
      )
    }
    let text = result.text(form)
    guard let output else { return Terminal.output.write(text) }
    try TextFile.write(text, to: output)
    Terminal.output.line("\(output): \(result.counts.text)")
  }

  private func read(_ path: String) throws(InterchangeError) -> (
    format: any InterchangeReader.Type, Imported
  ) {
    let bytes: [UInt8]
    do {
      bytes = try TextFile.read(path)
    } catch {
      throw InterchangeError(error.message)
    }
    return try Interchange.read(bytes, as: format.flatMap(Interchange.reader))
  }
}

extension ImportedResult.Form: ExpressibleByArgument {}
