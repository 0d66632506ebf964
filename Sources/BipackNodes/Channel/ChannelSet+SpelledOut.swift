import BipackGraph
import BipackPixels

extension ChannelSet {
  /// The channels the set names one by one (`depth.Z`, `R`), whether or not they exist: what a node
  /// that makes channels can make of it. `rgb`, `rgba` and `alpha` name the root's.
  var spelledOut: [Channel] {
    words.flatMap { word -> [Channel] in
      switch word.keyword {
      case .rgb: return Channel.rgb
      case .rgba: return Channel.rgba
      case .alpha: return [.alpha]
      case .all, .any, .nothing: return []
      case nil: break
      }
      let channel = word.channel
      let isOne = channel.name.utf8.count == 1 || !channel.layer.isEmpty
      return isOne && !word.isPattern ? [channel] : []
    }
  }
}
