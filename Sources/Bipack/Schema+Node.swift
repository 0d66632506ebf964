extension Schema {
  /// The schema of one node type: what may stand at `nodes.NAME`, with the definitions it needs.
  package static func document(of declaration: NodeDeclaration) -> String {
    let whole = documentValue(Registry([declaration.type]))
    let all = whole["$defs"]?.object ?? []
    var wanted = ["node." + declaration.typeName]
    var next = 0
    while next < wanted.count {
      if let member = all.first(where: { $0.name == wanted[next] }) {
        for name in references(in: member.value) where !wanted.contains(name) {
          wanted.append(name)
        }
      }
      next += 1
    }
    var members: [JSONMember] = []
    if let dialect = whole["$schema"] { members.append(JSONMember("$schema", dialect)) }
    members.append(JSONMember("title", JSONValue(.string("Bipack node " + declaration.typeName))))
    members.append(JSONMember("$ref", JSONValue(.string("#/$defs/" + wanted[0]))))
    members.append(
      JSONMember("$defs", JSONValue(.object(all.filter { wanted.contains($0.name) }))))
    return JSONFormatter.write(JSONValue(.object(members)))
  }

  /// The definitions a part of a schema refers to.
  private static func references(in value: JSONValue) -> [String] {
    switch value.content {
    case .array(let values): return values.flatMap(references)
    case .object(let members):
      return members.flatMap { member -> [String] in
        if member.name == "$ref", let target = member.value.string, target.hasPrefix("#/$defs/") {
          return [String(target.dropFirst(8))]
        }
        return references(in: member.value)
      }
    default: return []
    }
  }
}
