import BipackGraph
import BipackPixels

extension ChannelSet {
  /// The channels of samples that are meant, in their order; depths always are.
  func selectSamples(from all: [Channel]) -> [Channel] {
    let chosen = select(from: all)
    return all.filter { chosen.contains($0) || $0 == .z || $0 == .zBack }
  }
}
