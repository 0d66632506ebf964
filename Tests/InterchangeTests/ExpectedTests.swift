import Foundation
import Testing

@testable import BipackInterchange

/// Every file of the shared plates against what independent readers found in it: names, numbers of keys, first
/// and last key as the file has them.
@Suite struct ExpectedTests {
  private struct Expected: Decodable {
    struct Track: Decodable, Equatable, CustomStringConvertible {
      var name: String
      var n: Int
      var first: [Double]
      var last: [Double]
      var description: String { "\(name) \(n) \(first) \(last)" }
    }
    struct Pin: Decodable {
      var name: String
      var keys: [Int]
      var first: [[Double]?]
      var last: [[Double]?]
    }
    var kind: String
    var classes: [String: Int]?
    var cornerpins: [Pin]?
    var tracks: [Track]?
    var empty: [String]?
    var size: [Double]?
  }

  @Test func tracksAreExact() throws {
    guard Plates.folder != nil else { return }
    let data = Data(try Plates.bytes("expected.json"))
    let all = try JSONDecoder().decode([String: Expected].self, from: data)
    let known = all.filter { $0.value.kind == "tracks" }
    #expect(known.count > 15)
    for (path, expected) in known {
      let found = try Plates.read(path)
      #expect(found.tracks.map(Self.summary) == expected.tracks, "\(path)")
      if let size = expected.size {
        #expect([found.size?.width ?? 0, found.size?.height ?? 0] == size, "\(path)")
      }
      for name in expected.empty ?? [] {
        #expect(found.notes.contains { $0.message.contains("'\(name)'") }, "\(path)")
      }
    }
  }

  /// Scripts of Nuke: classes, tracks, corner pins.
  @Test func scriptsAreExact() throws {
    guard Plates.folder != nil else { return }
    let data = Data(try Plates.bytes("expected.json"))
    let all = try JSONDecoder().decode([String: Expected].self, from: data)
    let known = all.filter { $0.value.kind == "nuke" }
    #expect(known.count > 9)
    for (path, expected) in known {
      let found = try Plates.read(path)
      #expect(found.classes == expected.classes, "\(path)")
      #expect(found.tracks.map(Self.summary) == expected.tracks, "\(path)")
      #expect(found.pins.map(\.name) == expected.cornerpins?.map(\.name), "\(path)")
      for (pin, truth) in zip(found.pins, expected.cornerpins ?? [])
      where truth.keys != [0, 0, 0, 0] {
        let corners = try pin.to.map { try #require($0) }
        #expect(corners.map(\.x.keys.count) == truth.keys)
        #expect(corners.map { Self.key($0.x.keys.first, $0.y.keys.first) } == truth.first)
        #expect(corners.map { Self.key($0.x.keys.last, $0.y.keys.last) } == truth.last)
      }
    }
  }

  private static func key(_ x: ImportedKey?, _ y: ImportedKey?) -> [Double]? {
    guard let x, let y else { return nil }
    return [x.frame, x.value, y.value]
  }

  private static func summary(_ track: ImportedTrack) -> Expected.Track {
    func key(_ sample: ImportedTrack.Sample?) -> [Double] {
      sample.map { [$0.frame, $0.x, $0.y] } ?? []
    }
    return Expected.Track(
      name: track.name, n: track.samples.count, first: key(track.samples.first),
      last: key(track.samples.last))
  }

  /// The same three tracks, written by one program for fourteen: within a hundredth of a pixel, those with
  /// few digits within a twentieth.
  @Test func theSameThreeTracksAreTheSame() throws {
    guard let folder = Plates.folder else { return }
    let here = folder.appendingPathComponent("same_three_tracks")
    let names = try FileManager.default.contentsOfDirectory(atPath: here.path).sorted()
    let settings = ImportSettings(width: 1920, height: 1080)
    for name in names {
      let tracks = try Plates.read("same_three_tracks/" + name).placed(settings)
      #expect(tracks.count == 3, "\(name)")
      var largest = 0.0
      for (found, truth) in zip(tracks, Self.truth) {
        #expect(found.map { $0[0] } == truth.map { $0[0] }, "\(name)")
        for (a, b) in zip(found, truth) {
          largest = max(largest, abs(a[1] - b[1]), abs(a[2] - b[2]))
        }
      }
      #expect(largest < (name.contains("Syntheyes") ? 0.05 : 0.01), "\(name): \(largest)")
    }
    #expect(names.count == 14)
  }

  /// A parabola from the top left to the top right, its mirror, and one point.
  private static let truth: [[[Double]]] = {
    let frames = Array(1...21).filter { $0 != 11 && $0 != 12 }.map(Double.init)
    let way = frames.map { frame in
      let s = (frame - 1) / 10 - 1
      return [frame, 960 + 960 * s, 1080 * (1 - s * s)]
    }
    return [way, way.map { [$0[0], 1920 - $0[1], 1080 - $0[2]] }, [[1, 970, 530]]]
  }()

  /// The corners of one picture, tracked in four programs.
  @Test func subpixelsAgree() throws {
    guard Plates.folder != nil else { return }
    let settings = ImportSettings(width: 720, height: 576)
    func first(_ name: String) throws -> [[Double]] {
      try Plates.read("subpixel/" + name).placed(settings).map { Array($0[0][1...]) }
    }
    func near(_ a: [Double], _ b: [Double], _ reach: Double) -> Bool {
      zip(a, b).allSatisfy { abs($0 - $1) < reach }
    }
    let flame = try first("Flame_Smk2013_SubpixSample.stabilizer")
    let shake = try first("shake_subpix_v01.shk")
    let pftrack = try first("julik_pftrack.txt")
    let syntheyes = try first("sy_subpix_2dpaths.txt")
    for found in [flame[0], shake[0], pftrack[0]] { #expect(near(found, [0.5, 575.5], 0.01)) }
    for found in [shake[1], pftrack[1], syntheyes[1]] {
      #expect(near(found, [715.5, 4.5], 0.02), "\(found)")
    }
    #expect(near(syntheyes[2], [0, 576], 0.05) && near(syntheyes[3], [720, 0], 0.05))
  }
}
