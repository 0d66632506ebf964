@_exported import BipackEngine
@_exported import BipackGraph
@_exported import BipackIO
@_exported import BipackKernels
@_exported import BipackNodes
@_exported import BipackPixels

/// The version of Bipack.
public let bipackVersion = programVersion

extension Registry {
  /// Every node that comes with Bipack. Copy it and `add` your own.
  public static let standard = Registry(Catalog.nodes, foreignNames: Catalog.foreignNames)
}
