import BipackIO
import BipackPixels
import Testing

@Suite struct CarriedMetadataTests {
  private func metadata(_ keys: [String]) -> Metadata {
    var metadata = Metadata()
    for key in keys { metadata[key] = .string("x") }
    return metadata
  }

  @Test func whatDescribesAnotherFileStaysBehind() {
    let lies = [
      "oiio:ColorSpace", "jpeg:subsampling", "png:keywords", "dpx:Transfer", "tiff:Compression",
      "TIFF:RowsPerStrip", "ICCProfile:profile_size", "compression", "BitsPerSample", "DateTime",
      "Software", "png/Software", "Orientation", "acesImageContainerFlag", "bipack:graph",
      "Exif:PixelXDimension", "smpte:TimeCode", "PixelAspectRatio", "IPTC:OriginatingProgram",
    ]
    let truths = [
      "owner", "capDate", "timeCode", "framesPerSecond", "Make", "Model", "Exif:FNumber",
      "Exif:DateTimeOriginal", "png/Title", "cryptomatte/1/name", "camera:lens", "comments",
      "Copyright",
    ]
    #expect(metadata(lies + truths).carried.keys == truths.sorted())
  }

  @Test func coloursAreRestatedNotKept() {
    let lies = [
      "chromaticities", "colorInteropID", "png/gamma", "png/sRGB", "Exif:ColorSpace", "ICCProfile",
      "whiteLuminance",
    ]
    #expect(metadata(lies).carried.keys == lies.sorted())
    #expect(metadata(lies + ["owner"]).withoutColor.keys == ["owner"])
  }
}
