import BipackPixels
import CEXR

/// Writes a deep scanline EXR from top to bottom, a line a chunk. As with every EXR of ours, the same samples
/// and options always give the same bytes.
///
/// Depths are floats and ids whole numbers whatever the options say of the other channels.
final class DeepEXRWriter: FormatWriter {
  private let layout: EXRLayout
  private let output: EXROutput
  private let encoders: Reserve<DeepLineEncoder>

  var window: Rect { layout.window }
  private(set) var nextRow: Int

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    let layout = try Self.layout(path: path, spec: spec, options: options)
    self.layout = layout
    output = try EXROutput([layout])
    nextRow = layout.window.y0
    encoders = Reserve { () throws(ImageFileError) in try DeepLineEncoder(layout) }
  }

  /// What the file will hold; says all that is wrong with it.
  static func layout(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError)
    -> EXRLayout
  {
    guard [.none, .rle, .zips].contains(options.compression) else {
      throw .cannotWrite(
        path, "deep samples cannot be compressed with \(options.compression.rawValue)",
        expected: "none, rle or zips")
    }
    guard (options.channels ?? spec.channels).contains(.z) else {
      throw .cannotWrite(
        path, "deep samples without 'Z' have no depth", expected: "the channel 'Z'")
    }
    var options = options
    options.tile = nil
    options.dataWindow = nil
    options.parts = []
    for channel in spec.channels {
      options.types[channel] =
        spec.deep?.ids.contains(channel) == true
        ? .uint32
        : channel == .z || channel == .zBack
          ? .float : options.types[channel] ?? options.type ?? .float
    }
    return try EXRLayout(path: path, spec: spec, options: options)
  }

  /// Bytes of samples that are encoded between two looks at the file.
  private static let waveBytes = 32 << 20
  private static let unitBytes = 512 << 10

  func append(_ image: Payload, rows: Range<Int>, _ loops: Loops) throws(ImageFileError) {
    guard let image = image.deep else {
      throw .cannotWrite(layout.path, "this is a picture", expected: "a deep picture")
    }
    let line = layout.window.width * 4
    /// Lines that are encoded together, by about as many bytes of samples.
    var (units, unit, bytes, total): ([Range<Int>], Range<Int>, Int, Int) = (
      [], rows.lowerBound..<rows.lowerBound, 0, 0
    )
    for y in rows {
      unit = unit.lowerBound..<y + 1
      bytes += line + count(image, y) * layout.pixelBytes
      if bytes < Self.unitBytes, y + 1 < rows.upperBound { continue }
      units.append(unit)
      total += bytes
      (unit, bytes) = (y + 1..<y + 1, 0)
      if total >= Self.waveBytes || y + 1 == rows.upperBound {
        try encode(image, units, loops)
        (units, total) = ([], 0)
      }
    }
    nextRow = rows.upperBound
  }

  private func encode(_ image: DeepImage, _ units: [Range<Int>], _ loops: Loops)
    throws(ImageFileError)
  {
    let (sink, encoders, path) = (output.sink, encoders, layout.path)
    let base = sink.nextIndex
    try attempt(units.count, loops) { (i) throws(ImageFileError) in
      if loops.isCancelled() { throw .cancelled(path) }
      let buffer = sink.buffer()
      var sizes: [Int] = []
      try encoders.with { (encoder) throws(ImageFileError) in
        for y in units[i] {
          let before = buffer.count
          try encoder.encode(y, of: image, into: buffer)
          sizes.append(buffer.count - before)
        }
      }
      try sink.put(base + i, buffer, sizes: sizes)
    }
  }

  /// The samples of a line.
  private func count(_ image: DeepImage, _ y: Int) -> Int {
    image.runs(of: y, in: layout.window).reduce(0) { $0 + $1.samples.count }
  }

  func finish() throws(ImageFileError) {
    try output.finish(table: output.sink.offsets.flatMap { EXRAttributes.little(UInt64($0)) })
  }
}

extension DeepImage {
  /// A run of pixels of a line that lie in one tile.
  fileprivate struct Run {
    var tile: DeepTile
    var pixels: Range<Int>
    /// The first pixel's x.
    var x: Int
    var samples: Range<Int> { tile.samples(of: pixels) }
  }

  /// Those of line `y` in `rect` that may have samples, from the left.
  fileprivate func runs(of y: Int, in rect: Rect) -> [Run] {
    let inside = rect.intersection(dataWindow)
    guard y >= inside.y0, y < inside.y1 else { return [] }
    var runs: [Run] = []
    grid.forEachRun(ofLine: y, inside.x0..<inside.x1) { tileX, pixels, x in
      guard let tile = self[tileX, y >> grid.log2Size], tile.count > 0 else { return }
      runs.append(Run(tile: tile, pixels: pixels, x: x))
    }
    return runs
  }
}

/// One thread's way from samples to chunks.
private final class DeepLineEncoder {
  private let layout: EXRLayout
  private let encoder: EXREncoder
  private let raw = ByteBuffer()

  init(_ layout: EXRLayout) throws(ImageFileError) {
    self.layout = layout
    encoder = try EXREncoder(layout)
  }

  /// Appends a line as the file has it: its number, three sizes, the packed table of counts, the packed samples.
  func encode(_ y: Int, of image: DeepImage, into out: ByteBuffer) throws(ImageFileError) {
    let runs = image.runs(of: y, in: layout.window)
    out.append(EXRAttributes.little(Int32(y)))
    let sizes = out.count
    _ = out.extend(by: 24)

    packTable(runs)
    let table = try encoder.append(raw, into: out)
    packSamples(runs)
    let samples = try encoder.append(raw, into: out)
    let head = out.base + sizes
    for (place, size) in [table, samples, raw.count].enumerated() {
      head.storeBytes(of: UInt64(size).littleEndian, toByteOffset: 8 * place, as: UInt64.self)
    }
  }

  /// For each pixel the number of samples up to and with its own.
  private func packTable(_ runs: [DeepImage.Run]) {
    raw.count = 0
    let width = layout.window.width
    let table = raw.extend(by: 4 * width)
    var (x, total) = (0, UInt32(0))
    func put(until end: Int) {
      while x < end {
        table.storeBytes(of: total.littleEndian, toByteOffset: 4 * x, as: UInt32.self)
        x += 1
      }
    }
    for run in runs {
      put(until: run.x - layout.window.x0)
      for pixel in run.pixels {
        total += UInt32(run.tile.samples(of: pixel).count)
        put(until: x + 1)
      }
    }
    put(until: width)
  }

  /// Channel by channel.
  private func packSamples(_ runs: [DeepImage.Run]) {
    raw.count = 0
    let clamp: Int32 = layout.options.halfOverflow == .clamp ? 1 : 0
    for column in layout.columns {
      for run in runs {
        let samples = run.samples
        guard !samples.isEmpty else { continue }
        let to = raw.extend(by: samples.count * column.bytes)
        guard let from = run.tile[column.channel] else {
          to.initializeMemory(as: UInt8.self, repeating: 0, count: samples.count * column.bytes)
          continue
        }
        // Whole numbers are kept as the bits of floats: both go out as they are.
        cexr_pack(
          column.type == .half ? Int32(CEXR_HALF) : Int32(CEXR_FLOAT), from + samples.lowerBound,
          samples.count, to.assumingMemoryBound(to: UInt8.self), samples.count * column.bytes,
          samples.count, 1, clamp)
      }
    }
  }
}
