import BipackGraph
import BipackPixels

/// What of a picture goes into a file of colours (PNG, JPEG, DPX ...): such a file holds one channel without
/// a name, or R, G, B and perhaps A.
///
/// Of what `channels` selects that is the root's colours; where it selects none, the first layer: its
/// R, G, B and A, or, of a layer without such names (`P.X P.Y P.Z`), up to three channels in order as
/// numbers that are no colours. A single channel stays what it is called. `all` leaves out what does not
/// fit; a channel that was asked for by name and does not fit is an error.
struct ColorChannels: Hashable {
  /// The picture's channels in the file's order.
  let channels: [Channel]
  /// What they are called in the file.
  let names: [Channel]
  /// Whether they are numbers rather than colours.
  let isData: Bool

  init(_ set: ChannelSet, of spec: ImageSpec, for path: String) throws(NodeError) {
    let chosen = set.select(from: spec.channels)
    let roots = chosen.filter(Channel.rgba.contains)
    let layer = roots.isEmpty ? chosen.first?.layer : ""
    let members = roots.isEmpty ? chosen.filter { $0.layer == layer } : roots
    let colors = Channel.rgba.compactMap { root in members.first { $0.slot == root.slot } }
    let isAll = !set.hasNames
    isData = colors.isEmpty && members.count > 1 && !(isAll && layer == "")
    channels = !colors.isEmpty ? colors : Array(members.prefix(isData ? 3 : 1))
    names =
      channels.count == 1
      ? channels
      : isData
        ? Array(Channel.rgb.prefix(channels.count))
        : channels.compactMap { $0.slot.map { Channel.rgba[$0] } }
    try check(chosen, set, path)
  }

  private func check(_ chosen: [Channel], _ set: ChannelSet, _ path: String) throws(NodeError) {
    func list(_ channels: [Channel]) -> String {
      channels.map { ChannelWord.quoted($0.name) }.joined(separator: ", ")
    }
    let asked = set.words.filter { $0.keyword == nil }
    let lost = chosen.filter { channel in
      !channels.contains(channel) && asked.contains { $0.matches(channel) }
    }
    guard lost.isEmpty else {
      throw NodeError(
        .invalid,
        "\(path) holds one channel, or R, G, B and A of one layer: beside \(list(channels)) it cannot take "
          + "\(list(lost)); give what belongs together to a Write of its own, or write an EXR")
    }
    let places = names.map { $0.slot ?? 0 }
    guard channels.count < 2 || isData || [[0, 1, 2], [0, 1, 2, 3], [0, 3]].contains(places) else {
      throw NodeError(
        .invalid,
        "\(path) holds one channel, or R, G, B and A of one layer, not \(list(channels)) alone; an "
          + "AddChannels before it makes those that are missing")
    }
  }

  /// Whether the picture has these channels and no others, by these names.
  func isWhole(_ spec: ImageSpec) -> Bool { spec.channels == channels && channels == names }
}

/// A picture with nothing but the channels that go into a file of colours, by the names they have there.
struct ColorChannelsPart: PointOperator {
  let taken: ColorChannels

  init(_ taken: ColorChannels) { self.taken = taken }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = taken.isData ? Channel.rgb : taken.names
    spec.isData = spec.isData || taken.isData
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for name in try spec(context).channels { program.set(name, .constant(0)) }
    for (channel, name) in zip(taken.channels, taken.names) {
      program.set(name, .input(0, channel))
    }
    return program
  }
}
