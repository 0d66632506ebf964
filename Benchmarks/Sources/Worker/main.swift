import Bipack
import Glibc

// Holds one case ready and runs it whenever a line on standard input says so. Every answer is one
// line of JSON; `driver/worker.py` is at the other end, `peers/protocol.py` speaks the same.
//
//   worker pictures FOLDER             writes the pictures, and ends
//   worker sequences FOLDER            writes the shots of the whole comp beside them, and ends
//   worker CASE DATA OUTPUT THREADS    gets ready, then obeys: run, save FILE, quit
//
// CASE is a name, or the path of a node's example graph.

/// Milliseconds of all threads of this process.
func cpuMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

func answer(_ json: String) {
  print(json)
  fflush(nil)
}

/// The picture's format as the peers expect it: red, green, blue and alpha, each in rows from the
/// top.
func save(_ image: Image, to path: String, pool: BlockPool) throws -> String {
  let window = image.format.window
  let channels = Channel.rgba.filter(image.spec.has)
  let values = channels.flatMap { image.pixels($0, in: window, pool: pool) }
  try File.write(values, to: path)
  return
    #"{"width": \#(window.width), "height": \#(window.height), "channels": \#(channels.count)}"#
}

func obey(_ bench: Bench, _ held: Case) async throws {
  answer(#"{"ready": true}"#)
  var last: Image?
  while let line = readLine() {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    switch words.first {
    case "run":
      last = nil
      let (start, cpu) = (ContinuousClock.now, cpuMilliseconds())
      last = try await held.run()
      let (end, cpuEnd) = (ContinuousClock.now, cpuMilliseconds())
      answer(#"{"ms": \#((end - start) / .milliseconds(1)), "cpu": \#(cpuEnd - cpu)}"#)
    case "save" where words.count == 2:
      guard let last else { throw Complaint("there is no picture to save") }
      answer(try save(last, to: words[1], pool: bench.renderer.pool))
    default: return
    }
  }
}

do {
  let arguments = CommandLine.arguments.dropFirst()
  if arguments.first == "pictures", arguments.count == 2, let folder = arguments.last {
    try Pictures.write(to: folder)
  } else if arguments.first == "sequences", arguments.count == 2, let folder = arguments.last {
    try Sequences.write(to: folder)
  } else if arguments.count == 4, let threads = Int(CommandLine.arguments[4]) {
    let name = CommandLine.arguments[1]
    let bench = Bench(
      data: CommandLine.arguments[2], output: CommandLine.arguments[3], threads: threads)
    try await obey(bench, bench.named(name))
  } else {
    throw Complaint("usage: worker CASE DATA OUTPUT THREADS, worker pictures|sequences FOLDER")
  }
} catch {
  answer(#"{"error": "\#("\(error)".replacing("\\", with: "/").replacing("\"", with: "'"))"}"#)
  exit(1)
}
