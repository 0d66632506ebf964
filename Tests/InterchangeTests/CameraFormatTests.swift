import Bipack
import Foundation
import Testing

@testable import BipackInterchange

/// Formats of cameras and corner pins, each with a small sample (`Samples`).
@Suite struct CameraFormatTests {
  @Test func camerasAreTheSame() throws {
    for sample in Samples.cameras {
      let found = try imported(sample.text)
      let camera = try #require(found.cameras.first, "\(sample.name)")
      let shift = ImportSettings().shift(of: found)
      func near(_ a: Double, _ b: Double, _ what: String, _ reach: Double = 0.001) {
        #expect(abs(a - b) < reach, "\(sample.name): \(what) \(a)")
      }
      let moved = camera.translate[0].shifted(shift).keys
      if sample.name != "gltf" {
        let first = sample.name == "boujou-camera" ? 1.0 : 5
        #expect(moved.map(\.frame) == [first, first + 1], "\(sample.name)")
        near(moved[1].value, 2, "x")
      }
      for (number, truth) in zip(camera.translate, [1.0, 2, 3]) {
        near(number.first, truth, "place")
      }
      for (number, truth) in zip(camera.rotate, [0.0, 10, 0]) { near(number.first, truth, "angle") }
      // How wide it sees, whatever the film: the angle of 36 mm before 36 mm, where the format has a width.
      let film =
        sample.name == "chan" ? camera.vaperture.first * 36 / 18.672 : camera.haperture.first
      near(camera.focal.first / film, 1, "lens")
      #expect(throws: Never.self) { try camera.json(shift) }
    }
  }

  @Test func pinsAreTheSame() throws {
    for sample in Samples.pins {
      let found = try imported(sample.text)
      let size = PictureSize(width: 200, height: 100)
      let node = try #require(found.pins.first).node(in: size, found.space.axes(in: size), 0)
      let places = try (1...4).map { corner in
        let value = try #require(node.params.first { $0.name == "to\(corner)" }?.value)
        return JSONFormatter.write(value).split { $0.isWhitespace }.joined()
      }
      let points = sample.name == "after-effects"
      let truth = ["[10,20]", "[190,20]", "[190,90]", "[10,90]"]
      #expect(places == (points ? truth.map { "{\"keys\":[[0,\($0)]]}" } : truth), "\(sample.name)")
    }
  }

  @Test func layersBecomeTransforms() throws {
    let text = """
      Adobe After Effects 8.0 Keyframe Data

      \tUnits Per Second\t24
      \tSource Width\t200
      \tSource Height\t100

      Transform\tAnchor Point
      \tFrame\tX pixels\tY pixels\tZ pixels
      \t\t100\t50\t0

      Transform\tPosition
      \tFrame\tX pixels\tY pixels\tZ pixels
      \t0\t110\t50\t0
      \t1\t120\t55\t0

      Transform\tScale
      \tFrame\tX percent\tY percent\tZ percent
      \t0\t100\t100\t100
      \t1\t200\t100\t100

      Transform\tRotation
      \tFrame\tdegrees
      \t0\t0
      \t1\t30

      Transform\tOpacity
      \tFrame\tpercent
      \t0\t50

      End of Keyframe Data
      """
    let found = try imported(text)
    var result = ImportedResult()
    _ = try result.add(found, ImportSettings(), "it")
    let words = result.text(.values).split { $0.isWhitespace }.joined()
    #expect(
      words
        == #"{"values":{"Transform.translate":{"keys":[[1,[10,0]],[2,[20,5]]]},"Transform.rotate":{"keys":[[1,0],[2,-30]]},"#
        + #""Transform.scale":{"keys":[[1,[1,1]],[2,[2,1]]]},"Transform.center":[100,50]}}"#)
    #expect(found.notes.map(\.message) == ["Transform / Opacity is not read"])
  }

  /// The cameras of the shared plates.
  @Test func realCameras() throws {
    guard Plates.folder != nil else { return }
    let gltf = try Plates.read("gltf/Cameras.gltf")
    #expect(gltf.cameras.map(\.isOrthographic) == [false, true])
    let lens = gltf.cameras[0]
    #expect(abs(lens.vaperture.first / 2 / lens.focal.first - tan(0.35)) < 1e-12)
    #expect(lens.haperture == lens.vaperture)
    #expect(gltf.cameras[1].haperture == .constant(2))
    #expect(gltf.cameras.allSatisfy { $0.translate.map(\.first) == [0.5, 0.5, 3] })
    let scene = try Plates.read("matchmover/md_145_1070_right_t1.rzml")
    #expect(scene.tracks.map(\.name) == ["Track 01", "Track 02"])
    #expect(scene.tracks.map(\.samples.count) == [71, 71])
    #expect(scene.cameras[0].translate[2].keys.count == 71)
    #expect(scene.notes == [] && scene.cameras[0].rotate[2].first == 180)
    // The film and the angle of view come to the lens that was used.
    #expect(abs(scene.cameras[0].focal.first - 50) < 1e-6)
    let angle = 2 * atan(scene.cameras[0].haperture.first / 2 / scene.cameras[0].focal.first)
    #expect(abs(angle * 180 / .pi - 35.48934325) < 1e-9)
  }

  @Test func whatACameraCannotBeIsSaid() throws {
    func problem(_ nuke: String) throws -> InterchangeError? {
      let found = try imported("Camera2 {\n \(nuke)\n}\n")
      return #expect(throws: InterchangeError.self) { try found.cameras[0].json(0) }
    }
    #expect(try problem("rot_order ABC")?.message == "Camera2 is turned in the order 'ABC'")
    #expect(try problem("focal 0")?.message == "Camera2: focal is not above 0")
    #expect(throws: InterchangeError.self) { try imported("1 0 0 0 0 0 0 0\n") }
  }
}
