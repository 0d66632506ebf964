import Bipack
import Foundation
import Testing

/// `bipack colorspaces`, and the errors that point at it.
@Suite struct ColorspacesTests {
  @Test func listsWhatTheConfigHas() throws {
    let run = try Command.run("colorspaces", "--json", environment: ["OCIO": ""])
    #expect(run.status == 0)
    let list = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let names = (list?["spaces"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
    #expect(names == (try ColorConfig.builtIn().spaces))
    #expect((list?["roles"] as? [String: String])?["scene_linear"] != nil)
    let displays = list?["displays"] as? [[String: Any]] ?? []
    #expect(displays.allSatisfy { !(($0["views"] as? [String]) ?? []).isEmpty })

    let plain = try Command.run("colorspaces", environment: ["OCIO": ""])
    #expect(names.allSatisfy { plain.output.contains($0) })
  }

  @Test func filtersInAnyCase() throws {
    let run = try Command.run("colorspaces", "CINEON", "--json", environment: ["OCIO": ""])
    let list = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let names = (list?["spaces"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
    #expect(names == ["Cineon"])
    let none = try Command.run("colorspaces", "no such thing", environment: ["OCIO": ""])
    #expect(none.status == 1)
    #expect(none.output.isEmpty)
  }

  @Test func readsAnotherConfig() throws {
    let scratch = try Scratch()
    let path = scratch.url.appendingPathComponent("show.ocio").path
    try """
    ocio_profile_version: 2
    roles: {default: plate, scene_linear: plate}
    file_rules: [!<Rule> {name: Default, colorspace: default}]
    displays: {monitor: [!<View> {name: raw, colorspace: plate}]}
    colorspaces: [!<ColorSpace> {name: plate, aliases: [plt]}]
    """.write(toFile: path, atomically: true, encoding: .utf8)
    let run = try Command.run("colorspaces", "--config", path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("plt") && run.output.contains("monitor"), "\(run.output)")
    let missing = try Command.run("colorspaces", "--config", path + ".missing")
    #expect(missing.status == 3)
  }

  @Test func anUnknownSpacePointsHere() throws {
    let error = #expect(throws: ColorError.self) { try ColorConfig.builtIn().require("Cineno") }
    #expect(error?.description.contains("did you mean 'Cineon'?") == true)
    #expect(error?.description.hasSuffix("'bipack colorspaces' lists them") == true)
  }
}
