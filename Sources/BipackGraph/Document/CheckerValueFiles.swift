import BipackPixels

/// Values in files of their own: `{ "file": "wires/sh010.json" }`.
extension Checker {
  /// What stands in a file: the value alone, or one of those that `bipack values` or a sidecar wrote.
  func file(_ value: JSONValue, _ name: JSONMember?, _ shape: Shape, _ place: Place) -> ParamSource?
  {
    let path = Self.join(place.path, "file")
    guard let text = value.string else {
      report(
        place.file, value.start, path, Messages.wrongType(value), expected: "a file name")
      return nil
    }
    guard let text = interpolated(text, value, place), let file = valueFile(text, value, place)
    else { return nil }
    if place.scope.openFiles.contains(file.name) {
      report(place.file, value.start, path, Messages.fileInItself(file.name))
      return nil
    }
    // What lies elsewhere may be anything: it is not quoted.
    let before = diagnostics.count
    let found = self.value(in: file, name, value, shape, place)
    if found == nil, SourceFile.lies(file.name, in: settings.directory) != true {
      diagnostics.removeSubrange(before...)
      report(place.file, value.start, path, Messages.noFittingValue(file.name, shape.wording))
    }
    return found
  }

  private func value(
    in file: SourceFile, _ name: JSONMember?, _ value: JSONValue, _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    guard let root = parse(file), let found = entry(of: root, in: file, name, value, place) else {
      return nil
    }
    let alone = Scope(
      file: file, prefix: "", location: "", groups: newTable(), variables: VariableTable(),
      instance: nil)
    alone.openFiles = place.scope.openFiles + [file.name]
    roots.append(alone)
    // Errors stand in that file, and are of this parameter.
    return source(found, shape, Place(file: file, scope: alone, path: place.path))
  }

  /// The value that is meant in a file: all of it, or the one with a name.
  func entry(
    of root: JSONValue, in file: SourceFile, _ name: JSONMember?, _ value: JSONValue,
    _ place: Place
  ) -> JSONValue? {
    guard let values = root["values"]?.object else {
      if let name {
        report(place.file, name.start, place.path, Messages.fileWithoutValues(file.name))
        return nil
      }
      return root
    }
    let names = values.map(\.name)
    let wanted: String
    if let name {
      guard let text = name.value.string else {
        report(
          place.file, name.value.start, Self.join(place.path, "value"),
          Messages.wrongType(name.value), expected: Messages.oneOf(names))
        return nil
      }
      wanted = text
    } else if names.count == 1 {
      wanted = names[0]
    } else {
      report(
        place.file, value.start, Self.join(place.path, "file"),
        names.isEmpty ? Messages.noValues(file.name) : Messages.severalValues(file.name, names))
      return nil
    }
    guard let found = values.first(where: { $0.name == wanted }) else {
      report(
        place.file, name?.value.start ?? value.start, place.path,
        Messages.noValueInFile(file.name, wanted, names), suggestion: nearest(wanted, names))
      return nil
    }
    return found.value
  }

  private func valueFile(_ text: String, _ value: JSONValue, _ place: Place) -> SourceFile? {
    let path = PlainPath.join(settings.directory, text)
    func refuse(_ reason: String) -> SourceFile? {
      report(
        place.file, value.start, Self.join(place.path, "file"),
        Messages.cannotReadValues(path, reason))
      return nil
    }
    if let known = valueFiles[path] { return known }
    if let word = PlainPath.shellWord(in: text) { return refuse(Messages.shellWord(word)) }
    guard options.readsGroupFiles else { return refuse(Messages.groupFilesNotAllowed) }
    guard path.hasSuffix(".json") else { return refuse(Messages.valuesFileName) }
    let (bytes, reason) = SourceFile.read(path, limit: limits.bytes, regularOnly: true)
    guard let bytes else { return refuse(reason) }
    let file = SourceFile(name: path, bytes: bytes, directory: PlainPath.folder(of: path))
    valueFiles[path] = file
    return file
  }
}
