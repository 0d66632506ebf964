import BipackGraph
import BipackPixels

extension ChannelSet {
  /// The channels the set names one by one (`depth.Z`, `R`), whether or not they exist: what a node
  /// that makes channels can make of it. `rgb`, `rgba` and `alpha` name the root's.
  var spelledOut: [Channel] {
    var result: [Channel] = []
    for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      switch word {
      case "rgb": result += Channel.rgb
      case "rgba": result += Channel.rgba
      case "alpha": result.append(.alpha)
      case "red": result.append(.red)
      case "green": result.append(.green)
      case "blue": result.append(.blue)
      case "all", "none": break
      default:
        if word.contains("*") { break }
        if word.contains(".") || word.utf8.count == 1 { result.append(Channel(String(word))) }
      }
    }
    return result
  }
}
