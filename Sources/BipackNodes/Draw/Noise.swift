public import BipackGraph
import BipackKernels
public import BipackPixels

/// Cloudy noise.
public struct Noise: PointNode {
  public static let category = "Draw"
  public static let abstract = """
    Paints a colour over the source through fractal gradient noise: the same seed gives the same \
    noise on every machine. It stands still unless `zoffset` moves. Parameters are Nuke's (its \
    `type` is `noiseType` here); the pattern itself is not Nuke's, whose random numbers are not \
    public. Positions have y down.
    """

  /// How the octaves are added.
  public enum Kind: String, ParamChoice {
    /// Octaves added, the sum mapped from -1...1 to 0...1.
    case fBm
    /// The octaves' absolute values added.
    case turbulence
  }

  @Input("The picture painted on.", optional: true)
  public var source

  @Param("Clouds (`fBm`), or billows with sharp creases (`turbulence`).")
  public var noiseType = Kind.fBm

  @Param(0...1_000_000, unit: .pixels, "The size of the largest lumps in pixels, across and down.")
  public var size: Vec2 = 350

  @Param("The place along the third axis; animate it to let the noise boil, 1 changes all of it.")
  public var zoffset = 0.0

  @Param(1...32, "How many noises are added, each finer than the one before.")
  public var octaves = 10

  @Param("Leaves out octaves finer than two pixels; off for a size that is animated.")
  public var nyquist = true

  @Param("How much finer each octave is than the one before.")
  public var lacunarity = 2.0

  @Param("How strong each octave is, compared with the one before.")
  public var gain = 0.5

  @Param(0...100, "The result is raised to 1/gamma; smaller is darker with more contrast.")
  public var gamma = 0.5

  @Param("Which of the many noises of this kind.")
  public var seed = 0

  @Param(unit: .pixels, "Moves the pattern, in pixels right and down.")
  public var translate: Vec2 = 0

  @Param(
    unit: .degrees, "The tilt of the picture in noise space about its x axis; 0 shows the lattice.")
  public var xrotate = 30.0

  @Param(
    unit: .degrees, "The tilt of the picture in noise space about its y axis; 0 shows the lattice.")
  public var yrotate = 30.0

  @Params public var drawing = Drawing()

  public static let conditions: [ParamCondition] = [
    .only("lacunarity", "gain", "nyquist", where: "octaves", "'octaves' is above 1") {
      $0 != .number(1)
    }
  ]

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try drawing.spec(over: context.spec(source), context)
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let placement = placement
    let mask = NoiseMask(
      noiseType == .fBm ? .fractal : .turbulence, placement: placement,
      octaves: audible(placement), lacunarity: lacunarity, gain: gain, gamma: gamma, seed: seed)
    return try drawing.program(mask, over: context.spec(source), context)
  }

  /// Picture to noise space: moved, scaled, then turned back about y and x.
  private var placement: NoiseMask.Placement {
    let (sx, cx) = Turn.degrees(xrotate)
    let (sy, cy) = Turn.degrees(yrotate)
    func turned(_ p: SIMD3<Double>) -> SIMD3<Double> {
      let q = SIMD3(p.x * cy - p.z * sy, p.y, p.x * sy + p.z * cy)
      return SIMD3(q.x, q.y * cx + q.z * sx, q.z * cx - q.y * sx)
    }
    let scale = (x: size.x == 0 ? 0 : 1 / size.x, y: size.y == 0 ? 0 : 1 / size.y)
    return NoiseMask.Placement(
      origin: turned(SIMD3(-translate.x * scale.x, -translate.y * scale.y, zoffset)),
      right: turned(SIMD3(scale.x, 0, 0)), down: turned(SIMD3(0, scale.y, 0)))
  }

  /// The octaves whose lumps are larger than a pixel or two.
  private func audible(_ placement: NoiseMask.Placement) -> Int {
    guard nyquist, lacunarity.magnitude > 1 else { return octaves }
    func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
    var frequency = 2 * min(length(placement.right), length(placement.down))
    var count = 1
    while frequency > 0, frequency < 1, count < octaves {
      frequency *= lacunarity.magnitude
      count += 1
    }
    return frequency > 0 ? count : octaves
  }
}
