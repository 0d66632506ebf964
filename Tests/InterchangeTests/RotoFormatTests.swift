import Bipack
import Foundation
import Testing

@testable import BipackInterchange

/// Formats of roto shapes, each with a small sample (`Samples.shapes`).
@Suite struct RotoFormatTests {
  private func words(_ text: String) throws -> (text: String, notes: [String]) {
    let found = try imported(text)
    var result = ImportedResult()
    let notes = found.notes + (try result.add(found, ImportSettings(), "it"))
    let text = result.text(.document).split { $0.isWhitespace }.joined()
    return (text, notes.map(\.message))
  }

  @Test func shapesAreTheSame() throws {
    let path =
      #""shapes":[{"name":"tri","path":{"closed":true,"points":[[20,30],{"position":[60,30],"left":[-4,-5],"right":[4,5]},[60,80]]},"#
      + #""blend":"minus","opacity":0.5"#
    for sample in Samples.shapes {
      var found = try words(sample.text).text
      if sample.name == "silhouette" {
        // The same numbers but for the last bit.
        for (long, short) in [
          ("29.999999999999996", "30"), ("-5.000000000000002", "-5"), ("-4.9999999999999964", "-5"),
          ("3.9999999999999996", "4"),
        ] {
          found = found.replacing(long, with: short)
        }
        let points = try imported(sample.text).rotos[0].shapes[0].points
        #expect(points.count == 3)
        #expect(
          abs(points[1].left.y.first + 0.05) < 1e-12 && abs(points[1].right.x.first - 0.04) < 1e-12)
        #expect(found.contains(#""blend":"minus","opacity":0.5"#))
        continue
      }
      #expect(found.contains(path), "\(sample.name): \(found)")
    }
  }

  /// Whole paths where every number has the same keys, single numbers where not; the topmost shape is last; a
  /// second curve is the feather; an open one is a stroke.
  @Test func keysFeatherAndOrder() throws {
    func shape(_ name: String, _ cc: String, _ rest: String = "") -> String {
      "{curvegroup \(name) 512 bezier {\(cc)} {tx 1 0 0} {a \(rest)}}"
    }
    let still = "{cc {f 8192} {px 1 {0 0} {10 20} {0 0} {0 0} {30 40} {0 0}}}"
    let feather = "{cc {f 8192} {px 1 {0 0} {1 -2} {0 0} {0 0} {0 0} {3 4}}}"
    let moving =
      "{cc {f 8224} {px 1 {0 0} {{{1 10} {5 20}} {{1 20} {5 30}}} {0 0} {0 0} {30 40} {0 0}}}"
    let odd =
      "{cc {f 8192} {px 1 {0 0} {{{1 10} {5 20}} {{1 20} {6 30}}} {0 0} {0 0} {30 40} {0 0}}}"
    let roto = """
      Root {
       format "200 100 0 0 200 100 1 s"
      }
      Roto {
       curves {{{v x3f99999a} {f 0} {n {layer Root {f 0} {t 0 0} {a}
        {layer body {f 0} {t 50 60 0 {{1 0} {9 8}} 3 0 0 0 30 1 1 1 0} {a opc x3f000000}
        \(shape("top", still + " " + feather))
        \(shape("middle", moving))}
        \(shape("odd", odd + "     idem", "ltt 4 ltn 3 ltm 7 vis 0 bm 77"))}}}}
      }
      """
    let (text, notes) = try words(roto)
    #expect(
      text.contains(
        #""layers":[{"name":"body","translate":[{"keys":[[1,0,"cubic"],[9,8,"cubic"]]},-3],"rotate":30,"center":[50,40],"opacity":0.5}]"#
      ),
      "\(text)")
    let places = ["odd", "middle", "top"].map {
      text.firstRange(of: #""name":"\#($0)""#)?.lowerBound
    }
    #expect(places[0]! < places[1]! && places[1]! < places[2]!)
    #expect(
      text.contains(
        #""path":{"keys":[[1,{"points":[[10,80],[30,60]]},"cubic"],[5,{"points":[[20,70],[30,60]]},"cubic"]]}"#
      ), "\(text)")
    #expect(
      text.contains(
        #""closed":true,"points":[[{"keys":[[1,10,"cubic"],[5,20,"cubic"]]},{"keys":[[1,80,"cubic"],[6,70,"cubic"]]}],[30,60]]"#
      ), "\(text)")
    #expect(
      text.contains(
        #"{"position":[10,80],"featherOffset":[1,2]},{"position":[30,60],"featherRight":[3,-4]}"#),
      "\(text)")
    #expect(text.contains(#""falloff":"linear""#))
    #expect(text.contains(#""visible":false,"range":[3,7]"#))
    #expect(notes == ["Roto: 'odd' has Nuke's blending mode 77, which is not known; over is used"])
  }

  /// What comes out is a graph that the engine takes as it is.
  @Test func graphsAreValid() throws {
    func check(_ found: Imported, _ name: String) throws {
      var result = ImportedResult()
      _ = try result.add(found, ImportSettings(width: 4096, height: 2304), "it")
      let document = result.text(.document)
      let checked = Comp.check(text: document, name: name, registry: .standard)
      #expect(checked.diagnostics == [], "\(name)")
    }
    for sample in Samples.shapes + Samples.pins {
      try check(imported(sample.text), sample.name)
    }
    if Plates.folder != nil { try check(Plates.read("nuke/roto_node_of_planar.nk"), "real") }
  }

  @Test func matricesAreTurnedOver() {
    // 10 to the right and 4 up, in a picture of 100 lines: 4 less.
    #expect(RotoWriter.turned([1, 0, 10, 0, 1, 4, 0, 0, 1], 100) == [1, 0, 10, 0, 1, -4, 0, 0, 1])
    // Twice as large from the lower left: the top left goes up by the height.
    #expect(RotoWriter.turned([2, 0, 0, 0, 2, 0, 0, 0, 1], 100) == [2, 0, 0, 0, 2, -100, 0, 0, 1])
  }

  /// The shapes of the shared plates.
  @Test func realShapes() throws {
    guard let folder = Plates.folder else { return }
    let nuke = try Plates.read("nuke/roto_node_of_planar.nk")
    let roto = try #require(nuke.rotos.first)
    #expect(roto.name == "Roto" && roto.shapes.map(\.name) == ["Bezier2", "Bezier1"])
    #expect(roto.layers.map(\.name) == ["PlanarTrackLayer1"])
    #expect(roto.shapes.map(\.points.count) == [1, 6])
    #expect(roto.shapes[1].points[0].position.x.keys.count == 28)
    #expect(roto.shapes[1].points[0].position.x.keys.last?.value == 2208)
    let matrix = try #require(roto.layers[0].matrix)
    #expect(matrix[0].keys.count == 150 && matrix[3].keys[1].value == 0.768715)
    #expect(nuke.notes.map(\.message).contains { $0.hasPrefix("the file ends inside this Roto") })

    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = [
      "gzip", "-dc", folder.appendingPathComponent("natron/Spaceship_Natron_23.ntp.gz").path,
    ]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let bytes = Array(pipe.fileHandleForReading.readDataToEndOfFile())
    gzip.waitUntilExit()
    let natron = try Interchange.read(bytes).1
    #expect(natron.size == PictureSize(width: 960, height: 540))
    #expect(
      [
        "net.sf.openfx.TrackerPM": 2, "fr.inria.built-in.Roto": 2,
        "net.sf.openfx.CornerPinPlugin": 1,
      ].allSatisfy { natron.classes[$0.key] == $0.value })
    let shapes = natron.rotos.flatMap(\.shapes)
    #expect(shapes.map(\.name) == ["Ellipse 1", "Bezier 2"])
    #expect(shapes.map(\.isClosed) == [true, true])
    #expect(shapes.map(\.points.count) == [4, 6])
    #expect(shapes[1].points[0].position.x.keys.map(\.frame) == [2, 57, 100])
    #expect(natron.tracks.map(\.samples.count) == [100])
    #expect(natron.pins.count == 1 && natron.pins[0].to[0]?.x.keys.count == 100)
  }
}
