import BipackGraph
import BipackPixels

// Values that parameters take from elsewhere in the graph. What is not known yet stops the visit of a node
// with an error that says what to do first: measure (`MissingValues`) or plan a picture (`MissingPicture`).

extension FrameGraphBuilder {
  /// A data node whose values are needed before planning can go on.
  struct MissingValues: Error {
    var moment: Moment
  }

  /// A picture that must be planned first, since a parameter takes a value from its metadata.
  struct MissingPicture: Error {
    var moment: Moment
  }

  /// The node at a moment, its parameters evaluated.
  func resolve(_ moment: Moment) throws -> ResolvedNode {
    var missing: (any Error)?
    do {
      return try comp.resolve(
        moment.node, frame: moment.frame, view: moment.view, proxy: proxy
      ) { (link: DataLink, frame: Double) throws(NodeError) -> ValueData in
        let source = source(of: link, frame: frame, view: moment.view)
        switch link.source {
        case .value(let name):
          guard let known = values[source] else {
            if makesValuesUp, let made = madeUp(link, of: 1) { return made }
            missing = MissingValues(moment: source)
            throw NodeError("its values are not known yet")
          }
          guard let value = link.isWhole ? known.data[name] : known.value(name, at: frame) else {
            throw NodeError("'\(comp.nodes[link.node].path)' gave no value '\(name)'")
          }
          return value
        case .metadata(let key):
          guard let planned = done[source] else {
            missing = MissingPicture(moment: source)
            throw NodeError("its picture is not planned yet")
          }
          return try metadata(key, of: planned, link.node)
        }
      }
    } catch {
      if let missing { throw missing }
      throw RenderError(error, path: comp.nodes[moment.node].path, frame: moment.frame)
    }
  }

  /// The moment whose values or picture a link asks for. What a shot node measures is one for all frames.
  func source(of link: DataLink, frame: Double, view: Int) -> Moment {
    if case .value = link.source, comp.nodes[link.node].declaration.isShot {
      return comp.shot(link.node, view: view)
    }
    return Moment(node: link.node, frame: frame, view: view)
  }

  /// Some value of the kind a link gives, made of a number.
  func madeUp(_ link: DataLink, of number: Double) -> ValueData? {
    if link.isWhole { return FrameCurve(constant: number).data }
    let port = comp.nodes[link.node].declaration.values.first { $0.name == link.name }
    return port?.kind.type.filled(with: number)
  }

  private func metadata(_ key: String, of planned: Int?, _ node: Int) throws(NodeError)
    -> ValueData
  {
    let path = comp.nodes[node].path
    guard let planned else {
      throw NodeError("'\(path)' gives no picture here, so that there is no metadata '\(key)'")
    }
    let metadata = graph[planned].spec.metadata
    guard let value = metadata[key] else {
      throw NodeError(.invalid, Wording.noMetadata(path, key, metadata.keys))
    }
    guard let data = value.data else {
      throw NodeError(.invalid, "the metadata '\(key)' of '\(path)' is neither text nor numbers")
    }
    return data
  }
}

extension Comp {
  /// The moment that stands for all frames of a shot node.
  func shot(_ node: Int, view: Int) -> FrameGraphBuilder.Moment {
    FrameGraphBuilder.Moment(node: node, frame: Double(frames.lowerBound), view: view)
  }
}

extension Metadata.Value {
  /// As a value of the graph: a text, a number or a few. A time code is the text `HH:MM:SS:FF`, a ratio a
  /// number. Nil for what is not understood.
  var data: ValueData? {
    switch self {
    case .string(let text): .string(text)
    case .int(let number): .number(Double(number))
    case .float(let number): .number(number)
    case .ints(let numbers): .vector(numbers.map(Double.init))
    case .floats(let numbers): .vector(numbers)
    case .strings(let texts): .array(texts.map(ValueData.string))
    case .timeCode(let time, _): .string(Timecode.label(of: time))
    case .rational(let over, let under): .number(Double(over) / Double(under))
    case .opaque: nil
    }
  }
}
