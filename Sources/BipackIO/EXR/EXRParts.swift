import BipackPixels

/// How a picture is divided into the parts of an EXR.
extension WriteOptions {
  public enum Split: Sendable {
    /// A part for each view, with all its layers.
    case views
    /// A part for each layer of each view.
    case layers
  }

  /// The parts of a picture with these channels.
  ///
  /// Of a picture with several views, channels are named as the OpenEXR standard names them in one
  /// part (`R`, `right.R`, `motion.right.u`, the main view first); in a part they have no view in
  /// their name, since the part says it. The part of channels without a layer is called `rgba`, others
  /// as their layer, with the view behind it: `motion.right`. A part for a whole view is called as the
  /// view.
  public static func split(_ channels: [Channel], _ split: Split, views: [String] = []) -> [Part] {
    var parts: [Part] = []
    var places: [String: Int] = [:]
    for channel in channels {
      let (view, plain) = EXRNames.view(of: channel, views)
      let layer = plain.layer.isEmpty ? "rgba" : plain.layer
      let name =
        switch (split, view) {
        case (.views, let view?): view
        case (.views, nil): "rgba"
        case (.layers, let view?): layer + "." + view
        case (.layers, nil): layer
        }
      let place = places[name] ?? parts.count
      if place == parts.count {
        places[name] = place
        parts.append(Part(name: name, view: view, channels: []))
      }
      parts[place].channels.append(Stored(channel, as: plain.name))
    }
    // A reader takes the first part's view for the main one.
    return parts.filter { $0.view == views.first } + parts.filter { $0.view != views.first }
  }

  func checkParts(_ path: String) throws(ImageFileError) {
    var seen: Set<String> = []
    for part in parts {
      let name = part.name.utf8
      guard !name.isEmpty, name.count <= 255, !name.contains(0) else {
        throw .cannotWrite(
          path, "part name '\(part.name)' cannot be stored", expected: "1 to 255 bytes")
      }
      guard seen.insert(part.name).inserted else {
        throw .cannotWrite(path, "two parts are called '\(part.name)'")
      }
    }
  }
}
