import Bipack
import Foundation
import Testing

/// Names from other programs lead to ours: in the table, in error messages, on the command line.
@Suite struct ForeignNameTests {
  @Test func everyTargetExists() {
    let registry = Registry.standard
    for row in registry.foreignNames {
      if row.isType {
        #expect(registry[row.name] == nil, "\(row.name) is a node here: its row is stale")
      }
      guard let ours = row.ours else { continue }
      if row.isType {
        #expect(registry[ours] != nil, "\(row.name): there is no \(ours)")
      } else if let node = row.node {
        let declaration = registry[node]
        let keys =
          (declaration?.params.map(\.name) ?? []) + (declaration?.inputs.map(\.name) ?? [])
        #expect(keys.contains(ours), "\(row.name): \(node) has no \(ours)")
        #expect(!keys.contains(row.name), "\(row.name) is a parameter of \(node): stale")
      } else {
        let shared = DeclarationNames.shared
        let isKnown = registry.declarations.contains {
          $0.param(ours) != nil || $0.input(ours) != nil
        }
        #expect(isKnown || shared.contains(ours), "\(row.name): nothing has \(ours)")
      }
    }
  }

  enum DeclarationNames {
    static let shared = ["disabled", "note", "mask", "maskChannel", "invertMask", "mix"]
  }

  private func message(_ node: String) -> String {
    let text = #"{"bipack": 1, "nodes": {"c": {"type": "Constant"}, "n": {\#(node)}}}"#
    let errors = Comp.check(text: text, registry: .standard).errors
    return errors.first?.text ?? "no error"
  }

  @Test(arguments: [
    ("Matrix", "Convolve"), ("OCIOColorSpace", "ColorSpace"), ("OCIOFileTransform", "LUT"),
    ("OCIOCDLTransform", "CDL"), ("IBKGizmo", "Keyer"), ("AlphaOver", "Merge"),
    ("colorconvert", "ColorSpace"), ("ReadOIIO", "Read"), ("Shuffle2", "Shuffle"),
  ])
  func aForeignTypeSuggestsOurs(name: String, ours: String) {
    let text = message(#""type": "\#(name)""#)
    #expect(text.hasSuffix("; did you mean '\(ours)'?"), "\(text)")
  }

  @Test(arguments: ["IDistort", "Dot", "GridWarp", "ZDefocus", "ScanlineRender"])
  func whatIsAbsentSaysSo(name: String) {
    let text = message(#""type": "\#(name)""#)
    #expect(text.contains("Nuke's"), "\(text)")
    #expect(!text.contains("did you mean"), "\(text)")
  }

  @Test(arguments: [
    (#""type": "CheckerBoard", "boxsize": 8"#, "size"),
    (#""type": "Reformat", "source": "c", "box_width": 8"#, "size"),
    (#""type": "Grade", "source": "c", "black_clamp": true"#, "blackClamp"),
    (#""type": "Grade", "source": "c", "gain": 2"#, "white"),
    (#""type": "FrameRange", "source": "c", "first_frame": 8"#, "firstFrame"),
    (#""type": "ColorSpace", "source": "c", "colorspace_in": "Cineon""#, "inColorspace"),
    (#""type": "Write", "source": "c", "path": "a.exr", "datatype": "half""#, "dataType"),
    (#""type": "Read", "file": "a.exr""#, "path"),
    (#""type": "Write", "source": "c", "file": "a.exr""#, "path"),
    (#""type": "LUT", "source": "c", "file": "a.cube""#, "path"),
    (#""type": "LUT", "source": "c", "lut": "a.cube""#, "path"),
    (#""type": "CDL", "source": "c", "file": "a.cc""#, "path"),
    (#""type": "Blur", "source": "c", "radius": 3"#, "size"),
    (#""type": "Blur", "source": "c", "disable": true"#, "disabled"),
  ])
  func aForeignParameterSuggestsOurs(node: String, ours: String) {
    let text = message(node)
    #expect(text.hasSuffix("; did you mean '\(ours)'?"), "\(text)")
  }

  @Test func theCommandKnowsThemToo() throws {
    let nodes = try Command.run("nodes", "OCIOFileTransform")
    #expect(nodes.status == 2)
    #expect(nodes.errors.contains("did you mean 'LUT'?"), "\(nodes.errors)")
    let wrong = try Command.run("rendr", "shot.json")
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("no command is called 'rendr'; did you mean 'render'?"))
    let bare = try Command.run("shot.json")
    #expect(bare.status == 2)
    #expect(bare.errors.contains("did you mean 'bipack render shot.json'?"), "\(bare.errors)")
    #expect(try Command.run("help").status == 0)
  }
}
