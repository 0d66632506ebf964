import ArgumentParser
import Bipack

/// How much of the machine to use, and at what size.
struct MachineOptions: ParsableArguments {
  @Option(help: "Renders at 1/N of the size: 2 is half.")
  var proxy: Double = 1

  @Option(help: "Compute threads; by default every CPU this process may use.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Memory for pixels and cache, as 8G or 512M; by default half of the machine's, at most 8G.",
      valueName: "size"))
  var memory: ByteCount?

  mutating func validate() throws {
    guard proxy >= 1, proxy <= 64 else { throw ValidationError("--proxy is a number from 1 to 64") }
    if let threads, threads < 1 || threads > 4096 {
      throw ValidationError("--threads is a number from 1 to 4096")
    }
  }

  func renderOptions(disk: DiskCache?) -> RenderOptions {
    RenderOptions(
      threads: threads ?? RenderOptions.availableThreads,
      memory: memory?.bytes ?? RenderOptions.defaultMemory, disk: disk)
  }
}

/// `8G`, `512M`, `1.5GiB`, `4096`: bytes, with multiples of 1024.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init?(argument: String) {
    var text = argument.lowercased()
    if text.hasSuffix("ib") { text.removeLast(2) } else if text.hasSuffix("b") { text.removeLast() }
    let scales: [Character: Double] = [
      "k": 1024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776,
    ]
    var scale = 1.0
    if let last = text.last, let known = scales[last] {
      scale = known
      text.removeLast()
    }
    guard let value = Double(text), value > 0, value * scale < 1e15 else { return nil }
    bytes = Int(value * scale)
  }
}
