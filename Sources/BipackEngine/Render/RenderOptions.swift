public import BipackPixels
import FoundationEssentials
import Glibc

/// How much of the machine a renderer may use.
public struct RenderOptions: Sendable {
  /// Compute threads; by default the CPUs this process may run on.
  public var threads: Int
  /// Bytes for pixels: live images and the cache together.
  public var memory: Int
  /// Frames computed at the same time, so that reading, computing and encoding overlap.
  public var framesInFlight: Int
  /// The tile lattice. Only tests change it.
  public var grid: TileGrid
  /// Runs point operations fused into strip programs. Only tests turn it off.
  public var isFused: Bool
  /// Keeps images for later frames and calls.
  public var isCaching: Bool
  /// Where images are kept for later runs and other processes. Renderers may share one.
  public var disk: DiskCache?
  /// Makes every frame in bands of so many tiles, whether it fits or not. Only tests set it.
  package var bandTiles: Int?
  /// Pictures of no more pixels are worked on as a whole, wherever their subject is. Only tests change it.
  package var wholePixels = 1 << 18
  /// The order in which tiles are begun. Only tests change it.
  package var order = WorkOrder.forward

  public init(
    threads: Int = RenderOptions.availableThreads, memory: Int = RenderOptions.defaultMemory,
    framesInFlight: Int = 2, grid: TileGrid = .standard, isFused: Bool = true,
    isCaching: Bool = true, disk: DiskCache? = nil
  ) {
    self.threads = max(1, threads)
    self.memory = memory
    self.framesInFlight = max(1, framesInFlight)
    self.grid = grid
    self.isFused = isFused
    self.isCaching = isCaching
    self.disk = disk
  }

  /// The CPUs in this process' affinity mask.
  public static var availableThreads: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Half of the physical memory, at most 8 GiB.
  public static var defaultMemory: Int {
    let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return min(8 << 30, max(256 << 20, physical / 2))
  }
}
