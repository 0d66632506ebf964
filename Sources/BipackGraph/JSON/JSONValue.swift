/// A JSON value and where it stands: bytes `start..<end` of its text.
package struct JSONValue: Sendable {
  package enum Content: Sendable {
    case null
    case bool(Bool)
    /// A number and how it was written.
    case number(Double, String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
  }

  package var content: Content
  package var start: Int
  package var end: Int

  package init(_ content: Content, start: Int = 0, end: Int = 0) {
    self.content = content
    self.start = start
    self.end = end
  }

  /// `null`, `true or false`, `a number` ... for messages.
  package var kindName: String {
    switch content {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(_, let text): text.utf8.count > 40 ? text.prefix(37) + "..." : text
    case .string(let text): "\"\(text.count > 40 ? text.prefix(37) + "..." : text)\""
    case .array(let values): values.isEmpty ? "an empty array" : "an array"
    case .object: "an object"
    }
  }

  package var string: String? {
    if case .string(let text) = content { return text }
    return nil
  }

  package var number: Double? {
    if case .number(let value, _) = content { return value }
    return nil
  }

  package var array: [JSONValue]? {
    if case .array(let values) = content { return values }
    return nil
  }

  package var object: [JSONMember]? {
    if case .object(let members) = content { return members }
    return nil
  }

  /// The member of that name, if this is an object that has it.
  package subscript(name: String) -> JSONValue? {
    object?.first { $0.name == name }?.value
  }
}

/// A key of an object and its value.
package struct JSONMember: Sendable {
  package var name: String
  /// Where the key stands.
  package var start: Int
  package var value: JSONValue

  package init(_ name: String, start: Int = 0, _ value: JSONValue) {
    self.name = name
    self.start = start
    self.value = value
  }
}

/// A file's text with its lines, to turn offsets into lines and columns.
package struct SourceText: Sendable {
  package let file: String
  package let bytes: [UInt8]
  private let lines: [Int]
  /// How many Unicode scalars begin before each 256th byte: a document may be one long line.
  private let scalars: [Int]

  package init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    var lines = [0]
    var scalars: [Int] = []
    var count = 0
    for (i, byte) in bytes.enumerated() {
      if i & 0xff == 0 { scalars.append(count) }
      if byte == 0x0a { lines.append(i + 1) }
      if byte & 0xc0 != 0x80 { count += 1 }
    }
    scalars.append(count)
    self.lines = lines
    self.scalars = scalars
  }

  /// Line and column of a byte, from 1; columns count Unicode scalars.
  package func position(_ offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(0, offset), bytes.count)
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, scalarCount(before: offset) - scalarCount(before: lines[low]) + 1)
  }

  private func scalarCount(before offset: Int) -> Int {
    let mark = offset >> 8
    if offset & 0xff == 0, offset == bytes.count { return scalars[scalars.count - 1] }
    var count = scalars[mark]
    for i in (mark << 8)..<offset where bytes[i] & 0xc0 != 0x80 { count += 1 }
    return count
  }
}
