/// Where a parameter's value comes from.
package indirect enum ParamSource: Sendable {
  case data(ValueData)
  case keyed(KeyedValue)
  case program(Program)
  /// A value of a data node or of a picture's metadata, or one part of it, at its time.
  case link(DataLink, component: Int?, LinkTime)
  /// An exposed parameter of the group around.
  case shared(Int)
  /// The elements of a list or a vector, each from its own source.
  case components([ParamSource])
  /// The parts of a record.
  case record([Part])
  /// Texts one after the other.
  case text([ParamSource])
  /// One for each of the document's views.
  case views([ParamSource])

  /// A part of a record.
  package struct Part: Sendable {
    package var name: String
    package var kind: ValueKind
    package var range: ParamRange
    package var source: ParamSource
  }

  package var isStatic: Bool { data != nil }

  /// The value of one that never changes.
  package var data: ValueData? {
    if case .data(let data) = self { return data }
    return nil
  }

  /// The sources it is put together from.
  package var parts: [ParamSource] {
    switch self {
    case .components(let parts), .text(let parts), .views(let parts): parts
    case .record(let parts): parts.map(\.source)
    case .data, .keyed, .program, .link, .shared: []
    }
  }

  /// Whether a value of a data node may be behind it.
  package var mayFollowLinks: Bool {
    switch self {
    case .link, .shared: true
    case .program(let program): !program.links.isEmpty || !program.references.isEmpty
    default: parts.contains(where: \.mayFollowLinks)
    }
  }

  /// Whether it differs from view to view by itself.
  package var isPerView: Bool {
    if case .views = self { return true }
    return parts.contains(where: \.isPerView)
  }
}

/// An exposed parameter of one instance of a group.
package struct SharedValue: Sendable {
  package let path: String
  package let kind: ValueKind
  package let range: ParamRange
  package let source: ParamSource
}
