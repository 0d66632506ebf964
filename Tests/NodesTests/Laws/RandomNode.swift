import BipackGraph
import BipackPixels

/// A small, seeded generator: the same cases on every machine.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func word() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_f491_4f6c_dd1d
  }

  /// In 0 ..< 1.
  mutating func unit() -> Double { Double(word() >> 11) * 0x1p-53 }
  mutating func below(_ n: Int) -> Int { n <= 0 ? 0 : Int(word() % UInt64(n)) }
  mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
}

/// Parameter values drawn from what a node declares: inside each range, defaults now and then.
struct RandomNode {
  let declaration: NodeDeclaration
  private(set) var values: [ValueData?] = []
  private(set) var node: any Node
  private let lists: [Int]

  /// Nil when the node cannot be made this way (it needs a file).
  init?(_ declaration: NodeDeclaration, lists: [Int], _ dice: inout Dice) {
    self.declaration = declaration
    self.lists = lists
    if declaration.params.contains(where: { $0.kind == .file && $0.defaultValue == .string("") }) {
      return nil
    }
    for param in declaration.params {
      values.append(dice.below(4) == 0 ? nil : Self.value(of: param, &dice))
    }
    guard let node = declaration.make(values: values, lists: lists) else { return nil }
    self.node = node
  }

  /// Puts every parameter to its default.
  mutating func reset() {
    values = values.map { _ in nil }
    node = declaration.make(values: values, lists: lists) ?? node
  }

  private static func value(of param: ParamDeclaration, _ dice: inout Dice) -> ValueData? {
    func number(_ around: Double) -> Double {
      switch param.range {
      case .closed(let range):
        let (low, high) = (max(range.lowerBound, -200), min(range.upperBound, 200))
        return dice.below(6) == 0
          ? dice.pick([low, high]) : low + (high - low) * scaled(&dice, high - low)
      case .from(let low): return low + 12 * dice.unit() * dice.unit()
      case .above(let low): return low + 0.05 + 4 * dice.unit()
      case .any:
        let spread = param.unit == .pixels ? 40.0 : param.unit == .degrees ? 180 : 1.5
        return around + spread * (2 * dice.unit() - 1)
      }
    }
    let around = param.defaultValue.components
    switch param.kind {
    case .number: return .number(number(around.first ?? 0))
    case .integer: return .number(number(around.first ?? 0).rounded(.towardZero))
    case .bool: return .bool(dice.below(2) == 0)
    case .channels:
      return .string(dice.pick(["rgb", "rgba", "all", "alpha", "R", "depth", "G,B"]))
    default:
      if let type = param.kind.type as? RecordType { return record(type.declaration, &dice) }
      if let type = param.kind.type as? RecordsType {
        return .array((0..<(1 + dice.below(4))).map { _ in record(type.declaration, &dice) })
      }
      if let words = param.kind.words { return .string(dice.pick(words)) }
      guard case .count(let count, _) = param.kind.type.components else { return nil }
      return .array((0..<count).map { .number(number($0 < around.count ? around[$0] : 0)) })
    }
  }

  /// A record whose parts are drawn from what they declare.
  private static func record(_ declaration: RecordDeclaration, _ dice: inout Dice) -> ValueData {
    .object(
      declaration.fields.map { field in
        let isLeftOut = !declaration.required.contains(field.name) && dice.below(2) == 0
        let value = isLeftOut ? nil : value(of: field, &dice)
        return ValueMember(field.name, value ?? field.defaultValue)
      })
  }

  /// Wide ranges are mostly sampled near their low end, where settings usually are.
  private static func scaled(_ dice: inout Dice, _ width: Double) -> Double {
    width > 20 ? dice.unit() * dice.unit() * dice.unit() : dice.unit()
  }
}

/// Pictures to feed nodes with.
enum TestPicture {
  /// Smooth shapes with noise; values from about -0.4 to 3, alpha with areas of exactly 0 and 1.
  static func make(_ window: Rect, format: Format, seed: UInt64, pool: BlockPool) -> Image {
    let spec = ImageSpec(
      format: format, dataWindow: window, channels: Channel.rgba + ["depth.Z"])
    var dice = Dice(seed: seed)
    var pixels: [Channel: [Float]] = [:]
    for (index, channel) in spec.channels.enumerated() {
      var values: [Float] = []
      values.reserveCapacity(window.area)
      for y in window.y0..<max(window.y0, window.y1) {
        for x in window.x0..<max(window.x0, window.x1) {
          let wave = Double((x * (index + 2) + y * 3) % 97) / 97
          var value = wave * 2.6 - 0.4 + 0.3 * dice.unit()
          if channel == .alpha {
            let distance = Double((x - 40) * (x - 40) + (y - 60) * (y - 60)) / 4000
            value = min(max(1.5 - distance, 0), 1)
          }
          values.append(Float(value))
        }
      }
      pixels[channel] = values
    }
    return Image(spec: spec, pool: pool, pixels: pixels)
  }
}
