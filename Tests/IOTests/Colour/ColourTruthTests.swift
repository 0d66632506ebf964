import Testing

@testable import BipackIO

@Suite("Colour against PyOpenColorIO 2.6")
struct ColourTruthTests {
  /// How far apart two versions of OCIO may be. Their fast powers and logarithms are good to about
  /// 3e-5 (2.6 decodes an sRGB of 1 to 1.000024); `extreme` is for negative and bright colours.
  struct Limit {
    var label: String
    var ordinary: Float
    var extreme: Float = .infinity
  }

  static let usual = Limit(label: "", ordinary: 5e-5, extreme: 5e-5)
  static let known = [
    // A chain of ten powers, and logarithms beyond what a float can hold.
    Limit(label: "clf_exponent_all_styles", ordinary: 2e-4, extreme: 2e-4),
    Limit(label: "clf_log_all_styles", ordinary: 5e-5),
    // 2.1 makes PQ and HLG of LUTs, which end where 2.6's formulas go on.
    Limit(label: "Rec.2100", ordinary: 3e-3),
    Limit(label: "ST2084", ordinary: 2e-4),
    // Gamma magnifies rounding near black, and the inverse that near white.
    Limit(label: "ACES 1.0 - SDR", ordinary: 1e-3, extreme: 5e-5),
  ]

  private func check(
    _ cases: [ColourTruth.Case], _ truth: ColourTruth,
    known: [String: (limit: Float, why: String)] = [:],
    _ build: (ColourTruth.Case) throws(ColorError) -> ColorProcessor
  ) {
    var wrong: [String] = []
    for one in cases {
      do {
        let error = truth.error(try build(one), one.rgb ?? [])
        let limit = Self.known.first { one.label.contains($0.label) } ?? Self.usual
        if !(error.ordinary <= limit.ordinary && error.extreme <= limit.extreme) {
          wrong.append("\(one.label): \(error)")
        }
      } catch {
        wrong.append("\(one.label): \(error)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count) of \(cases.count):\n\(wrong.joined(separator: "\n"))")
    #expect(!cases.isEmpty)
  }

  @Test("every LUT and CDL, forward and inverse, in every interpolation")
  func files() throws {
    guard let plates = Place.colourPlates() else { return }
    let truth = try ColourTruth.load()
    let config = try ColorConfig.builtIn()
    check(truth.cases.filter { $0.file != nil }, truth) { (one) throws(ColorError) in
      let file = one.file ?? ""
      // The truth of a collection is that of its first correction.
      let isCollection = file.hasSuffix(".ccc") || file.hasSuffix(".cdl")
      return try config.file(
        plates + "/" + file,
        interpolation: .init(rawValue: one.interpolation ?? "") ?? .standard,
        cccID: isCollection ? "0" : nil, inverse: one.isInverse)
    }
  }

  @Test("what OCIO refuses is refused in words")
  func refused() throws {
    guard let plates = Place.colourPlates() else { return }
    let config = try ColorConfig.builtIn()
    for one in try ColourTruth.load().refused where one.file != nil {
      let path = plates + "/" + (one.file ?? "")
      let error = colorError { () throws(ColorError) in
        _ = try config.file(path, inverse: one.isInverse)
      }
      guard case .badFile(let named, let reason)? = error else {
        Issue.record("\(one.label): \(error.map { "\($0)" } ?? "accepted")")
        continue
      }
      #expect(named == path && !reason.isEmpty && !reason.contains("\n"))
    }
  }

  @Test("every space and view of our own config")
  func builtIn() throws {
    let truth = try ColourTruth.load()
    let config = try ColorConfig.builtIn()
    check(truth.cases.filter { $0.config == "built-in" }, truth) { (one) throws(ColorError) in
      try Self.processor(one, config)
    }
  }

  @Test("the config with context variables")
  func context() throws {
    guard let plates = Place.colourPlates() else { return }
    let truth = try ColourTruth.load()
    let name = "config_context_test1/config.ocio"
    let config = try ColorConfig.open(plates + "/" + name)
    check(truth.cases.filter { $0.config == name }, truth) { (one) throws(ColorError) in
      try Self.processor(one, config)
    }
  }

  static func processor(
    _ one: ColourTruth.Case, _ config: ColorConfig
  ) throws(ColorError) -> ColorProcessor {
    if let to = one.to { return try config.convert(from: one.from ?? "", to: to) }
    return try config.display(
      from: one.from ?? "", display: one.display ?? "", view: one.view ?? "",
      inverse: one.isInverse)
  }

  @Test("a config newer than this OCIO is refused with its version")
  func newer() throws {
    guard let plates = Place.colourPlates() else { return }
    let path = plates + "/config_cg_aces13.ocio"
    let error = colorError { () throws(ColorError) in
      _ = try ColorConfig.open(path)
    }
    if case .badConfig(let named, _, let reason)? = error {
      #expect(named == path)
      #expect(reason.contains("2.3"), "\(reason)")
      return
    }
    let truth = try ColourTruth.load()
    let config = try ColorConfig.open(path)
    check(truth.cases.filter { $0.config == "config_cg_aces13.ocio" }, truth) {
      (one) throws(ColorError) in try Self.processor(one, config)
    }
  }
}
