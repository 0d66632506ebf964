extension Array where Element: BinaryFloatingPoint {
  /// The value in the middle, the upper one of two; 0 of none.
  var median: Element { isEmpty ? 0 : ranked(count / 2) }

  /// The value that would stand at `rank` if all were sorted (Hoare's selection).
  func ranked(_ rank: Int) -> Element {
    var values = self
    return values.withUnsafeMutableBufferPointer { values in
      var (low, high) = (0, values.count - 1)
      while low < high {
        let pivot = values[low + (high - low) / 2]
        var (i, j) = (low, high)
        while i <= j {
          while values[i] < pivot { i += 1 }
          while values[j] > pivot { j -= 1 }
          guard i <= j else { break }
          values.swapAt(i, j)
          i += 1
          j -= 1
        }
        if rank <= j {
          high = j
        } else if rank >= i {
          low = i
        } else {
          break
        }
      }
      return values[rank]
    }
  }
}
