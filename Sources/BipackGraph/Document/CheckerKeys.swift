/// Key frames: `{ "keys": [[frame, value], ...] }`.
extension Checker {
  private func word<Word: RawRepresentable & CaseIterable>(
    _ value: JSONValue?, _ fallback: Word, _ place: Place, _ key: String
  ) -> Word where Word.RawValue == String {
    guard let value else { return fallback }
    if let text = value.string, let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    report(
      place.file, value.start, Self.join(place.path, key), Messages.wrongType(value),
      expected: Messages.oneOf(words),
      suggestion: value.string.flatMap { nearest($0, words) })
    return fallback
  }

  func keys(
    _ value: JSONValue, _ members: [String: JSONMember], _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    let usual = word(
      members["interpolation"]?.value, Interpolation.linear, place, "interpolation")
    let before = word(members["before"]?.value, Extrapolation.hold, place, "before")
    let after = word(members["after"]?.value, Extrapolation.hold, place, "after")
    let path = Self.join(place.path, "keys")
    guard let list = value.array, !list.isEmpty else {
      report(place.file, value.start, path, Messages.wrongType(value), expected: Messages.keysShape)
      return nil
    }
    if list.count > limits.keys {
      report(place.file, value.start, path, Messages.tooManyKeys(list.count, limits.keys))
      return nil
    }
    var keys: [KeyedValue.Key] = []
    var isWhole = true
    for (i, entry) in list.enumerated() {
      var inner = place
      inner.path = "\(path)[\(i)]"
      guard let key = key(entry, usual, shape, inner) else {
        isWhole = false
        continue
      }
      if let last = keys.last, key.frame <= last.frame {
        report(
          place.file, entry.start, inner.path, Messages.keysOutOfOrder(key.frame, last.frame))
        isWhole = false
      }
      keys.append(key)
    }
    guard isWhole else { return nil }
    let animation = shape.kind.type.animation
    return .keyed(
      KeyedValue(
        keys, before: before, after: after, blends: animation != .held && animation != .switched))
  }

  private func key(_ entry: JSONValue, _ usual: Interpolation, _ shape: Shape, _ place: Place)
    -> KeyedValue.Key?
  {
    let frame: JSONValue?
    let value: JSONValue?
    var interpolation = usual
    var slopes: [Double?] = [nil, nil]
    if let parts = entry.array, parts.count == 2 || parts.count == 3 {
      (frame, value) = (parts[0], parts[1])
      if parts.count == 3 { interpolation = word(parts[2], usual, place, "[2]") }
    } else if entry.object != nil {
      let known = ["frame", "value", "interpolation", "left", "right"]
      guard
        let members = members(entry, place.file, place.path, known: known, what: Messages.keyShape)
      else { return nil }
      (frame, value) = (members["frame"]?.value, members["value"]?.value)
      let sloped = members["left"] != nil || members["right"] != nil
      interpolation = word(
        members["interpolation"]?.value, sloped ? .cubic : usual, place, "interpolation")
      for (i, name) in ["left", "right"].enumerated() {
        guard let slope = members[name]?.value else { continue }
        slopes[i] = slope.number
        if slope.number == nil {
          report(
            place.file, slope.start, Self.join(place.path, name), Messages.wrongType(slope),
            expected: Messages.slopeShape)
        }
      }
    } else {
      (frame, value) = (nil, nil)
    }
    guard let frame, let value else {
      report(
        place.file, entry.start, place.path, Messages.wrongType(entry),
        expected: Messages.keyShape)
      return nil
    }
    guard let number = frame.number else {
      report(
        place.file, frame.start, place.path, Messages.wrongType(frame), expected: "a frame number")
      return nil
    }
    guard let data = plain(value, shape, place) else { return nil }
    return KeyedValue.Key(
      number, data, interpolation, left: slopes[0], right: slopes[1])
  }
}
