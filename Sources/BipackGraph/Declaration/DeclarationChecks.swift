/// Rules a node's author must keep, checked when the type is first looked at and reported by
/// `NodeDeclaration.problems`: a test over the catalogue makes them errors.
struct DeclarationChecks {
  let typeName: String
  private(set) var problems: [String] = []
  private var names: Set<String> = []

  init(typeName: String) { self.typeName = typeName }

  /// Keys of a node object that are not parameters of its type.
  static let reservedNames: Set<String> = [
    "type", "note", "disabled", "mask", "maskChannel", "invertMask", "mix", "cache",
  ]

  mutating func check(
    type: String, abstract: String, category: String, values: [ValuePort]
  ) {
    if !Self.isTypeName(type) {
      problems.append("\(type): a type's name is letters and digits and begins with a capital")
    }
    if !Self.isSentence(abstract) {
      problems.append("\(type): the abstract is a sentence ending with a period")
    }
    if category.isEmpty { problems.append("\(type): the category is empty") }
    var seen: Set<String> = []
    for value in values {
      if !Self.isLowerCamel(value.name) {
        problems.append("\(type).\(value.name): a value's name is lowerCamelCase")
      }
      if !Self.isSentence(value.help) {
        problems.append("\(type).\(value.name): the help is a sentence ending with a period")
      }
      if !seen.insert(value.name).inserted {
        problems.append("\(type).\(value.name): two values have this name")
      }
    }
  }

  mutating func check(_ input: InputDeclaration) {
    check(name: input.name, help: input.help)
    if let list = input.list, list.lowerBound < 0 || list.upperBound > 1024 {
      problems.append("\(typeName).\(input.name): a list has 0 to 1024 entries")
    }
  }

  mutating func check(_ param: ParamDeclaration) {
    check(name: param.name, help: param.help)
    if !param.accepts(param.defaultValue) {
      problems.append("\(typeName).\(param.name): the default does not survive being written")
    }
    let numbers: [Double] =
      switch param.defaultValue {
      case .number(let value): [value]
      case let value: value.numbers ?? []
      }
    for value in numbers where !param.range.contains(value) {
      problems.append(
        "\(typeName).\(param.name): the default \(Wording.number(value)) is outside "
          + Wording.range(param.range))
    }
  }

  mutating func check(
    _ condition: ParamCondition, params: [ParamDeclaration], inputs: [InputDeclaration]
  ) {
    var unknown = condition.params.filter { name in
      !params.contains { $0.name == name } && !inputs.contains { $0.name == name }
    }
    let asked = condition.ground.names
    unknown += asked.params.filter { name in !params.contains { $0.name == name } }
    unknown += asked.inputs.filter { name in !inputs.contains { $0.name == name } }
    for name in unknown {
      problems.append("\(typeName).\(name): named by a condition, but not declared")
    }
  }

  mutating func unwrapped(_ label: String) {
    problems.append(
      "\(typeName).\(label): a stored property of a node is @Param, @Params, @Input or @Inputs")
  }

  private mutating func check(name: String, help: String) {
    if !Self.isLowerCamel(name) {
      problems.append("\(typeName).\(name): a name is lowerCamelCase")
    }
    if Self.reservedNames.contains(name) {
      problems.append("\(typeName).\(name): the name is reserved")
    }
    if !Self.isSentence(help) {
      problems.append("\(typeName).\(name): the help is a sentence ending with a period")
    }
    if !names.insert(name).inserted {
      problems.append("\(typeName).\(name): declared twice")
    }
  }

  static func isLowerCamel(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLower(first) else { return false }
    return name.utf8.allSatisfy { isLower($0) || isUpper($0) || isDigit($0) }
  }

  static func isTypeName(_ name: String) -> Bool {
    guard let first = name.utf8.first, isUpper(first) else { return false }
    return name.utf8.allSatisfy { isLower($0) || isUpper($0) || isDigit($0) }
  }

  static func isSentence(_ text: String) -> Bool { text.utf8.last == UInt8(ascii: ".") }

  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
  private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
