import Testing

@testable import BipackInterchange

/// Formats of tracks, each with a small sample (`Samples.tracks`).
@Suite struct TrackFormatTests {
  @Test func eachIsRecognisedAndPlaced() throws {
    let settings = ImportSettings(width: 200, height: 100)
    for sample in Samples.tracks {
      let (reader, found) = try Interchange.read(Array(sample.text.utf8))
      #expect(reader.name == sample.name)
      let keys = try found.placed(settings)[0]
      let truth: [Double] = [5, 20, 30, 6, 21, 32]
      for (a, b) in zip(Array(keys.joined()), truth) {
        #expect(abs(a - b) < 0.001, "\(sample.name): \(keys)")
      }
    }
  }

  @Test func problemsNameTheLine() {
    #expect(
      problem("1\nnose\n0\n2\n5 20 x\n6 21 68\n")
        == "5: found 'x'; expected a number for y")
    #expect(
      problem("1\nnose\n0\n2\n5 20 70\n")
        == "5: the file ends too early: export it again; expected key 2 of 2 of 'nose'")
    #expect(
      problem("1\nnose\n0\n-2\n", as: "3de4") == "4: found '-2'; expected how many keys")
    #expect(problem("1\nnose\n0\n1\n1e30 2 3\n").hasPrefix("5: found '1e30'"))
    #expect(problem("1\nnose\n0\n1\n1 nan 3\n").hasPrefix("5: found 'nan'"))
    #expect(problem("").hasPrefix("0: the file is empty"))
    #expect(
      problem("a comment about nothing\n").hasPrefix("1: no format is known by these first words"))
    #expect(problem("\u{0}\u{1}\n").contains("not text"))
  }

  @Test func namesWithoutKeysAreNamed() throws {
    let found = try imported(
      "// 3DE Multiple Tracking Curves Export 200 x 100 * 9 frames\n02\n03\n\t1\t2\t3\n")
    #expect(found.tracks.map(\.name) == ["03"])
    #expect(found.notes.map(\.line) == [2])
    #expect(found.notes[0].message == "track '02' has no keys and is left out")
  }
}
