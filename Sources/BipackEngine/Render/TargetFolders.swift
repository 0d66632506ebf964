import BipackGraph

/// Folders that a render writes to, each tried once, before the first frame that goes there is computed.
struct TargetFolders {
  private var tried: [String: NodeError] = [:]
  private var good: Set<String> = []

  /// Throws if the folder of a sink's file cannot be had or takes no files.
  mutating func attempt(_ sink: any SinkNode, _ path: String, _ context: NodeContext)
    throws(NodeError)
  {
    let folder = PlainPath.folder(of: path)
    if good.contains(folder) { return }
    if let known = tried[folder] { throw known }
    do throws(NodeError) {
      try sink.tryTarget(context)
      good.insert(folder)
    } catch {
      tried[folder] = error
      throw error
    }
  }
}
