extension ImageSpec {
  /// Where the matte of a picture is: in its alpha, else in its red, else in its only channel. Nil
  /// where none of these can be told.
  public var matteChannel: Channel? {
    if has(.alpha) { return .alpha }
    if has(.red) { return .red }
    return channels.count == 1 ? channels[0] : nil
  }
}
