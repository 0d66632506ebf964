import BipackPixels

/// A value made of named parts, declared like the parameters of a node: a stroke, a point of a path, a
/// styled run of text.
///
///     public struct Dab: ValueRecord {
///       public static let required = ["position"]
///       @Param(unit: .pixels, "Where it is.") public var position = Vec2(0, 0)
///       @Param(0...1, "How much it covers.") public var opacity = 1.0
///       public init() {}
///     }
///
/// It takes in groups of parameters (`@Params`) as nodes do.
///
/// A parameter may be one record or a list of them: `@Param("The dabs.") var dabs: [Dab] = []`. In the
/// document a record is an object; each part of it may be key frames, an expression or a link, with the
/// same messages as any parameter's.
public protocol ValueRecord: Value, Decodable {
  init()
  /// What documents and messages call one of them: `point`, `stroke`. By default the type's own name.
  static var recordName: String { get }
  /// Parts that must be written.
  static var required: [String] { get }
  /// The part that a value which is no object stands for: `[10, 20]` for `{ "position": [10, 20] }`.
  static var shorthand: String? { get }
}

extension ValueRecord {
  public static var recordName: String {
    let name = String(describing: Self.self)
    return name.prefix(1).lowercased() + name.dropFirst()
  }
  public static var required: [String] { [] }
  public static var shorthand: String? { nil }

  public static var kind: ValueKind { ValueKind(RecordType(declaration: .of(Self.self))) }
  public init?(_ data: ValueData) {
    guard let record = RecordDeclaration.of(Self.self).make(data) as? Self else { return nil }
    self = record
  }
  public var data: ValueData { RecordDeclaration.of(Self.self).data(of: self) }
  public static func == (a: Self, b: Self) -> Bool { a.data == b.data }
}

extension Array: Value where Element: ValueRecord {
  public static var kind: ValueKind { ValueKind(RecordsType(declaration: .of(Element.self))) }
  public init?(_ data: ValueData) {
    guard case .array(let parts) = data else { return nil }
    self = parts.compactMap(Element.init)
    if count != parts.count { return nil }
  }
  public var data: ValueData { .array(map(\.data)) }
}

/// What a record type says about itself, read once from its property wrappers.
package final class RecordDeclaration: Sendable {
  package let name: String
  package let fields: [ParamDeclaration]
  package let required: [String]
  package let shorthand: String?
  private let type: any ValueRecord.Type
  private let layout: DeclaredLayout
  private let index: [String: Int]

  static func of(_ type: any ValueRecord.Type) -> RecordDeclaration {
    let key = ObjectIdentifier(type)
    if let known = cache.withLock({ $0[key] }) { return known }
    let made = RecordDeclaration(type)
    return cache.withLock { table in
      if let known = table[key] { return known }
      table[key] = made
      return made
    }
  }

  private static let cache = Locked<[ObjectIdentifier: RecordDeclaration]>([:])

  private init(_ type: any ValueRecord.Type) {
    self.type = type
    name = type.recordName
    required = type.required
    shorthand = type.shorthand
    let record = type.init()
    let declared = NodeDeclaration.params(of: record)
    fields = declared.map { ParamDeclaration(name: $0.name, $0.param) }
    layout = DeclaredLayout(reading: record)
    index = Dictionary(
      declared.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package func field(_ name: String) -> ParamDeclaration? { index[name].map { fields[$0] } }

  /// Whether all fields are there as they were declared: most records are in their full form.
  func isInOrder(_ members: [ValueMember]) -> Bool {
    members.count == fields.count && zip(members, fields).allSatisfy { $0.name == $1.name }
  }

  func make(_ data: ValueData) -> (any ValueRecord)? {
    guard case .object(let members) = data else { return nil }
    var values = [ValueData?](repeating: nil, count: fields.count)
    if isInOrder(members) {
      for (place, member) in members.enumerated() { values[place] = member.value }
    } else {
      for member in members {
        guard let place = index[member.name] else { return nil }
        values[place] = member.value
      }
    }
    var next = 0
    let filled = layout.filled { property in
      guard case .param(let param) = property else { return nil }
      defer { next += 1 }
      return values[next].map { param.holding($0) } ?? param
    }
    guard let filled else { return nil }
    return try? type.init(from: NodeDecoder(wrappers: filled, index: layout.index))
  }

  func data(of record: any ValueRecord) -> ValueData {
    .object(NodeDeclaration.params(of: record).map { ValueMember($0.name, $0.param.data) })
  }
}

extension RecordDeclaration: Hashable {
  package static func == (a: RecordDeclaration, b: RecordDeclaration) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// One record.
package struct RecordType: ValueType {
  package let declaration: RecordDeclaration

  package var name: String { declaration.name }
  package let animation = ValueAnimation.structured

  package func shape(_ bounds: String) -> String {
    let parts = declaration.fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
    return "\(Wording.article(name)) { \(parts) }"
  }

  package func schema(_ number: JSONValue) -> [JSONValue] {
    var object: JSONValue = [
      "type": "object",
      "properties": JSONValue(
        members: [("note", JSONValue(def: "note"))]
          + declaration.fields.map { ($0.name, Schema.param($0)) }),
    ]
    if !declaration.required.isEmpty {
      object.append("required", JSONValue(words: declaration.required))
    }
    object.append("additionalProperties", false)
    guard let short = declaration.shorthand.flatMap(declaration.field) else { return [object] }
    return short.kind.type.schema(["type": "number"]) + [object]
  }

  /// What is wrong with a part the checker says, where it stands.
  package func fitted(_ data: ValueData) -> ValueData? {
    guard case .object(let members)? = full(data) else { return nil }
    let isInOrder = declaration.isInOrder(members)
    guard isInOrder || members.allSatisfy({ declaration.field($0.name) != nil }),
      declaration.required.allSatisfy({ name in members.contains { $0.name == name } })
    else { return nil }
    var parts: [ValueMember] = []
    parts.reserveCapacity(declaration.fields.count)
    for (place, field) in declaration.fields.enumerated() {
      guard let given = isInOrder ? members[place] : members.first(where: { $0.name == field.name })
      else {
        parts.append(ValueMember(field.name, field.defaultValue))
        continue
      }
      // A default may be what no document can say.
      if given.value == field.defaultValue {
        parts.append(given)
        continue
      }
      guard let fitted = field.kind.fitted(given.value, field.range, field.accepts) else {
        return nil
      }
      parts.append(ValueMember(field.name, fitted))
    }
    return .object(parts)
  }

  /// Its parts by name, also where it was written in short.
  private func full(_ data: ValueData) -> ValueData? {
    if data.isObject { return data }
    return declaration.shorthand.map { .object([ValueMember($0, data)]) }
  }

  /// Each part as its own unit says.
  package func scaled(_ data: ValueData, by factor: Double) -> ValueData {
    guard case .object(let members) = data else { return data }
    return .object(
      members.map { member in
        guard let field = declaration.field(member.name) else { return member }
        return ValueMember(field.name, field.scaled(member.value, by: factor))
      })
  }

  package func filled(with number: Double) -> ValueData? {
    .object(
      declaration.fields.map { field in
        ValueMember(
          field.name,
          field.kind.type.filled(with: field.range.nearest(number)) ?? field.defaultValue)
      })
  }

  /// Without what is as it would be anyway.
  package func written(_ data: ValueData) -> JSONValue {
    guard case .object(let members) = data else { return JSONValue(data: data) }
    return JSONValue(
      members: members.compactMap { member in
        guard let field = declaration.field(member.name),
          member.value != field.defaultValue || declaration.required.contains(member.name)
        else { return nil }
        return (member.name, field.kind.type.written(member.value))
      })
  }

  package let holdsObjects = true

  package func isLiteral(keys: [String]) -> Bool {
    !keys.contains(where: Messages.paramFormNames.contains)
  }
}

/// Any count of records.
package struct RecordsType: ValueType {
  package let declaration: RecordDeclaration
  package var element: RecordType { RecordType(declaration: declaration) }

  package var name: String { declaration.name + "s" }
  package var title: String { "list of " + name }
  package let holdsObjects = true
  package let animation = ValueAnimation.structured

  package func shape(_ bounds: String) -> String { "an array, each \(element.shape(""))" }

  package func schema(_ number: JSONValue) -> [JSONValue] {
    [["type": "array", "items": ["anyOf": JSONValue(element.schema(number))]]]
  }

  package func fitted(_ data: ValueData) -> ValueData? {
    guard case .array(let parts) = data else { return nil }
    let fitted = parts.compactMap(element.fitted)
    return fitted.count == parts.count ? .array(fitted) : nil
  }

  package func scaled(_ data: ValueData, by factor: Double) -> ValueData {
    guard case .array(let parts) = data else { return data }
    return .array(parts.map { element.scaled($0, by: factor) })
  }

  package func filled(with number: Double) -> ValueData? {
    element.filled(with: number).map { .array([$0]) }
  }

  package func written(_ data: ValueData) -> JSONValue {
    guard case .array(let parts) = data else { return JSONValue(data: data) }
    return JSONValue(parts.map(element.written))
  }
}

extension ValueData {
  package var isObject: Bool { if case .object = self { true } else { false } }
}
