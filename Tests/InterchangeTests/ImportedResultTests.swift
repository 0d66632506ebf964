import Bipack
import Testing

@testable import BipackInterchange

/// What becomes of a model in Bipack's values.
@Suite struct ImportedResultTests {
  private func text(
    _ source: String, _ settings: ImportSettings = ImportSettings(),
    _ form: ImportedResult.Form? = nil
  ) throws -> (
    text: String, notes: [InterchangeNote]
  ) {
    var result = ImportedResult()
    let notes = try result.add(imported(source), settings, "the file")
    return (result.text(form ?? result.usualForm).split { $0.isWhitespace }.joined(), notes)
  }

  private let shake = "TrackName a\n Frame X Y Correlation\n"

  @Test func lostFramesHaveNoConfidence() throws {
    let found = try text(
      shake + "1 10 20 1\n2 11 21 0.5\n5 14 24 1\n", ImportSettings(height: 100))
    #expect(
      found.text
        == #"{"values":{"a":{"position":{"keys":[[1,[10,80]],[2,[11,79]],[5,[14,76]]]},"#
        + #""confidence":{"keys":[[0,0,"hold"],[1,1,"hold"],[2,0.5,"hold"],[3,0,"hold"],[5,1,"hold"],[6,0,"hold"]]}}}}"#
    )
  }

  @Test func whatIsMissingIsAskedFor() throws {
    let error = #expect(throws: InterchangeError.self) { try text(shake + "1 10 20 1\n") }
    #expect(error?.expected == "--height 1080, with the size of the plate that was tracked")
    let both = #expect(throws: InterchangeError.self) { try text("a 0 0.5 0.5 15\n") }
    #expect(both?.expected?.hasPrefix("--width 1920 and --height 1080") == true)
    #expect(throws: Never.self) { try text("a\n0 0.5 0.5\n") }
  }

  @Test func firstFramesAreMoved() throws {
    let found = try text("a\n0 5 6\n1 7 8\n", ImportSettings(firstFrame: 1001))
    #expect(found.text.contains("[[1001,[5,6]],[1002,[7,8]]]"))
  }

  @Test func namesStayApartAndRepeatedFramesAreNamed() throws {
    let found = try text("# boujou 2d tracks export: text\na 0 1 2\na 0 3 4\nb 0 1 1\na 1 5 6\n")
    #expect(found.text.contains(#""a2":{"position":{"keys":[[2,[5,5]]]}"#))
    #expect(found.text.contains("[[1,[3,3]]]"))
    #expect(found.notes.map(\.line) == [2, 5])
  }

  private let pin = """
    Root {
     format "200 100 0 0 200 100 1 small"
    }
    CornerPin2D {
     to1 {{curve L x1 10 x9 20} {curve L x1 5 x9 6}}
     to2 {190 5}
     to3 {190 95}
     to4 {{Tracker1.track1.x} {Tracker1.track1.y}}
     enable2 false
     from2 {{width} 0}
     from3 {{width} {height}}
     from4 {0 {height}}
     name pin
    }
    Tracker3 {
     track1 {{curve x1 7 8} {curve x1 90 91}}
     name Tracker1
    }

    """

  /// Nuke's fourth point is the first, since y is turned over; a link is followed.
  @Test func pinsGoRoundFromTheTopLeft() throws {
    let found = try text(pin)
    #expect(
      found.text.contains(
        #""pin.to1":{"keys":[[1,[7,10],"cubic"],[2,[8,9],"cubic"]]},"pin.to2":[190,5],"pin.to3":[190,95],"#
          + #""pin.enable3":false,"pin.to4":{"keys":[[1,[10,95]],[9,[20,94]]]}"#))
    #expect(!found.text.contains("from"))
  }

  @Test func nodesAreADocument() throws {
    let alone =
      "Root {\n format \"200 100 0 0 200 100 1 s\"\n}\nTransform {\n translate {{curve x1 0 x5 10} 3}\n"
      + " rotate 30\n scale {2 1}\n center {100 20}\n filter Mitchell\n name t.1\n}\n"
    var result = ImportedResult()
    let read = try imported(alone)
    #expect(read.notes.map(\.message) == ["t.1: not read are the knobs filter"])
    _ = try result.add(read, ImportSettings(), "it")
    #expect(result.usualForm == .document)
    let document = try JSONFormatter.format(result.text(.document))
    #expect(document == result.text(.document))
    let check = Comp.check(text: document, name: "t", registry: .standard)
    let comp = try #require(check.comp, "\(check.diagnostics)")
    let id = try #require(comp.id(of: "t_1"))
    #expect(comp.nodes[id].declaration.typeName == "Transform")
    #expect(document.contains(#""center": [100, 80]"#) && document.contains(#""frames": [1, 5]"#))
    #expect(document.contains(#"[{ "keys": [[1, 0, "cubic"], [5, 10, "cubic"]] }, -3]"#))
  }

  @Test func camerasKeepTheirFilm() throws {
    let nuke =
      "Camera2 {\n translate {{curve x1 0 1} 1.5 3}\n rotate {-5 0 0}\n focal {{curve L x1 35 x11 50}}\n"
      + " haperture 36\n vaperture 20.25\n win_scale {1.1 1.1}\n useMatrix true\n name Camera1\n}\n"
    #expect(
      try text(nuke).text
        == #"{"values":{"Camera1":{"translate":[{"keys":[[1,0,"cubic"],[2,1,"cubic"]]},1.5,3],"rotate":[-5,0,0],"#
        + #""rotOrder":"ZXY","focal":{"keys":[[1,35],[11,50]]},"haperture":36,"vaperture":20.25,"winScale":[1.1,1.1]}}}"#
    )
    #expect(
      try imported(nuke).notes.map(\.message) == ["Camera1: not read are the knobs useMatrix"])
  }
}
