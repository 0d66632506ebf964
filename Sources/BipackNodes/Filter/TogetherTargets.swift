import BipackGraph
import BipackPixels

/// Where channels go that a kernel can only make together: those that are asked for to their places, the
/// others to memory that is given up with this.
final class TogetherTargets {
  let views: [PlaneView]
  private let memory: [Scratch]

  init(_ channels: [Channel], _ task: borrowing TileTask) {
    var (views, memory): ([PlaneView], [Scratch]) = ([], [])
    for channel in channels {
      if let index = task.channels.firstIndex(of: channel) {
        views.append(task.target(index))
      } else {
        let scratch = task.pool.scratch(count: task.rect.area)
        memory.append(scratch)
        views.append(PlaneView(task.rect, of: scratch))
      }
    }
    (self.views, self.memory) = (views, memory)
  }
}
