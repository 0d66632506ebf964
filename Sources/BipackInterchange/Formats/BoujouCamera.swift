/// boujou's camera solve (text): comments with the size of image and film back, then for each frame nine numbers
/// of the rotation, three of the place, and the focal length in millimetres.
///
/// The rows of the rotation are the camera's axes in the scene; it looks along z, y down.
enum BoujouCamera: InterchangeReader {
  static let name = "boujou-camera"
  static let title = "boujou camera"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(1).first?.trimmed.text.lowercased().hasPrefix("# boujou export: text") == true
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    var result = Imported(.down, firstFrame: 0)
    var camera = ImportedCamera("camera", line: 1)
    var keys = [[ImportedKey]](repeating: [], count: 7)
    var frame = 0.0
    var isCamera = false
    for line in text {
      let words = line.words
      guard let first = words.first else {
        if !keys[0].isEmpty { isCamera = false }
        continue
      }
      let heading = line.text.filter { $0 != "#" }.trimmed.lowercased()
      if first.text.hasPrefix("#") {
        try head(heading, line, &camera, &result)
        if heading.hasPrefix("r(0,0)") { isCamera = true }
        if heading.hasPrefix("x") { isCamera = false }
        continue
      }
      guard isCamera else { continue }
      try words.expect(13, "nine numbers of the rotation, x, y, z and the focal length")
      var numbers: [Double] = []
      for word in words { numbers.append(try word.number("the camera")) }
      // From y down, looking along z, to y up, looking along -z: two axes are turned over.
      let axes = Array(numbers[0..<3]) + numbers[3..<9].map { -$0 }
      let angles = Euler.zxy(rows: axes)
      let all = Array(numbers[9..<12]) + angles + [numbers[12]]
      for (place, number) in all.enumerated() { keys[place].append(ImportedKey(frame, number)) }
      frame += 1
    }
    guard !keys[0].isEmpty else { return result }
    camera.translate = keys[0..<3].map { .keys($0) }
    camera.rotate = keys[3..<6].map { .keys($0) }
    camera.focal = .keys(keys[6])
    result.cameras.append(camera)
    return result
  }

  private static func head(
    _ heading: String, _ line: TextLine, _ camera: inout ImportedCamera, _ result: inout Imported
  ) throws(InterchangeError) {
    let numbers = line.words.suffix(2)
    guard let first = numbers.first, let last = numbers.last else { return }
    if heading.hasPrefix("image size") {
      result.size = PictureSize.said(try first.number("the width"), try last.number("the height"))
    } else if heading.hasPrefix("filmback size") {
      camera.haperture = .constant(try first.number("the width of the film"))
      camera.vaperture = .constant(try last.number("the height of the film"))
    }
  }
}
