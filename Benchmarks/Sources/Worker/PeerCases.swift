import Bipack
import Foundation

/// Our side of every case that has a peer; the other side, by the same name, is in `peers/`, and
/// what both must compute is said in `driver/cases.py`.
extension Bench {
  func peerCase(_ name: String) throws -> Case? {
    func plate(_ node: some Node) throws -> Case { .node(node, [try picture(.plate)], renderer) }
    switch name {
    case "over":
      return .node(Merge(), [try picture(.plate), try picture(.element)], renderer)
    case "grade-chain": return try plate(GradeChain())
    case "pow":
      return try plate(
        Gamma().with {
          $0.channels = .rgba
          $0.value = ColorValue(1 / 0.4545)
        })
    case "gaussian-5": return try plate(gaussian(5))
    case "gaussian-20": return try plate(gaussian(20))
    case "gaussian-100": return try plate(gaussian(100))
    case "box-20":
      return try plate(
        Blur().with {
          $0.filter = .box
          $0.size = 41
          $0.edge = .nearest
        })
    case "resize-half":
      return try plate(
        Reformat().with {
          $0.to = .scale
          $0.scale = 0.5
          $0.resampling.filter = .lanczos6
        })
    case "resize-half-box":
      return try plate(
        Reformat().with {
          $0.to = .scale
          $0.scale = 0.5
          $0.resampling.filter = .box
        })
    case "corner-pin-cubic": return try pin(.keys)
    case "corner-pin-lanczos": return try pin(.lanczos6)
    case "lens-undistort":
      let lens = LensDistortion().with {
        ($0.opencv.focal, $0.opencv.principal) = (Vec2(3000, 3000), .at(1920, 1080))
        ($0.opencv.k1, $0.opencv.k2) = (-0.2, 0.02)
        $0.resampling.filter = .keys
      }
      let plate = try picture(.plate)
      return .node(lens, [plate], region: plate.format.window, renderer)
    case "st-map":
      let node = STMap().with { $0.resampling.filter = .keys }
      return .node(node, [try picture(.plate), swirl()], renderer)
    case "erode-15": return try plate(Erode().with { $0.size = 15 })
    case "median-5": return try plate(Median().with { $0.size = 2 })
    case "median-31": return try plate(Median().with { $0.size = 15 })
    case "directional-blur-41":
      return try plate(
        DirectionalBlur().with {
          $0.length = 41
          $0.angle = 30
        })
    case "god-rays-32":
      return try plate(
        GodRays().with {
          $0.scale = 1.3
          $0.rotate = 4
          $0.filter = .linear
        })
    case "tile-offset": return try plate(Tile().with { $0.translate = Vec2(1000, 300) })
    case "fill-star": return .node(star(), [], renderer)
    case "hsv": return try plate(ColorModel())
    case "lab": return try plate(ColorModel().with { $0.outModel = .lab })
    case "white-balance":
      return try plate(WhiteBalance().with { $0.neutral = ColorValue(0.26, 0.18, 0.1, 1) })
    case "lut-33":
      return try plate(
        LUT().with {
          $0.path = FilePath("\(data)/look.cube")
          $0.interpolation = .tetrahedral
        })
    case "keyer-fused": return try keyer(.fused)
    case "keyer-plate": return try keyer(.plate)
    case "flow-hd":
      let plate = try picture(.plate)
      return .node(FlowOfTwo(), [hd(plate, 0, 0), hd(plate, 6, 4)], renderer)
    case "membrane":
      let picture = try picture(.plate)
      let square = Rect(x: 1400, y: 600, width: 1000, height: 1000)
      let matte = matte(picture.format) { x, y in square.contains(x: x, y: y) }
      return .node(Inpaint().with { $0.method = .smooth }, [picture, matte, nil], renderer)
    case "wire-hd":
      let picture = hd(try picture(.plate), 0, 0)
      let matte = matte(picture.format) { x, y in
        abs(Double(y) + 0.5 - 200 - 0.35 * (Double(x) + 0.5)) < 2.65
      }
      return .node(Inpaint(), [picture, matte, nil], renderer)
    case "track-points": return try trackPoints()
    case "denoise-hd": return .node(Denoise(), [hd(try picture(.plate), 0, 0)], renderer)
    default: return try fileCase(name)
    }
  }

  /// Everything by itself: colour, clean plate, matte, despill.
  private func keyer(_ method: Keyer.Method) throws -> Case {
    let shot = try ImageFile.read("\(data)/screen.0001.exr", pool: renderer.pool).image
    return .node(Keyer().with { $0.method = method }, [shot], renderer)
  }

  /// The node's size is a diameter: sigma times 2.4.
  private func gaussian(_ sigma: Double) -> Blur {
    Blur().with {
      $0.size = Vec2(sigma * 2.4, sigma * 2.4)
      $0.edge = .nearest
    }
  }

  /// Five hundred tips, each half as far in between; the peer's has the same points.
  private func star() -> Roto {
    let (width, height) = (Double(Pictures.width), Double(Pictures.height))
    var shape = RotoShape()
    shape.path = Path(
      (0..<1000).map { i in
        let angle = Double(i) / 1000 * 2 * Double.pi
        let radius = height / (i % 2 == 0 ? 2.1 : 4.2)
        return PathPoint(Vec2(width / 2 + radius * cos(angle), height / 2 + radius * sin(angle)))
      }, closed: true)
    return Roto().with {
      $0.format = FormatName("\(Pictures.width)x\(Pictures.height)")
      $0.shapes = [shape]
    }
  }

  /// A little larger than the frame everywhere, so that nothing shrinks: a peer that does not widen
  /// its filter then computes the same.
  private func pin(_ filter: ResampleFilter) throws -> Case {
    let pin = CornerPin().with {
      ($0.to1, $0.to2) = (Vec2(-200, -100), Vec2(4000, -300))
      ($0.to3, $0.to4) = (Vec2(4500, 2800), Vec2(-500, 2900))
      $0.resampling.filter = filter
    }
    let plate = try picture(.plate)
    return .node(pin, [plate], region: plate.format.window, renderer)
  }

  /// Every pixel from a little nearer to the middle, and turned about it; nothing shrinks.
  private func swirl() -> Image {
    let (width, height) = (Pictures.width, Pictures.height)
    var (u, v): ([Float], [Float]) = ([], [])
    for y in 0..<height {
      for x in 0..<width {
        let dx = Double(x) + 0.5 - Double(width) / 2
        let dy = Double(y) + 0.5 - Double(height) / 2
        u.append(Float(0.5 + (0.85 * dx - 0.1 * dy) / Double(width)))
        v.append(Float(0.5 - (0.1 * dx + 0.85 * dy) / Double(height)))
      }
    }
    let spec = ImageSpec(
      format: Format(width: width, height: height), channels: [.red, .green])
    return Image(spec: spec, pool: renderer.pool, pixels: [.red: u, .green: v])
  }

  /// 1 where something is, as alpha.
  private func matte(_ format: Format, _ isThere: (Int, Int) -> Bool) -> Image {
    let window = format.window
    let alpha = (0..<window.area).map { i -> Float in
      isThere(i % window.width, i / window.width) ? 1 : 0
    }
    return Image(
      spec: ImageSpec(format: format, channels: [.alpha]), pool: renderer.pool,
      pixels: [.alpha: alpha])
  }

  /// Twenty points through 100 frames of HD that drift to and fro; the peer's are the same.
  private func trackPoints() throws -> Case {
    let plate = try picture(.plate)
    HeldClip.hold((0..<8).map { hd(plate, 600 + 5 * $0, 400 + 3 * $0) })
    var builder = CompBuilder(format: Format(width: 1920, height: 1080), frames: 1...100)
    let clip = builder.add(HeldClip())
    let points = (0..<4).flatMap { row in
      (0..<5).map { Vec2(240 + 360 * Double($0), 200 + 220 * Double(row)) }
    }
    builder.add(Tracker().with { $0.points = Points(points) }, from: clip)
    let comp = try builder.comp()
    return Case { [renderer] in
      HeldClip.change()
      _ = try await renderer.shot(comp, node: 1)
      return nil
    }
  }

  /// A part of a picture, of the size of HD.
  private func hd(_ plate: Image, _ x: Int, _ y: Int) -> Image {
    let part = Rect(x: x, y: y, width: 1920, height: 1080)
    let spec = ImageSpec(format: Format(width: 1920, height: 1080), channels: Channel.rgb)
    let planes = Channel.rgb.map { ($0, plate.pixels($0, in: part, pool: renderer.pool)) }
    return Image(
      spec: spec, pool: renderer.pool, pixels: Dictionary(uniqueKeysWithValues: planes))
  }

  // MARK: Files

  /// `exr-read-zip`, `exr-write-none`, `png16-read` ...
  private func fileCase(_ name: String) throws -> Case? {
    let words = name.split(separator: "-").map(String.init)
    guard words.count >= 2 else { return nil }
    let codec = words.count == 3 ? words[2] : ""
    switch (words[0], words[1]) {
    case ("deep", "flatten"): return try flatten("\(data)/deep.exr")
    case ("exr", "read"): return read("\(data)/plate.\(codec).exr")
    case ("png16", "read"): return read("\(data)/plate.png")
    case ("exr", "write"):
      guard let compression = Write.Compression(rawValue: codec) else { return nil }
      return try write("\(output)/ours.\(codec).exr") { $0.compression = compression }
    case ("png16", "write"):
      return try write("\(output)/ours.png") {
        $0.dataType = .uint16
        // Coded and straight, as the peer gets it: what is timed is the file.
        $0.raw = true
      }
    default: return nil
    }
  }

  private func read(_ path: String) -> Case {
    let node = Read().with {
      $0.path = FilePath(path)
      $0.raw = true
    }
    return .node(node, [], renderer)
  }

  /// From a deep file to a picture.
  private func flatten(_ path: String) throws -> Case {
    var builder = CompBuilder(
      format: Format(width: Pictures.width / 2, height: Pictures.height / 2), frames: 1...1)
    let read = builder.add(DeepRead().with { $0.path = FilePath(path) })
    let flat = builder.add(DeepToImage(), from: read)
    let comp = try builder.comp()
    return Case { [renderer] in try await renderer.image(comp, flat.name, frame: 1) }
  }

  /// The engine's own way to a file: a graph of a picture and a Write.
  private func write(_ path: String, _ change: (inout Write) -> Void) throws -> Case {
    Held.hold([(.plate, try picture(.plate))])
    var builder = CompBuilder(
      format: Format(width: Pictures.width, height: Pictures.height), frames: 1...1)
    let held = builder.add(Held())
    var node = Write()
    node.path = FilePath(path)
    change(&node)
    builder.add(node, from: held)
    let comp = try builder.comp()
    return Case { [renderer] in
      Held.change()
      let summary = await renderer.render(RenderJob(comp, frames: [1]))
      if let failure = summary.failures.first { throw failure }
      return nil
    }
  }
}

/// Six colour operations in a row, one of them a power.
struct GradeChain: CompositeNode {
  static let abstract = "Gain, offset, floor, gamma, saturation and gain."
  static let category = "Color"
  @Input("The picture.") var source

  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let chain: [any Node] = [
      Multiply().with { $0.value = ColorValue(1.2, 1.1, 0.9, 1) },
      Add().with { $0.value = ColorValue(-0.02, 0.01, 0.03, 0) },
      Clamp().with {
        $0.channels = .rgb
        $0.maximumEnable = false
      },
      Gamma().with { $0.value = ColorValue(1.25, 1.1, 0.9, 1) },
      Saturation().with { $0.saturation = 1.3 },
      Multiply().with { $0.value = 0.8 },
    ]
    return chain.reduce(.input(source.slot)) { picture, node in graph.add(node, [picture]) }
  }
}
