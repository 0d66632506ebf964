import BipackPixels

/// Colours in which noise is even: a curve that makes it as strong in light as in dark, then three directions at right
/// angles, of which the first is brightness.
package enum NoiseSpace {
  private static let (third, half, sixth) = (
    0.577_350_269_189_625_8, 0.707_106_781_186_547_5, 0.408_248_290_463_863
  )

  /// What each plane is of red, green and blue.
  static let rows = [
    [third, third, third], [half, 0, -half], [sixth, -2 * sixth, sixth],
  ]

  /// From red, green and blue.
  package static let into = ColorMatrixKernel(ColorMatrix3(rows.flatMap { $0 }))

  /// And back.
  package static let back = ColorMatrixKernel(
    ColorMatrix3([third, half, sixth, third, 0, -2 * sixth, third, -half, sixth]))

  /// For noise that grows with the root of the light, as a sensor's: a root, with a straight foot for the dark.
  package static let light = TransferCurve(
    name: "root", shape: .toe(.smooth(gamma: 2, offset: 0.05)))
}
