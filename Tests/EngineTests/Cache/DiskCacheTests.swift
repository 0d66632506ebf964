import BipackGraph
import BipackPixels
import Foundation
import Testing

@testable import BipackEngine

/// A folder of its own, removed at the end.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("bipack-cache-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    _ = try? FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    try? FileManager.default.removeItem(at: url)
  }

  var path: String { url.path }

  /// Every file of the cache, but for its tag.
  var files: [URL] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return names.sorted().map(url.appendingPathComponent).filter {
      ["image", "values", "part"].contains($0.pathExtension)
    }
  }
}

private func hash(_ number: Int) -> StableHash {
  var hasher = StableHasher()
  hasher.combine(number)
  return hasher.finalize()
}

/// A picture with blocks, constant tiles, tiles that are absent, and a channel shared by two.
private func picture(_ pool: BlockPool, seed: Int, width: Int = 300, height: Int = 170) -> Image {
  let spec = ImageSpec(
    format: Format(width: width, height: height),
    dataWindow: Rect(x0: -7, y0: 3, x1: width, y1: height), channels: Channel.rgba + ["Z"])
  var dice = Dice(UInt64(seed))
  let count = spec.dataWindow.area
  var pixels: [Channel: [Float]] = [:]
  pixels["R"] = (0..<count).map { Float($0 % 191) * 0.01 + Float(dice.next(below: 99)) * 1e-5 }
  pixels["G"] = (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: dice.next())) }
  pixels["A"] = [Float](repeating: 1, count: count)
  var image = Image(spec: spec, pool: pool, pixels: pixels)
  image["B"] = image["R"]
  image["A"] = TiledPlane(grid: pool.grid, dataWindow: spec.dataWindow, constant: -0.0)
  // A plane that reaches less far than the picture.
  let corner = pool.grid.tiles(covering: Rect(x0: 0, y0: 3, x1: 10, y1: 10))
  var small = TiledPlane(grid: pool.grid, tiles: corner)
  small[corner.x0, corner.y0] = image["G"]?[corner.x0, corner.y0]
  image["Z"] = small
  return image
}

private func bits(_ image: Image, _ channel: Channel, _ rect: Rect) -> [UInt32] {
  var result: [UInt32] = []
  for y in rect.y0..<rect.y1 {
    for x in rect.x0..<rect.x1 { result.append(image.value(channel, x: x, y: y).bitPattern) }
  }
  return result
}

private func everything(_ image: Image) -> Demand {
  Demand(rect: image.dataWindow, channels: Set(image.channels))
}

@Suite("The disk cache") struct DiskCacheTests {
  private let pool = BlockPool(grid: TileGrid(log2Size: 6))

  private func load(_ cache: DiskCache, _ hash: StableHash, _ demand: Demand, _ spec: ImageSpec)
    -> Image?
  {
    guard cache.holds(hash, demand, pool.grid) else { return nil }
    return cache.load(hash, demand, spec: spec, loops: .serial, pool: pool)
  }

  @Test func whatIsStoredComesBackBitForBit() throws {
    let folder = try Folder()
    let image = picture(pool, seed: 1)
    let writer = DiskCache(directory: folder.path)
    writer.store(image, hash(1), everything(image))
    writer.flush()
    #expect(writer.counters.stored == 1 && writer.counters.misses == 1)

    let reader = DiskCache(directory: folder.path + "/")
    let back = try #require(load(reader, hash(1), everything(image), image.spec))
    for channel in image.channels {
      let same =
        bits(back, channel, image.dataWindow) == bits(image, channel, image.dataWindow)
      #expect(same, "\(channel)")
    }
    #expect(reader.counters.hits == 1 && reader.counters.bytesRead > 0)
    // The two channels that share their blocks are stored once and shared again.
    let size = try #require(folder.files.first?.resourceValues(forKeys: [.fileSizeKey]).fileSize)
    #expect(size < image.dataWindow.area * 4 * 5 / 2)
    if case .block(let red)? = back["R"]?[0, 0], case .block(let blue)? = back["B"]?[0, 0] {
      #expect(red === blue)
    } else {
      Issue.record("no blocks")
    }
  }

  @Test func servesOnlyWhatItCovers() throws {
    let folder = try Folder()
    let image = picture(pool, seed: 2)
    let cache = DiskCache(directory: folder.path)
    let part = Demand(rect: Rect(x0: 64, y0: 64, x1: 192, y1: 128), channels: ["R", "A"])
    cache.store(image, hash(2), part)
    cache.flush()
    let less = Demand(rect: Rect(x0: 128, y0: 64, x1: 192, y1: 128), channels: ["R"])
    let back = try #require(load(cache, hash(2), less, image.spec))
    #expect(bits(back, "R", less.rect) == bits(image, "R", less.rect))
    #expect(back["A"] == nil)
    #expect(load(cache, hash(2), less.with(rect: image.dataWindow), image.spec) == nil)
    #expect(
      load(cache, hash(2), Demand(rect: part.rect, channels: ["G"]), image.spec) == nil)
    #expect(!cache.holds(hash(2), less, TileGrid(log2Size: 7)))
    #expect(cache.counters.damaged == 0)
    // More replaces less; less does not replace more.
    cache.store(image, hash(2), everything(image))
    cache.store(image, hash(2), part)
    cache.flush()
    #expect(load(cache, hash(2), everything(image), image.spec) != nil)
    #expect(folder.files.count == 1)
  }

  @Test func valuesComeBack() throws {
    let folder = try Folder()
    let values: [String: ValueData] = [
      "mean": .vector([1, -0.0, .nan, .infinity]), "count": .number(0.1), "none": .vector([]),
    ]
    let cache = DiskCache(directory: folder.path)
    #expect(cache.values(hash(3)) == nil)
    cache.store(values, hash(3))
    cache.flush()
    let back = try #require(DiskCache(directory: folder.path).values(hash(3)))
    #expect(Set(back.keys) == Set(values.keys))
    for (name, value) in values {
      #expect(
        back[name]?.components.map(\.bitPattern) == value.components.map(\.bitPattern), "\(name)")
    }
  }

  /// Every damage is a miss or right pixels, and what is stored next is found again.
  @Test func damageIsNeverAWrongPixel() throws {
    let folder = try Folder()
    let image = picture(pool, seed: 4, width: 150, height: 80)
    let demand = everything(image)
    let writer = DiskCache(directory: folder.path)
    writer.store(image, hash(4), demand)
    writer.flush()
    let file = try #require(folder.files.first)
    let good = try Data(contentsOf: file)
    let truth = image.channels.map { bits(image, $0, image.dataWindow) }
    var dice = Dice(4)
    var misses = 0
    for round in 0..<1500 {
      var bytes = good
      switch round % 4 {
      case 0: bytes[dice.next(below: min(bytes.count, 900))] ^= 1 << UInt8(dice.next(below: 8))
      case 1: bytes[dice.next(below: bytes.count)] ^= 1 << UInt8(dice.next(below: 8))
      case 2: bytes = bytes.prefix(dice.next(below: bytes.count))
      default:
        let (from, to) = (dice.next(below: bytes.count), dice.next(below: bytes.count))
        let count = min(dice.next(below: 5000), bytes.count - max(from, to))
        bytes.replaceSubrange(to..<to + count, with: good[from..<from + count])
      }
      try bytes.write(to: file)
      let cache = DiskCache(directory: folder.path)
      if let back = load(cache, hash(4), demand, image.spec) {
        let same = image.channels.map { bits(back, $0, image.dataWindow) } == truth
        #expect(same, "round \(round)")
      } else {
        misses += 1
        #expect(cache.counters.damaged == 1 && folder.files.isEmpty)
      }
    }
    #expect(misses > 1400)
    // Strangers' files, and folders in a file's place.
    for bytes in [Data(), Data("hello".utf8), Data(repeating: 0, count: 4096)] {
      try bytes.write(to: file)
      #expect(load(DiskCache(directory: folder.path), hash(4), demand, image.spec) == nil)
    }
    // Another entry under this name.
    let other = DiskCache(directory: folder.path)
    other.store(image, hash(5), demand)
    other.flush()
    let stranger = try #require(folder.files.first)
    try FileManager.default.moveItem(at: stranger, to: file)
    #expect(load(other, hash(4), demand, image.spec) == nil)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    #expect(load(other, hash(4), demand, image.spec) == nil)
    other.store(image, hash(4), demand)
    other.flush()
    try FileManager.default.removeItem(at: file)
    other.store(image, hash(4), demand)
    other.flush()
    #expect(load(other, hash(4), demand, image.spec) != nil)
  }

  @Test func theLongestUnusedGoFirst() throws {
    let folder = try Folder()
    let image = picture(pool, seed: 6)
    let filling = DiskCache(directory: folder.path)
    for number in 0..<10 { filling.store(image, hash(number), everything(image)) }
    filling.flush()
    let size = filling.counters.bytesWritten / 10
    // Used long ago, but for two that are used now.
    for file in folder.files {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -1000)], ofItemAtPath: file.path)
    }
    #expect(load(filling, hash(3), everything(image), image.spec) != nil)
    #expect(load(filling, hash(8), everything(image), image.spec) != nil)
    let small = DiskCache(directory: folder.path, limit: size * 9 / 2)
    small.store(image, hash(20), everything(image))
    small.flush()
    #expect(folder.files.count <= 4 && folder.files.count >= 3)
    for number in [3, 8, 20] { #expect(small.holds(hash(number), everything(image), pool.grid)) }
    // An entry larger than the whole cache is not kept at all.
    let tiny = DiskCache(directory: folder.path, limit: 1000)
    tiny.store(image, hash(21), everything(image))
    tiny.flush()
    #expect(!tiny.holds(hash(21), everything(image), pool.grid))
    #expect(!folder.files.contains { $0.pathExtension == "part" })
  }

  @Test func aFolderThatCannotBeWrittenIsReadWithOneWarning() throws {
    let folder = try Folder()
    let image = picture(pool, seed: 7)
    let warnings = Locked<[String]>([])
    // The folder's place is taken by a file: nobody can write there, not even root.
    let blocked = folder.path + "/file"
    try Data("x".utf8).write(to: URL(fileURLWithPath: blocked))
    let cache = DiskCache(directory: blocked) { text in warnings.withLock { $0.append(text) } }
    for number in 0..<3 { cache.store(image, hash(number), everything(image)) }
    cache.store(["a": .number(1)], hash(9))
    cache.flush()
    #expect(warnings.withLock { $0.count } == 1)
    #expect(warnings.withLock { $0.first }?.contains("Not a directory") == true)
    #expect(!cache.holds(hash(1), everything(image), pool.grid))

    // What is there is read although nothing can be added.
    let good = DiskCache(directory: folder.path)
    good.store(image, hash(1), everything(image))
    good.flush()
    let tmp = folder.url.appendingPathComponent("bipack-1/tmp")
    try FileManager.default.removeItem(at: tmp)
    try Data().write(to: tmp)
    let half = DiskCache(directory: folder.path) { text in warnings.withLock { $0.append(text) } }
    half.store(image, hash(2), everything(image))
    half.flush()
    #expect(warnings.withLock { $0.count } == 2)
    #expect(load(half, hash(1), everything(image), image.spec) != nil)
  }
}
