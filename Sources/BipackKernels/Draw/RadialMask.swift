import BipackPixels

/// An ellipse filled with 1, falling off towards its edge.
package struct RadialMask: PointKernel {
  private let centerX: Float
  private let centerY: Float
  private let scaleX: Float
  private let scaleY: Float
  private let sharpness: Float
  private let plinear: Bool
  /// The pixel's size in units of the radius, for the antialiased edge of a hard ellipse.
  private let edge: Float

  /// - Parameters:
  ///   - rect: left, top, right and bottom in pixels.
  ///   - softness: 0 is a hard edge, 1 falls off from the centre on.
  package init(
    rect: (left: Double, top: Double, right: Double, bottom: Double), softness: Double,
    plinear: Bool
  ) {
    let (width, height) = (rect.right - rect.left, rect.bottom - rect.top)
    centerX = Float((rect.left + rect.right) / 2 - 0.5)
    centerY = Float((rect.top + rect.bottom) / 2 - 0.5)
    let isEmpty = width == 0 || height == 0
    scaleX = isEmpty ? .infinity : Float(2 / width.magnitude)
    scaleY = isEmpty ? .infinity : Float(2 / height.magnitude)
    let pixel = isEmpty ? 1 : 2 / min(width.magnitude, height.magnitude)
    edge = Float(pixel)
    // Softer than a pixel in any case: that is the antialiasing.
    sharpness = Float(1 / max(softness, pixel))
    self.plinear = plinear
  }

  package var readsPosition: Bool { true }

  package func apply(_ strip: borrowing Strip) {
    var out = strip.output(0)
    let width = strip.width
    // A falloff of one pixel is centred on the edge, a wider one lies inside it.
    let reach = 1 + (sharpness * edge >= 1 ? edge / 2 : 0)
    let sharpness = sharpness
    for row in 0..<strip.rows {
      let dy = (Float(strip.y + row) - centerY) * scaleY
      let square = dy * dy
      let left = Float(strip.x)
      let first = row * width
      for i in first..<(first + width) {
        let x = left + Float(Int32(truncatingIfNeeded: i &- first))
        let dx = (x - centerX) * scaleX
        let t = (reach - (dx * dx + square).squareRoot()) * sharpness
        let raised = t > 0 ? t : 0
        let s = raised > 1 ? 1 : raised
        // Two parabolas that meet at a half.
        let rest = 1 - s
        out[i] = s < 0.5 ? 2 * s * s : 1 - 2 * rest * rest
      }
    }
    if plinear {
      for i in 0..<strip.count {
        let t = out[i]
        out[i] = t * t * t
      }
    }
  }
}
