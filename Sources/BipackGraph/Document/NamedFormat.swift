public import BipackPixels

/// Formats a document may name, with Nuke's names.
public struct NamedFormat: Sendable {
  public let name: String
  public let format: Format

  /// All of them.
  public static let all: [NamedFormat] = [
    make("HD_720", 1280, 720), make("HD_1080", 1920, 1080), make("UHD_4K", 3840, 2160),
    make("UHD_8K", 7680, 4320), make("2K_DCP", 2048, 1080), make("4K_DCP", 4096, 2160),
    make("2K_Super_35", 2048, 1556), make("4K_Super_35", 4096, 3112),
    make("2K_Cinemascope", 1828, 1556, 2), make("4K_Cinemascope", 3656, 3112, 2),
    make("PC_Video", 640, 480), make("NTSC", 720, 486, 0.91), make("PAL", 720, 576, 1.09),
    make("square_256", 256, 256), make("square_512", 512, 512), make("square_1K", 1024, 1024),
    make("square_2K", 2048, 2048),
  ]

  /// The format of that name.
  public static func named(_ name: String) -> Format? { all.first { $0.name == name }?.format }

  private static func make(_ name: String, _ width: Int, _ height: Int, _ aspect: Double = 1)
    -> NamedFormat
  {
    NamedFormat(name: name, format: Format(width: width, height: height, pixelAspect: aspect))
  }
}
