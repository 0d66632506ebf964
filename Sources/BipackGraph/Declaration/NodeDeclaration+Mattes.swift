extension NodeDeclaration {
  /// The slots of inputs that are mattes and their names, where lists have so many entries.
  package func mattes(lists: [Int]) -> [(slot: Int, name: String)] {
    var (found, slot, list): ([(slot: Int, name: String)], Int, Int) = ([], 0, 0)
    for input in inputs {
      if input.isMatte { found.append((slot, input.name)) }
      slot += input.list == nil ? 1 : list < lists.count ? lists[list] : 0
      if input.list != nil { list += 1 }
    }
    return found
  }

  /// The same of a node whose inputs are given one after another: a list takes what the others leave.
  package func mattes(of count: Int) -> [(slot: Int, name: String)] {
    mattes(lists: [max(0, count - inputs.count { $0.list == nil })])
  }
}
