import ArgumentParser
import Bipack

/// The flags that image files' "over the limit" errors name.
struct ImageLimitOptions: ParsableArguments {
  @Option(help: "Pixels along one side of an image file, at most.")
  var maxImageAxis: Int?

  @Option(help: "Pixels in one data window of an image file, at most.")
  var maxImagePixels: Int?

  @Option(help: "Channels in one part of an image file, at most.")
  var maxImageChannels: Int?

  @Option(help: "Parts in one image file, at most.")
  var maxImageParts: Int?

  @Option(help: "Bytes of header in one image file, at most.")
  var maxImageHeader: Int?

  @Option(help: "How many times larger than its file a large image may be.")
  var maxImageRatio: Int?

  mutating func validate() throws {
    let all = [
      maxImageAxis, maxImagePixels, maxImageChannels, maxImageParts, maxImageHeader, maxImageRatio,
    ]
    for case let value? in all where value < 1 {
      throw ValidationError("a --max-image limit is a whole number from 1, not \(value)")
    }
  }

  var changes: ImageFileLimits {
    var changes = ImageFileLimits()
    changes.axis = maxImageAxis
    changes.pixels = maxImagePixels
    changes.channels = maxImageChannels
    changes.parts = maxImageParts
    changes.headerBytes = maxImageHeader
    changes.ratio = maxImageRatio
    return changes
  }
}
