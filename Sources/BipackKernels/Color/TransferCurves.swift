#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The curves by name: Nuke's list first, then the cameras' papers.
extension TransferCurve {
  /// Scene-linear light, unchanged.
  public static let linear = TransferCurve(name: "linear", shape: .linear)

  /// sRGB with the constants of IEC 61966-2-1:1999.
  public static let sRGB = TransferCurve(
    name: "sRGB",
    shape: .toe(
      Toe(
        gamma: 2.4, offset: 0.055, slope: 12.92, linearBreak: 0.003_130_8, encodedBreak: 0.040_45)))

  /// The camera curve of ITU-R BT.709-6, section 1.2.
  public static let rec709 = TransferCurve(
    name: "rec709",
    shape: .toe(
      Toe(gamma: 1 / 0.45, offset: 0.099, slope: 4.5, linearBreak: 0.018, encodedBreak: 0.081)))

  /// A pure power with odd symmetry about 0.
  public static func gamma(_ gamma: Double, negative: TransferMath.NegativeBase = .mirror) -> Self {
    TransferCurve(name: "Gamma\(gamma)", shape: .power(gamma: gamma, negative: negative))
  }

  /// The reference display of ITU-R BT.1886 with a black of zero: a power of 2.4.
  public static let bt1886 = TransferCurve(
    name: "BT1886", shape: .power(gamma: 2.4, negative: .mirror))

  /// Kodak Cineon: 10 bits, 0.002 density a step, gamma 0.6, white at 685, black at 95.
  public static let cineon = film(name: "Cineon", white: 685, range: 300, black: 95)

  /// Panavision Panalog: white at 681, black at 64.
  public static let panalog = film(name: "Panalog", white: 681, range: 444, black: 64)

  /// REDLog: white at 1023, black at 0.
  public static let redLog = film(name: "REDLog", white: 1023, range: 511, black: 0)

  /// Thomson ViperLog: a pure logarithm, white at 1023.
  public static let viperLog = film(name: "ViperLog", white: 1023, range: 500, black: nil)

  /// Josh Pines' log: 0.18 at code 445, 0.002 density a step, gamma 0.6.
  public static let pLogLin = TransferCurve(
    name: "PLogLin",
    shape: .log(
      Log(
        log10Slope: 300 / 1023, logOffset: 445 / 1023, linSlope: 1 / 0.18, linOffset: 0)))

  /// linear = (10^((code - white) / range) - b) / (1 - b), b being what the black code gives; without a
  /// black code b is 0. Codes are of 10 bits.
  package static func film(name: String, white: Double, range: Double, black: Double?) -> Self {
    let b = black.map { pow(10, ($0 - white) / range) } ?? 0
    return TransferCurve(
      name: name,
      shape: .log(
        Log(log10Slope: range / 1023, logOffset: white / 1023, linSlope: 1 - b, linOffset: b)))
  }

  /// ARRI LogC3 at EI 800 ("ALEXA Log C Curve", 2017).
  public static let alexaV3LogC = TransferCurve(
    name: "AlexaV3LogC",
    shape: .log(
      Log(
        log10Slope: 0.247_190, logOffset: 0.385_537, linSlope: 5.555_556, linOffset: 0.052_272,
        toe: .init(slope: 5.367_655, offset: 0.092_809, linearBreak: 0.010_591))))

  /// ARRI LogC4 ("ARRI LogC4 Logarithmic Color Space Specification", 2022).
  public static let logC4: TransferCurve = {
    let a = (262_144 - 16) / 117.45
    let b = (1023.0 - 95) / 1023
    let c = 95.0 / 1023
    let s = 7 * 0.693_147_180_559_945_3 * pow(2, 7 - 14 * c / b) / (a * b)
    let t = (pow(2, 14 * (-c / b) + 6) - 64) / a
    return TransferCurve(
      name: "LogC4",
      shape: .log(
        Log(
          log2Slope: b / 14, logOffset: c - 6 * b / 14, linSlope: a, linOffset: 64,
          toe: .init(slope: 1 / s, offset: -t / s, linearBreak: t))))
  }()

  /// Sony S-Log3 ("Technical Summary for S-Gamut3.Cine/S-Log3", 2014).
  public static let sLog3 = TransferCurve(
    name: "SLog3",
    shape: .log(
      Log(
        log10Slope: 261.5 / 1023, logOffset: 420 / 1023, linSlope: 1 / 0.19, linOffset: 0.01 / 0.19,
        toe: .init(
          slope: (171.210_294_692_9 - 95) / 0.01125 / 1023, offset: 95 / 1023,
          linearBreak: 0.01125))))

  /// RED Log3G10 ("White Paper on REDWideGamutRGB and Log3G10", 2018).
  public static let log3G10 = TransferCurve(
    name: "Log3G10",
    shape: .log(
      Log(
        log10Slope: 0.224_282, logOffset: 0, linSlope: 155.975_327,
        linOffset: 1 + 155.975_327 * 0.01,
        toe: .init(slope: 15.1927, offset: 0.151_927, linearBreak: -0.01))))

  /// Panasonic V-Log ("V-Log/V-Gamut Reference Manual", 2014).
  public static let vLog = TransferCurve(
    name: "VLog",
    shape: .log(
      Log(
        log10Slope: 0.241_514, logOffset: 0.598_206, linSlope: 1, linOffset: 0.008_73,
        toe: .init(slope: 5.6, offset: 0.125, linearBreak: 0.01))))

  /// DaVinci Intermediate ("DaVinci Resolve 17 Wide Gamut Intermediate", 2021).
  public static let davinciIntermediate = TransferCurve(
    name: "DaVinciIntermediate",
    shape: .log(
      Log(
        log2Slope: 0.073_292_48, logOffset: 7 * 0.073_292_48, linSlope: 1, linOffset: 0.0075,
        toe: .init(slope: 10.444_268_55, offset: 0, linearBreak: 0.002_624_09))))

  /// Blackmagic Film Generation 5 ("Blackmagic Generation 5 Color Science", 2021).
  public static let bmdFilmGen5 = TransferCurve(
    name: "BMDFilmGen5",
    shape: .log(
      Log(
        log2Slope: 0.086_928_760_654_912_24 * 0.693_147_180_559_945_3,
        logOffset: 0.530_013_339_229_193_9, linSlope: 1, linOffset: 0.005_494_072_432_257_808,
        toe: .init(
          slope: 8.283_605_932_402_494, offset: 0.092_465_753_424_657_53, linearBreak: 0.005))))

  /// ACEScct (Academy S-2016-001).
  public static let acesCCT = TransferCurve(
    name: "ACEScct",
    shape: .log(
      Log(
        log2Slope: 1 / 17.52, logOffset: 9.72 / 17.52, linSlope: 1, linOffset: 0,
        toe: .init(
          slope: 10.540_237_741_654_5, offset: 0.072_905_534_195_835_5, linearBreak: 0.007_812_5))))

  /// Every curve that has a name, in the order menus show them.
  public static let all: [TransferCurve] = [
    .linear, .sRGB, .rec709, .cineon, .gamma(1.8), .gamma(2.2), .gamma(2.4), .gamma(2.6), .bt1886,
    .panalog, .redLog, .viperLog, .alexaV3LogC, .pLogLin, .sLog3, .log3G10, .logC4, .vLog,
    .davinciIntermediate, .bmdFilmGen5, .acesCCT,
  ]

  /// The curve with this name, in any case; nil when there is none.
  public static func named(_ name: String) -> TransferCurve? {
    let wanted = name.lowercased()
    return all.first { $0.name.lowercased() == wanted }
  }
}
