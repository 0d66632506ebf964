import BipackGraph
import BipackPixels

/// Bipack's version. Part of every content hash: a release may change any pixel.
package let programVersion = "0.1.0"

extension FrameGraph {
  /// Gives each node the name its pixels have in other processes, on other machines, at other times:
  /// as `hash`, but files are known by what is in them, not by where they lie and when they were
  /// written. Pixels given by the embedding program have no such name, nor has what is made of them.
  /// A sink's names its file's bytes.
  ///
  /// This reads every source file once (later only when it has changed), so it is done only when
  /// somebody asks.
  ///
  /// A disk cache remembers what was in files that have not changed since.
  mutating func identify(_ disk: DiskCache? = nil) {
    for id in nodes.indices where nodes[id].contentHash == nil && !nodes[id].isNameless {
      if case .source(let source) = nodes[id].operator.role { identify(source, id, disk) }
      self[id].contentHash = contentHash(of: nodes[id])
    }
  }

  private mutating func identify(_ source: any SourceOperator, _ id: Int, _ disk: DiskCache?) {
    let context = nodes[id].context
    let stamp = nodes[id].stamp
    if let stamp, let known = disk?.fingerprint(stamp) {
      if (try? source.stamp(context)) == stamp { self[id].fingerprint = known }
      return
    }
    // The file must still be the one that was planned with, or pixels and name may not match.
    guard let fingerprint = try? source.fingerprint(context),
      let after = try? source.stamp(context), after == stamp
    else { return }
    self[id].fingerprint = fingerprint
    if let mark = (try? source.mark(context)) ?? nil, mark.isSettled {
      disk?.store(fingerprint: fingerprint, of: after)
    }
  }

  /// The name of a node's pixels as far as a look at the folders tells: files are known by name, size and time
  /// of change. Nil where a source is no file.
  func mark(of goal: Int) -> StableHash? {
    var marks: [StableHash?] = []
    for node in nodes[...goal] {
      marks.append(mark(of: node) { marks[$0] })
    }
    return marks.last ?? nil
  }

  private func mark(of node: GraphNode, _ input: (Int) -> StableHash?) -> StableHash? {
    var hasher = StableHasher()
    hasher.combine("mark")
    hasher.combine(node.own)
    if case .source(let source) = node.operator.role {
      guard let mark = (try? source.mark(node.context)) ?? nil else { return nil }
      hasher.combine(mark.name)
      hasher.combine(mark.bytes)
      hasher.combine(mark.modified)
    }
    return named(node.inputs, input, &hasher) ? hasher.finalize() : nil
  }

  /// Feeds the names of inputs; false where one has none.
  private func named(
    _ inputs: [Int?], _ name: (Int) -> StableHash?, _ hasher: inout StableHasher
  ) -> Bool {
    hasher.combine(inputs.count)
    for input in inputs {
      hasher.combine(input != nil)
      guard let input else { continue }
      guard let hash = name(input) else { return false }
      hasher.combine(hash)
    }
    return true
  }

  private func contentHash(of node: GraphNode) -> StableHash? {
    if node.operator is GivenImage { return nil }
    var hasher = StableHasher()
    hasher.combine("pixels")
    hasher.combine(programVersion)
    if case .sink(let sink) = node.operator.role {
      hasher.combine(ownHash(sink.placeless, node.context, node.spec))
      node.context.main.metadata.hash(into: &hasher)
    } else {
      hasher.combine(node.own)
    }
    if case .source = node.operator.role {
      guard let fingerprint = node.fingerprint else { return nil }
      hasher.combine(fingerprint)
    }
    return named(node.inputs, { nodes[$0].contentHash }, &hasher) ? hasher.finalize() : nil
  }
}

extension Metadata {
  /// What goes into a file beside the pixels, but for what an input says of its own making.
  fileprivate func hash(into hasher: inout StableHasher) {
    for key in keys where !key.hasPrefix("bipack:") {
      guard let value = self[key] else { continue }
      hasher.combine(key)
      switch value {
      case .string(let text): hasher.combine(text)
      case .int(let number): hasher.combine(number)
      case .float(let number): hasher.combine(number)
      case .ints(let numbers): for number in numbers { hasher.combine(number) }
      case .floats(let numbers): for number in numbers { hasher.combine(number) }
      case .strings(let texts): for text in texts { hasher.combine(text) }
      case .timeCode(let time, let user):
        hasher.combine(word: UInt64(time) << 32 | UInt64(user))
      case .rational(let over, let under):
        hasher.combine(over)
        hasher.combine(under)
      case .opaque(let type, let bytes):
        hasher.combine(type)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
      }
    }
  }
}
