/// A `.chan` file of Nuke, Houdini, Blender or SynthEyes: a line `frame tx ty tz rx ry rz [vfov]` for each frame;
/// the last number is the vertical angle of view in degrees. Nuke writes the angles in the camera's own order,
/// which the file does not say: ZXY, as Nuke's cameras have it.
enum AnimationChannels: InterchangeReader {
  static let name = "chan"
  static let title = ".chan camera"

  static func recognises(_ text: TextLines) -> Bool {
    let lines = text.opening(4).map(\.words)
    return !lines.isEmpty
      && lines.allSatisfy { words in
        (7...8).contains(words.count) && words.count == lines[0].count
          && words.allSatisfy { $0.number != nil }
      }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.down)
    var camera = ImportedCamera("camera", line: 1)
    var keys = [[ImportedKey]](repeating: [], count: 7)
    for line in text where !line.isBlank {
      let words = line.words
      if words[0].text.hasPrefix("#") { continue }
      guard words.count == 7 || words.count == 8 else {
        throw InterchangeError(
          words[0], "found \(words.count) numbers", expected: "frame tx ty tz rx ry rz vfov")
      }
      let frame = try words[0].frame()
      for (place, word) in words.dropFirst().enumerated() {
        let number = try word.number(["tx", "ty", "tz", "rx", "ry", "rz", "vfov"][place])
        guard place < 6 || (0.001..<179.9).contains(number) else {
          throw InterchangeError(word, expected: "a vertical angle of view in degrees, 0 to 180")
        }
        keys[place].append(ImportedKey(frame, number))
      }
    }
    guard !keys[0].isEmpty else { return result }
    camera.translate = keys[0..<3].map { .keys($0) }
    camera.rotate = keys[3..<6].map { .keys($0) }
    if !keys[6].isEmpty {
      camera.focal = FieldOfView.focal(.keys(keys[6]), of: camera.vaperture.first)
    } else {
      result.note(1, "there is no angle of view in the file; the focal length is 50 mm")
    }
    result.cameras.append(camera)
    return result
  }
}
