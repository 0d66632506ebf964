import BipackPixels
import Testing

@testable import BipackGraph

@Suite struct ChannelSetTests {
  private let channels: [Channel] = [
    "R", "G", "B", "A", "depth.Z", "Layer 1.R", "Layer 1.A", "a, b.R", "x=y", "star*.R",
    "Bob's key.A",
    "rgb.R",
  ]

  private func select(_ text: String) -> [String] {
    ChannelSet(text).select(from: channels).map(\.name)
  }

  @Test func wordsAreSetsLayersChannelsAndPatterns() {
    #expect(select("rgb, depth") == ["R", "G", "B", "depth.Z"])
    #expect(select("alpha red") == ["R", "A"])
    #expect(select("*.R") == ["Layer 1.R", "a, b.R", "star*.R", "rgb.R"])
    #expect(select("none") == [])
  }

  @Test func quotedNamesAreLiteral() {
    #expect(select("'Layer 1'") == ["Layer 1.R", "Layer 1.A"])
    #expect(select("'Layer 1'.R, A") == ["A", "Layer 1.R"])
    #expect(select("'Layer 1.R'") == ["Layer 1.R"])
    #expect(select("'Layer 1'.*") == ["Layer 1.R", "Layer 1.A"])
    #expect(select("'a, b' 'x=y'") == ["a, b.R", "x=y"])
    #expect(select("'star*'") == ["star*.R"])
    #expect(select("'Bob''s key'.A") == ["Bob's key.A"])
    #expect(select("'rgb'") == ["rgb.R"])
  }

  /// A channel may be called as a word that means something else.
  @Test(arguments: ["all", "none", "rgb", "rgba", "alpha", "red", "*", "1", "black", "", "it's"])
  func aNameIsQuotedWhereItWouldBeReadAsAnother(_ name: String) {
    #expect(ChannelWord.quoted(name).hasPrefix("'"))
    #expect(ChannelSet(ChannelWord.quoted(name)).words.map(\.channel) == [Channel(name)])
    #expect(
      ["R", "depth.Z", "all.R", "white2"].map(ChannelWord.quoted).joined().contains("'") == false)
  }

  @Test func aSetOfChannelsIsThose() {
    #expect(ChannelSet(channels).select(from: channels) == channels)
    #expect(ChannelSet([]).select(from: channels) == [])
  }

  @Test func aQuoteThatDoesNotCloseIsNoSet() {
    #expect(ChannelSet(.string("'Layer 1")) == nil)
    #expect(ChannelSet(.string("'Layer 1'")) != nil)
  }

  @Test func saysWhatIsNotThere() {
    #expect(ChannelSet("rgba,dpeth.Z").unmatched(in: channels)?.text == "dpeth.Z")
    #expect(ChannelSet("rgba, alpha").unmatched(in: ["depth.Z"]) == nil)
    #expect(ChannelSet("'rgb'").unmatched(in: ["R"])?.text == "rgb")
    let word = ChannelSet("dpeth.Z").words[0]
    #expect(
      NodeError("channels", hasNo: word, in: channels).message
        == "channels: there is no channel or layer 'dpeth.Z'; did you mean 'depth.Z'?")
    #expect(
      NodeError("channels", hasNo: ChannelSet("q.*").words[0], in: ["R", "Layer 1.A"]).message
        == "channels: no channel matches 'q.*'; there are R, 'Layer 1.A'")
  }
}
