import BipackGraph
import BipackPixels

/// An image that the disk cache has promised, read when its pass comes.
package struct DiskImage: Sendable {
  let cache: DiskCache
  let hash: StableHash

  /// Nil when the entry is gone or damaged; the cache will not promise it again.
  func read(_ demand: Demand, _ spec: ImageSpec, _ loops: Loops, _ pool: BlockPool) -> Image? {
    cache.load(hash, demand, spec: spec, loops: loops, pool: pool)
  }
}
