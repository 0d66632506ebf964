import BipackPixels
import CVector

/// Brightness at all sizes.
package struct FlowPicture: Sendable {
  let planes: [PaddedPlane]

  /// `light`: what `FlowLight` made of a picture, at the finest size. Beyond its data window its border goes on.
  package init(
    _ light: Image, _ channel: Channel, _ sizes: FlowSizes, pool: BlockPool, loops: Loops
  ) {
    planes = sizes.windows.map {
      PaddedPlane(width: $0.width, height: $0.height, room: Int(BP_FLOW_ROOM), pool: pool)
    }
    let (window, plane) = (sizes.windows[0], planes[0])
    loops.rows(plane.height, width: plane.width) { y in
      let row = Rect(x: window.x0, y: window.y0 + y, width: window.width, height: 1)
      light.gather(channel, edge: .clamp, into: plane.view(window).part(row))
      plane.extendRow(y)
    }
    plane.extendUpAndDown()
    for index in planes.indices.dropFirst() {
      Self.halve(planes[index - 1], sizes.windows[index - 1], planes[index], loops)
    }
  }

  package static func floats(_ sizes: FlowSizes) -> Int {
    sizes.windows.reduce(0) {
      $0 + PaddedPlane.floats($1.width, $1.height, room: Int(BP_FLOW_ROOM))
    }
  }

  private static func halve(
    _ fine: PaddedPlane, _ window: Rect, _ coarse: PaddedPlane, _ loops: Loops
  ) {
    let (left, up) = (window.x0 & 1, window.y0 & 1)
    loops.rows(coarse.height, width: coarse.width) { y in
      bp_flow_halve(coarse.row(y), fine.row(2 * y - up) - left, fine.stride, coarse.width)
      coarse.extendRow(y)
    }
    coarse.extendUpAndDown()
  }
}
