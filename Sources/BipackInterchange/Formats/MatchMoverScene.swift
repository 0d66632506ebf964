/// MatchMover's scene (.rzml): a shot with its size, a camera for each frame, and the tracks in planes of images
/// (`IPLN`, frames `IFRM`, points `M`). Pixels from the top left; frames count from that of the first picture.
///
/// Its camera looks along -z, y up. In the sample it is turned about x first and then about z; where y comes in is
/// a guess, so a camera turned about y and another axis is named.
enum MatchMoverScene: InterchangeReader {
  static let name = "rzml"
  static let title = "MatchMover scene"

  static func recognises(_ text: TextLines) -> Bool {
    text.opening(2).contains { $0.trimmed.text.hasPrefix("<RZML") }
  }

  static func read(_ text: TextLines) throws(InterchangeError) -> Imported {
    let root = try MarkupReader.root(text)
    var result = Imported(.down, firstFrame: 0)
    let films = root.all("CINF")
    var names: [String: String] = [:]
    for track in root.all("L") { names[track.attributes["i"] ?? ""] = track.attributes["n"] }
    for shot in root.all("SHOT") {
      if shot.attributes["w"] != nil {
        result.size = PictureSize.said(try shot.number("w"), try shot.number("h"))
      }
      let film = films.first { $0.attributes["i"] == shot.attributes["ci"] }
      try camera(shot, film, &result)
      try tracks(shot, names, &result)
    }
    return result
  }

  private static func tracks(
    _ shot: MarkupElement, _ names: [String: String], _ result: inout Imported
  ) throws(InterchangeError) {
    var tracks: [ImportedTrack] = []
    var places: [String: Int] = [:]
    for frame in shot.all("IPLN").flatMap({ $0.all("IFRM") }) {
      let time = try frame.number("t", or: 0)
      for mark in frame.all("M") {
        let id = mark.attributes["i"] ?? ""
        if places[id] == nil {
          places[id] = tracks.count
          tracks.append(ImportedTrack(names[id] ?? "track \(id)", line: mark.line))
        }
        guard let place = places[id], abs(time) <= Frames.most else { continue }
        tracks[place].add(
          time, try mark.number("x", or: 0), try mark.number("y", or: 0),
          confidence: mark.attributes["cs"] == nil ? nil : try mark.number("cs"), line: mark.line)
      }
    }
    for track in tracks { result.add(track) }
  }

  private static func camera(
    _ shot: MarkupElement, _ film: MarkupElement?, _ result: inout Imported
  ) throws(InterchangeError) {
    let frames = shot.all("CFRM")
    guard let first = frames.first else { return }
    var camera = ImportedCamera(film?.attributes["n"] ?? "camera", line: first.line)
    camera.rotOrder = "XYZ"
    var keys = [[ImportedKey]](repeating: [], count: 7)
    var isGuessed = false
    for frame in frames {
      let time = try frame.number("t", or: 0)
      let (place, turn) = (frame["T"], frame["R"])
      var numbers: [Double] = []
      for axis in ["x", "y", "z"] { numbers.append(try place?.number(axis, or: 0) ?? 0) }
      for axis in ["x", "y", "z"] { numbers.append(try turn?.number(axis, or: 0) ?? 0) }
      isGuessed = isGuessed || numbers[4] != 0 && (numbers[3] != 0 || numbers[5] != 0)
      numbers.append(try frame.number("fovx", or: try film?.number("fovx", or: 0) ?? 0))
      for (place, number) in numbers.enumerated() {
        keys[place].append(ImportedKey(time, number))
      }
    }
    // In MatchMover the height of the film is given, and its shape is that of the picture.
    let shape = (result.size?.width ?? 1) / (result.size?.height ?? 1)
    let height = try film?.number("fbh", or: 18) ?? 18
    camera.vaperture = .constant(height)
    camera.haperture = .constant(height * shape)
    camera.translate = keys[0..<3].map { .keys($0) }
    camera.rotate = keys[3..<6].map { .keys($0) }
    camera.focal = FieldOfView.focal(.keys(keys[6]), of: height * shape)
    if isGuessed {
      result.note(
        first.line,
        "\(camera.name) is turned about y and another axis, and where y comes in is a guess: x, y, z; look at it in the scene"
      )
    }
    result.cameras.append(camera)
  }
}
