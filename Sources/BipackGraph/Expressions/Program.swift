/// An expression compiled to a flat list of stack operations: no jumps, no loops, so its cost is its
/// length.
package struct Program: Sendable {
  package enum Op: Sendable {
    case constant(Double)
    case frame
    case seconds
    case param(ParamRef)
    /// The parameter at the frame on top of the stack.
    case paramAtFrame(ParamRef)
    case link(DataLink, component: Int?)
    /// The value of a data node at the frame on top of the stack.
    case linkAtFrame(DataLink, component: Int?)
    case call(Function, Int)
  }

  package let ops: [Op]
  /// As written, for messages.
  package let text: String
  /// The most values the stack holds.
  package let depth: Int

  /// Operations one parameter of one node may take at one frame, references included.
  package static let stepLimit = 100_000

  package init(ops: [Op], text: String) {
    self.ops = ops
    self.text = text
    var (now, most) = (0, 0)
    for op in ops {
      switch op {
      case .constant, .frame, .seconds, .param, .link: now += 1
      case .paramAtFrame, .linkAtFrame: break
      case .call(_, let count): now += 1 - count
      }
      most = max(most, now)
    }
    depth = most
  }

  /// The value when nothing in it varies.
  package var constant: Double? {
    var stack: [Double] = []
    for op in ops {
      switch op {
      case .constant(let value): stack.append(value)
      case .call(let function, let count):
        let value = function.apply(stack[(stack.count - count)...])
        stack.removeLast(count)
        stack.append(value)
      default: return nil
      }
    }
    return stack.last
  }

  /// The parameters it refers to.
  package var references: [ParamRef] {
    ops.compactMap { op in
      switch op {
      case .param(let ref), .paramAtFrame(let ref): ref
      default: nil
      }
    }
  }

  package var links: [DataLink] {
    ops.compactMap { op in
      switch op {
      case .link(let link, _), .linkAtFrame(let link, _): link
      default: nil
      }
    }
  }
}

/// A parameter an expression refers to.
package struct ParamRef: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    /// Parameter `index` of node `node`.
    case param(node: Int, index: Int)
    /// An exposed parameter of the group around.
    case shared(Int)
  }
  package var target: Target
  /// Which number of a vector.
  package var component: Int?

  package init(_ target: Target, component: Int? = nil) {
    self.target = target
    self.component = component
  }
}

/// What a name in an expression means.
package enum Symbol: Sendable {
  case constant(Double)
  case frame
  case seconds
  case param(ParamRef)
  case link(DataLink, component: Int?)
}

/// Why an expression does not compile, and where (in bytes from its start).
package struct ExpressionError: Error, Hashable, Sendable {
  package var offset: Int
  package var message: String
  package var suggestion: String?
  /// The column of the table whose cell is to blame.
  package var column: String?

  package init(
    _ offset: Int, _ message: String, suggestion: String? = nil, column: String? = nil
  ) {
    self.offset = offset
    self.message = message
    self.suggestion = suggestion
    self.column = column
  }
}
