/// An input whose picture is looked at while it is read: a matte, or one that has a judge.
package struct WatchedInput: Sendable {
  package var slot: Int
  package var name: String
  /// Nil for a matte.
  package var check: (any PictureCheck)?
}

extension NodeDeclaration {
  /// The inputs that are watched, where lists have so many entries.
  package func watchedInputs(lists: [Int]) -> [WatchedInput] {
    var (found, slot, list): ([WatchedInput], Int, Int) = ([], 0, 0)
    for input in inputs {
      let check = pictureChecks[input.name]
      if input.isMatte || check != nil {
        found.append(WatchedInput(slot: slot, name: input.name, check: check))
      }
      slot += input.list == nil ? 1 : list < lists.count ? lists[list] : 0
      if input.list != nil { list += 1 }
    }
    return found
  }

  /// The same of a node whose inputs are given one after another: a list takes what the others leave.
  package func watchedInputs(of count: Int) -> [WatchedInput] {
    watchedInputs(lists: [max(0, count - inputs.count { $0.list == nil })])
  }
}
