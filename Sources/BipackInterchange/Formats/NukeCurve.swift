/// Numbers of a Nuke knob: `5`, `{curve x1 20 21 L x10 3}`, or an expression, which is not read.
enum NukeCurve {
  /// Nil for an expression.
  ///
  /// A value without an `x` of its own comes as many frames after the one before as that came after its own
  /// neighbour; the first is at 0. `K`, `L` and the other capitals say how the keys that follow are joined;
  /// `s`, `t` a key's slopes.
  static func number(_ word: BraceWord) throws(InterchangeError) -> ImportedNumber? {
    if let number = word.number { return .constant(number) }
    let words = try word.words()
    guard let first = words.first else { return nil }
    if words.count == 1, let number = first.number { return .constant(number) }
    guard word.kind == .block,
      first.text.split(separator: " ").first == "curve"
    else { return nil }
    return .keys(try keys(words.dropFirst()))
  }

  private static func keys(_ words: ArraySlice<BraceWord>) throws(InterchangeError) -> [ImportedKey]
  {
    var keys: [ImportedKey] = []
    var joint = ImportedKey.Joint.smooth
    var wanted: Double?
    var step = 1.0
    for word in words {
      let text = word.text
      if let value = word.number {
        let frame = wanted ?? keys.last.map { $0.frame + step } ?? 0
        if wanted != nil, let last = keys.last { step = frame - last.frame }
        wanted = nil
        guard abs(frame) <= Frames.most else { throw wrong(word) }
        keys.append(ImportedKey(frame, value, joint))
        continue
      }
      let rest = TextWord(text: String(text.dropFirst()), line: word.line, column: 1).number
      switch (text.first, rest) {
      case ("x", let frame?): wanted = frame
      case ("s", let slope?) where !keys.isEmpty:
        (keys[keys.count - 1].left, keys[keys.count - 1].right) = (slope, slope)
      case ("t", let slope?) where !keys.isEmpty: keys[keys.count - 1].right = slope
      case ("u", _?), ("v", _?), ("i", nil), ("k", nil), ("l", nil), ("s", nil): break
      case ("K", nil): joint = .hold
      case ("L", nil): joint = .linear
      case ("S", nil), ("C", nil), ("Z", nil), ("R", nil), ("H", nil), ("B", nil): joint = .smooth
      default: throw wrong(word)
      }
    }
    if let last = words.last, wanted != nil {
      throw last.error("found '\(last.text)' at the end of a curve", expected: "a value after it")
    }
    return keys
  }

  private static func wrong(_ word: BraceWord) -> InterchangeError {
    word.error(
      "found '\(word.text.prefix(40))' in a curve", expected: "a value, or x and a frame before it")
  }
}
