import BipackGraph

extension ColorValue {
  /// The three colours, without alpha.
  var rgb: [Double] { [r, g, b] }
}
