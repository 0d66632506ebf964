import BipackGraph

/// Where a proxy render writes: never over the full size.
enum ProxyPlace {
  /// `path` with `${proxy}` replaced by the factor; without it, a proxy goes to a folder `proxy2` beside.
  static func path(_ path: String, proxy: Double) -> String {
    let number = Wording.number(proxy)
    let named = path.replacing("${proxy}", with: number)
    if proxy == 1 || named != path { return named }
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    return path.dropLast(name.count) + "proxy\(number)/" + name
  }
}
