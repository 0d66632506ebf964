/// A value over frames: key frames of any type, joined as each says.
///
/// Keys whose values have the same parts (numbers, vectors, paths with the same count of points) blend
/// number by number, each along a curve of its own; others hold until the next key.
package struct KeyedValue: Hashable, Sendable {
  package typealias Key = CurveKey<ValueData>

  private enum Form: Hashable, Sendable {
    case number(Curve)
    /// A value with a curve for each of its numbers, in order.
    case blended(ValueData, [Curve])
    case held(HeldKeys)
  }

  package let keys: [Key]
  package let before: Extrapolation
  package let after: Extrapolation
  private let form: Form

  /// `keys` ascend by frame and are not empty. Without `blends` they hold in any case.
  package init(
    _ keys: [Key], before: Extrapolation = .hold, after: Extrapolation = .hold, blends: Bool = true
  ) {
    let keys = Self.spread(keys)
    self.keys = keys
    self.before = before
    self.after = after
    let skeleton = keys.first?.value.mapNumbers { _ in 0 }
    guard blends, let first = keys.first?.value, !first.allNumbers.isEmpty,
      keys.allSatisfy({ $0.value.mapNumbers { _ in 0 } == skeleton })
    else {
      let held = keys.map { HeldKeys.Key($0.frame, $0.value) }
      form = .held(HeldKeys(held, before: before, after: after))
      return
    }
    let numbers = keys.map(\.value.allNumbers)
    let curves = numbers[0].indices.map { place in
      Curve(
        zip(keys, numbers).map { key, numbers in
          Curve.Key(
            key.frame, numbers[place], key.interpolation, left: key.left, right: key.right)
        }, before: before, after: after)
    }
    form = first.isNumber ? .number(curves[0]) : .blended(first, curves)
  }

  /// Single numbers beside vectors stand for all of their numbers.
  private static func spread(_ keys: [Key]) -> [Key] {
    let counts = Set(keys.compactMap { $0.value.numbers?.count })
    guard counts.count == 1, let count = counts.first, keys.contains(where: { $0.value.isNumber })
    else { return keys }
    return keys.map { key in
      guard key.value.isNumber else { return key }
      var key = key
      key.value = .array(Array(repeating: key.value, count: count))
      return key
    }
  }

  package func value(at frame: Double) -> ValueData {
    switch form {
    case .number(let curve): return .number(curve.value(at: frame))
    case .held(let keys): return keys.value(at: frame)
    case .blended(let template, let curves):
      var next = curves.makeIterator()
      return template.mapNumbers { next.next()?.value(at: frame) ?? $0 }
    }
  }
}

// MARK: - As plain data

extension KeyedValue {
  /// `{ "keys": [[1001, 0.5], [1010, 0.7, "cubic"]], "before": "linear" }`, as documents have it.
  package var data: ValueData {
    var members = [ValueMember("keys", .array(keys.map(\.data)))]
    if before != .hold { members.append(ValueMember("before", .string(before.rawValue))) }
    if after != .hold { members.append(ValueMember("after", .string(after.rawValue))) }
    return .object(members)
  }

  /// Nil for anything else than key frames in order.
  package init?(_ data: ValueData, blends: Bool = true) {
    guard case .object(let members) = data, case .array(let entries)? = data["keys"],
      !entries.isEmpty
    else { return nil }
    var keys: [Key] = []
    for entry in entries {
      guard let key = Key(entry), key.frame > keys.last?.frame ?? -.infinity else { return nil }
      keys.append(key)
    }
    var ends = [Extrapolation.hold, .hold]
    for member in members where member.name != "keys" {
      guard let place = ["before", "after"].firstIndex(of: member.name),
        case .string(let word) = member.value, let end = Extrapolation(rawValue: word)
      else { return nil }
      ends[place] = end
    }
    self.init(keys, before: ends[0], after: ends[1], blends: blends)
  }
}

extension CurveKey<ValueData> {
  fileprivate var data: ValueData {
    if left != nil || right != nil {
      var members = [ValueMember("frame", .number(frame)), ValueMember("value", value)]
      members.append(ValueMember("interpolation", .string(interpolation.rawValue)))
      if let left { members.append(ValueMember("left", .number(left))) }
      if let right { members.append(ValueMember("right", .number(right))) }
      return .object(members)
    }
    let word: [ValueData] = interpolation == .linear ? [] : [.string(interpolation.rawValue)]
    return .array([.number(frame), value] + word)
  }

  fileprivate init?(_ data: ValueData) {
    func interpolation(_ data: ValueData?, _ usual: Interpolation) -> Interpolation? {
      guard let data else { return usual }
      guard case .string(let word) = data else { return nil }
      return Interpolation(rawValue: word)
    }
    if case .array(let parts) = data, parts.count == 2 || parts.count == 3,
      case .number(let frame) = parts[0],
      let word = interpolation(parts.count == 3 ? parts[2] : nil, .linear)
    {
      self.init(frame, parts[1], word)
      return
    }
    let slopes = [data["left"], data["right"]].map { $0.map(\.components) }
    guard case .number(let frame)? = data["frame"], let value = data["value"],
      slopes.allSatisfy({ $0 == nil || $0?.count == 1 }),
      let word = interpolation(
        data["interpolation"], slopes.contains { $0 != nil } ? .cubic : .linear)
    else { return nil }
    self.init(frame, value, word, left: slopes[0]?.first, right: slopes[1]?.first)
  }
}
