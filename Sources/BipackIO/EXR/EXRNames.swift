import BipackPixels

/// How the channels of an EXR's parts are called in the merged picture.
///
/// Three habits exist, and one rule serves them (it gives what Gaffer's default gives, and Nuke's
/// layers):
/// - The OpenEXR standard: names are complete (`character.R`); the part's name means nothing.
/// - Nuke: the part's name is the layer and the channels are bare (`red` in part `character.main`).
/// - Most renderers: both.
///
/// So: a channel that already has a layer keeps it. A bare channel takes its part's name as layer,
/// unless that name is one of the usual names of the main picture (`rgba`, `rgb`, `main`, `depth`,
/// `alpha` ...), is only the view's name, or the file has a single part. View names at either end of
/// a part's name are dropped. `red`, `green`, `blue` and `alpha` become `R`, `G`, `B`, `A`, unless the part has
/// those too: then both stay as they are.
///
/// Views follow the standard's multi-view names: with more than one view, the first part's view is
/// the hero; its bare channels have no prefix, those of other views have (`left.R`), and layered
/// channels carry the view before the last dot for every view (`forward.left.u`). A file whose only
/// view is Nuke's `main` has no views.
package enum EXRNames {
  package struct Part {
    var name: String?
    var view: String?
    var channels: [String]
  }

  /// Names of the main picture's part.
  private static let root: Set<String> = [
    "", "rgb", "rgba", "main", "default", "color", "colour", "beauty", "alpha", "depth", "z",
    "image",
  ]

  /// The merged names, part by part.
  package static func merged(_ parts: [Part]) -> [[String]] {
    let views = parts.compactMap(\.view)
    let hero = parts.first?.view
    let isMultiView = Set(views).count > 1
    return parts.map { part in
      let stored = Set(part.channels)
      return part.channels.map { channel in
        let short = ordinary(channel)
        let name = prefixed(
          stored.contains(short) ? channel : short, part, single: parts.count == 1)
        guard isMultiView, let view = part.view else { return name }
        return with(view: view, isHero: view == hero, name)
      }
    }
  }

  /// `red` -> `R`, also in a layer.
  static func ordinary(_ name: String) -> String {
    let channel = Channel(name)
    switch channel.component {
    case "red": return Channel(layer: channel.layer, component: "R").name
    case "green": return Channel(layer: channel.layer, component: "G").name
    case "blue": return Channel(layer: channel.layer, component: "B").name
    case "alpha": return Channel(layer: channel.layer, component: "A").name
    default: return name
    }
  }

  private static func prefixed(_ channel: String, _ part: Part, single: Bool) -> String {
    if single || channel.utf8.contains(UInt8(ascii: ".")) { return channel }
    let layer = baseName(part)
    return root.contains(layer.lowercased()) ? channel : layer + "." + channel
  }

  /// The part's name without its view.
  private static func baseName(_ part: Part) -> String {
    guard let name = part.name else { return "" }
    var views = ["main"]
    if let view = part.view { views.insert(view, at: 0) }
    for view in views where !view.isEmpty {
      if name == view { return "" }
      for separator in [".", "_"] {
        if name.hasSuffix(separator + view) {
          return String(name.dropLast(view.count + separator.count))
        }
        if name.hasPrefix(view + separator) {
          return String(name.dropFirst(view.count + separator.count))
        }
      }
    }
    return name
  }

  /// The view a channel of a merged picture belongs to, and what it is called without it. Nil when
  /// there are no views.
  package static func view(of channel: Channel, _ views: [String]) -> (String?, Channel) {
    guard let hero = views.first else { return (nil, channel) }
    if views.contains(channel.layer) {
      return (channel.layer, Channel(channel.component))
    }
    for view in views where channel.layer.utf8.count > view.utf8.count + 1 {
      if channel.layer.hasSuffix("." + view) {
        let layer = String(channel.layer.dropLast(view.count + 1))
        return (view, Channel(layer: layer, component: channel.component))
      }
    }
    return (hero, channel)
  }

  /// What a channel of a view is called in a merged picture.
  package static func merged(_ channel: Channel, view: String, isHero: Bool) -> Channel {
    Channel(with(view: view, isHero: isHero, channel.name))
  }

  private static func with(view: String, isHero: Bool, _ name: String) -> String {
    let channel = Channel(name)
    if channel.layer.isEmpty { return isHero ? name : view + "." + name }
    return channel.layer + "." + view + "." + channel.component
  }
}
