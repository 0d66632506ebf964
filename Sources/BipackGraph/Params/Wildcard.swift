/// Names with `*` in them.
package enum Wildcard {
  /// Whether `*` can stand for runs of any bytes so that `pattern` is `text`. Without recursion: in
  /// time the product of both lengths at worst.
  package static func matches(_ pattern: String, _ text: String) -> Bool {
    matches(pattern.utf8.map { $0 == UInt8(ascii: "*") ? nil : $0 }[...], text)
  }

  /// The same of bytes, where nil stands for any.
  package static func matches(_ pattern: ArraySlice<UInt8?>, _ text: String) -> Bool {
    matches(pattern, Array(text.utf8)[...])
  }

  private static func matches(_ pattern: ArraySlice<UInt8?>, _ text: ArraySlice<UInt8>) -> Bool {
    var (p, t) = (pattern.startIndex, text.startIndex)
    var star: (p: Int, t: Int)?
    while t < text.endIndex {
      if p < pattern.endIndex, pattern[p] == nil {
        star = (p, t)
        p += 1
      } else if p < pattern.endIndex, pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        p = last.p + 1
        t = last.t + 1
        star = (last.p, t)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == nil }
  }
}
