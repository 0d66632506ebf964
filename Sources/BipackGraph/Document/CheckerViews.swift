import BipackPixels

/// Views: the document's list of names, and values that differ between them.
extension Checker {
  func readViews(_ value: JSONValue, _ file: SourceFile) {
    let names = value.array?.compactMap(\.string) ?? []
    guard !names.isEmpty, names.count == value.array?.count, names.count <= 64 else {
      return report(
        file, value.start, "views", Messages.wrongType(value), expected: Messages.viewsShape)
    }
    for (i, name) in names.enumerated() {
      let start = value.array?[i].start ?? value.start
      if !isName(name) {
        report(file, start, "views[\(i)]", Messages.badName(name))
      } else if names[..<i].contains(name) {
        report(file, start, "views[\(i)]", Messages.viewTwice(name))
      }
    }
    settings.views = names
  }

  /// A value for each view, if `value` is written for each: as `{ "views": { ... } }`, or as a text
  /// with `${view}`, or in a file name with `%V` (the view) or `%v` (its first letter). Nil otherwise.
  func perView(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource?? {
    if let list = value["views"] {
      guard compiledView == nil else {
        report(place.file, value.start, place.path, Messages.viewsInViews)
        return .some(nil)
      }
      return .some(listed(list, value, shape, place))
    }
    guard !settings.views.isEmpty, compiledView == nil, mentionsView(value, shape.kind) else {
      return nil
    }
    return .some(
      each { name in
        shape.kind == .file ? Self.named(value, name) : value
      } compile: { value, _ in
        self.source(value, shape, place)
      })
  }

  private func each(
    _ value: (String) -> JSONValue?, compile: (JSONValue, String) -> ParamSource?
  ) -> ParamSource? {
    var sources: [ParamSource] = []
    for name in settings.views {
      compiledView = name
      defer { compiledView = nil }
      if let value = value(name), let source = compile(value, name) { sources.append(source) }
    }
    return sources.count == settings.views.count ? .views(sources) : nil
  }

  private func listed(
    _ list: JSONValue, _ value: JSONValue, _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    if settings.views.isEmpty {
      report(place.file, value.start, place.path, Messages.noViews)
      return nil
    }
    let path = Self.join(place.path, "views")
    guard
      members(value, place.file, place.path, known: ["views"], what: "an object") != nil,
      let found = members(
        list, place.file, path, known: settings.views, what: Messages.viewValuesShape)
    else { return nil }
    let missing = settings.views.filter { found[$0] == nil }
    guard missing.isEmpty else {
      report(place.file, list.start, path, Messages.viewsMissing(missing))
      return nil
    }
    return each {
      found[$0]?.value
    } compile: { value, name in
      var inner = place
      inner.path = Self.join(path, name)
      return self.source(value, shape, inner)
    }
  }

  private func mentionsView(_ value: JSONValue, _ kind: ValueKind) -> Bool {
    var rest = [value]
    while let value = rest.popLast() {
      if let text = value.string {
        if text.utf8.contains("${view}".utf8) { return true }
        if kind == .file, text.utf8.contains("%V".utf8) || text.utf8.contains("%v".utf8) {
          return true
        }
      }
      rest += value.array ?? []
      rest += value.object?.map(\.value) ?? []
    }
    return false
  }

  /// A file name with `%V` and `%v` put in.
  private static func named(_ value: JSONValue, _ view: String) -> JSONValue {
    switch value.content {
    case .string(let text):
      var value = value
      value.content = .string(
        FilePath(text).text(ofView: view))
      return value
    case .array(let parts):
      var value = value
      value.content = .array(parts.map { named($0, view) })
      return value
    case .object(let members):
      var value = value
      value.content = .object(
        members.map { member in
          var member = member
          member.value = named(member.value, view)
          return member
        })
      return value
    default: return value
    }
  }
}

extension String.UTF8View {
  /// Whether these bytes stand in it somewhere.
  fileprivate func contains(_ other: String.UTF8View) -> Bool {
    let (all, part) = (Array(self), Array(other))
    guard all.count >= part.count else { return false }
    return (0...(all.count - part.count)).contains { all[$0...].starts(with: part) }
  }
}
