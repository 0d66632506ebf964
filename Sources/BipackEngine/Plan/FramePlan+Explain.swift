import BipackGraph
import BipackPixels

extension FramePlan: CustomStringConvertible {
  /// The plan as a person reads it: one line a pass, in the order they run.
  ///
  ///     frame 1001: 6 passes of 14 nodes, 212 MiB at most (pass 4), planned in 0.8 ms
  ///       1  read     plate                      1920x1080+0+0  R G B         24 MiB
  ///       2  strips   despill + grade + comp     1920x1080+0+0  R G B A       32 MiB  after 1; drops 1
  public var description: String {
    guard peakBand < bands.count else { return "frame \(number(frame)): nothing to do\n" }
    let band = bands[peakBand]
    let passes = band.passes
    let working = passes.filter { if case .image = $0.work { false } else { true } }.count
    var text = "frame \(number(frame)): \(working) passes of \(nodeCount) nodes, "
    if let bandRows {
      text += "in \(bands.count) bands of \(bandRows) rows, "
    }
    text += "\(mebibytes(peakBytes)) at most"
    if !passes.isEmpty {
      text += " (\(bandRows == nil ? "" : "band \(peakBand + 1), ")pass \(band.peakPass + 1))"
    }
    if planSeconds > 0 { text += ", planned in \(milliseconds(planSeconds)) ms" }
    if bandRows != nil { text += "; band \(peakBand + 1):" }
    var rows: [[String]] = []
    for (index, pass) in passes.enumerated() {
      var notes: [String] = []
      let inputs = pass.inputs.compactMap { $0 }.map { String($0 + 1) }
      if !inputs.isEmpty { notes.append("reads " + inputs.joined(separator: " ")) }
      if pass.isKept { notes.append("kept") }
      if !pass.releases.isEmpty {
        notes.append("drops " + pass.releases.map { String($0 + 1) }.joined(separator: " "))
      }
      rows.append([
        String(index + 1), pass.kindName, pass.title, pass.demand.rect.description,
        pass.spec.channels.filter(pass.demand.channels.contains).map(\.name).joined(separator: " "),
        mebibytes(pass.bytes), notes.joined(separator: "; "),
      ])
    }
    return text + "\n" + table(rows)
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
      case .frame: "frame"
      }
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
