import BipackGraph
import BipackPixels

extension FramePlan: CustomStringConvertible {
  /// The plan as a person reads it: one line a pass, in the order they run.
  ///
  ///     frame 1001: 6 passes of 14 nodes, 212 MiB at most (pass 4), planned in 0.8 ms
  ///       1  read     plate                      1920x1080+0+0  R G B         24 MiB
  ///       2  strips   despill + grade + comp     1920x1080+0+0  R G B A       32 MiB  after 1; drops 1
  public var description: String {
    let all = stages.map(\.peakPasses)
    guard all.contains(where: { !$0.isEmpty }) else {
      return "frame \(number(frame)): nothing to do\n"
    }
    let working = all.reduce(0) { $0 + $1.count(where: \.isWork) }
    var text = "frame \(number(frame)): \(working) passes of \(nodeCount) nodes, "
    if stages.count == 1, let bands = stages[0].bandsText { text += bands + ", " }
    text += "\(mebibytes(peakBytes)) at most"
    let peak = stages[peakStage]
    if peak.peakPass != nil {
      let place = [
        stages.count > 1 ? "stage \(peakStage + 1), " : "",
        peak.bandRows == nil ? "" : "band \(peak.peakBand + 1), ",
        "pass \(peak.bands[peak.peakBand].peakPass + 1)",
      ]
      text += " (\(place.joined()))"
    }
    if planSeconds > 0 { text += ", planned in \(milliseconds(planSeconds)) ms" }
    if stages.count == 1, peak.bandRows != nil { text += "; band \(peak.peakBand + 1):" }
    text += "\n" + measuredText
    for (index, stage) in stages.enumerated() {
      if stages.count > 1 { text += stage.title(index) + "\n" }
      text += table(stage.peakPasses.enumerated().map { $1.cells($0) })
    }
    return text
  }
}

extension FramePlan {
  /// `made before, to be measured: plate (Read), stats (ImageStats), in 4.70 ms`: the plan depends on these
  /// values, and so was made after them.
  private var measuredText: String {
    var names: [String] = []
    for pass in measured {
      let name = "\(pass.path) (\(pass.typeName))"
      if !names.contains(name) { names.append(name) }
    }
    if names.isEmpty { return "" }
    let seconds = measured.reduce(0) { $0 + $1.seconds }
    let list = names.joined(separator: ", ")
    return "  made before, to be measured: \(list), in \(milliseconds(seconds)) ms\n"
  }
}

extension FramePlan.Stage {
  /// The passes of the band that needs the most memory.
  fileprivate var peakPasses: [FramePlan.Pass] {
    peakBand < bands.count ? bands[peakBand].passes : []
  }

  fileprivate var bandsText: String? {
    bandRows.map { "in \(bands.count) bands of \($0) rows" }
  }

  /// The document path of the frame operator it is for.
  var wholePath: String? {
    guard let band = bands.last, let goal = band.goals.first ?? nil,
      case .frame = band.passes[goal].work
    else { return nil }
    return band.passes[goal].path
  }

  /// `stage 1, the whole picture of matte, in 4 bands of 256 rows; band 2:`
  fileprivate func title(_ index: Int) -> String {
    var text = "stage \(index + 1)"
    if let wholePath { text += ", the whole picture of \(wholePath)" }
    if let bandsText { text += ", \(bandsText); band \(peakBand + 1)" }
    return text + ":"
  }
}

extension FramePlan.Pass {
  fileprivate var isWork: Bool {
    switch work {
    case .image, .earlier: false
    default: true
    }
  }

  /// Its line in the table, as pass `index` of its band.
  fileprivate func cells(_ index: Int) -> [String] {
    var notes: [String] = []
    let inputs = inputs.compactMap { $0 }.map { String($0 + 1) }
    if !inputs.isEmpty { notes.append("reads " + inputs.joined(separator: " ")) }
    if case .earlier(let stage) = work { notes.append("by stage \(stage + 1)") }
    if isKept { notes.append("kept") }
    if !releases.isEmpty {
      notes.append("drops " + releases.map { String($0 + 1) }.joined(separator: " "))
    }
    return [
      String(index + 1), kindName, title, demand.rect.description,
      spec.channels.filter(demand.channels.contains).map(\.name).joined(separator: " "),
      mebibytes(bytes), notes.joined(separator: "; "),
    ]
  }
}

extension FramePlan.Pass {
  var kindName: String {
    switch work {
    case .image: "cached"
    case .strips: "strips"
    case .tiles(_, let shape, _):
      switch shape {
      case .tile: "tiles"
      case .run: "runs"
      case .rows: "rows"
      case .columns: "columns"
      }
    case .frame: "frame"
    case .earlier: "made before"
    case .deep: "deep"
    case .read: "read"
    case .diskImage: "from cache"
    case .write: "write"
    case .measure: "measure"
    }
  }

  /// The document nodes it does the work of.
  var title: String {
    guard case .strips(_, let nodes) = work else {
      return typeName == path ? path : "\(path) (\(typeName))"
    }
    var names: [String] = []
    for name in nodes where names.last != name { names.append(name) }
    if names.count > 6 {
      names = names.prefix(3) + ["... \(names.count - 5) more ..."] + names.suffix(2)
    }
    return names.joined(separator: " + ")
  }
}

/// Columns padded to their widest cell.
func table(_ rows: [[String]], indent: String = "  ") -> String {
  guard let first = rows.first else { return "" }
  let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = indent
    for (cell, width) in zip(row, widths) {
      line += cell + String(repeating: " ", count: width - cell.count + 2)
    }
    while line.last == " " { line.removeLast() }
    return line
  }.joined(separator: "\n") + "\n"
}

/// `0.83`: milliseconds with two decimals.
func milliseconds(_ seconds: Double) -> String {
  let hundredths = Int((seconds * 100_000).rounded())
  let fraction = hundredths % 100
  return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}
