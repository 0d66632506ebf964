import BipackPixels

/// The JSON Schema (2020-12) of documents, made from the declarations: editors complete and check
/// with it. What a schema cannot say (references that exist, cycles, expressions) the checker does.
public enum Schema {
  /// The schema of documents that use the types of `registry`.
  public static func document(_ registry: Registry) -> String {
    JSONFormatter.write(documentValue(registry))
  }

  /// A node type as JSON: inputs, parameters, values.
  public static func description(_ declaration: NodeDeclaration) -> String {
    JSONFormatter.write(descriptionValue(declaration))
  }

  // MARK: The document

  package static func documentValue(_ registry: Registry) -> JSONValue {
    var defs: [(String, JSONValue)] = common
    defs.append(("type", type(registry)))
    defs.append(("node", node(registry, type: ref("type"))))
    let groupName: JSONValue = [
      "description": "A group of this file.", "type": "string",
      "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
    ]
    defs.append(("nodeOrGroup", node(registry, type: ["anyOf": [ref("type"), groupName]])))
    for declaration in registry.declarations {
      defs.append(("node." + declaration.typeName, node(declaration)))
    }
    defs.append(("document", document))
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Bipack document",
      "description": "A comp, or a group in a file of its own.",
      "type": "object",
      "if": ["anyOf": [["required": ["output"]], ["required": ["outputs"]]]],
      "then": ref("groupFile"),
      "else": ref("document"),
      "$defs": JSONValue(members: defs),
    ]
  }

  private static var document: JSONValue {
    [
      "type": "object",
      "required": ["bipack", "nodes"],
      "properties": [
        "$schema": ref("dialect"),
        "bipack": ["const": 1, "description": "Version of the format."],
        "note": ref("note"),
        "format": ref("format"),
        "frames": [
          "description": "First and last frame.", "type": "array", "items": ["type": "integer"],
          "minItems": 2, "maxItems": 2,
        ],
        "views": [
          "description": "The names of views, the main one first.", "type": "array",
          "items": ref("name"), "minItems": 1, "maxItems": 64, "uniqueItems": true,
        ],
        "variables": ref("variables"),
        "table": ref("table"),
        "ocio": ["type": "string", "description": "OpenColorIO configuration file."],
        "workingSpace": ["type": "string", "description": "Colour space pixels are in."],
        "groups": groups,
        "nodes": ["description": "The graph: nodes by name."],
      ],
      "allOf": [nodesByGroups],
      "additionalProperties": false,
    ]
  }

  /// Types are those of the registry, except where the file has groups, whose names are types too.
  private static var nodesByGroups: JSONValue {
    [
      "if": ["required": ["groups"]],
      "then": ["properties": ["nodes": ref("nodesOrGroups")]],
      "else": ["properties": ["nodes": ref("nodes")]],
    ]
  }

  private static var groups: JSONValue {
    [
      "type": "object", "properties": ["note": ref("note")],
      "propertyNames": ref("name"), "additionalProperties": ref("group"),
    ]
  }

  private static func ref(_ name: String) -> JSONValue { ["$ref": JSONValue("#/$defs/" + name)] }

  private static var common: [(String, JSONValue)] {
    let name: JSONValue = [
      "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
    ]
    let size: JSONValue = ["type": "integer", "minimum": 1, "maximum": 1_048_576]
    let formats = JSONValue(words: NamedFormat.all.map(\.name))
    let format: JSONValue = [
      "description": "The frame and its rate.",
      "anyOf": [
        ["enum": formats],
        [
          "type": "object",
          "properties": [
            "note": ref("note"), "name": ["enum": formats], "width": size, "height": size,
            "pixelAspect": ["type": "number", "minimum": 0.1, "maximum": 10],
            "fps": ["type": "number", "minimum": 0.01, "maximum": 1000],
          ],
          "oneOf": [["required": ["name"]], ["required": ["width", "height"]]],
          "additionalProperties": false,
        ],
      ],
    ]
    let exposed: JSONValue = [
      "type": "object",
      "properties": [
        "note": ref("note"),
        "bind": [
          "description": "The parameter or parameters inside, as node.param.",
          "anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]],
        ],
        "default": ["description": "The value where the group's user gives none."],
        "range": [
          "type": "array", "items": ["type": "number"], "minItems": 2, "maxItems": 2,
        ],
        "help": ["type": "string"],
      ],
      "anyOf": [["required": ["bind"]], ["required": ["default"]]],
      "additionalProperties": false,
    ]
    let groupInput: JSONValue = [
      "anyOf": [
        ["type": "string"],
        [
          "type": "object",
          "properties": [
            "note": ref("note"), "help": ["type": "string"], "optional": ["type": "boolean"],
          ],
          "additionalProperties": false,
        ],
      ]
    ]
    let members: [(String, JSONValue)] = [
      ("note", ref("note")), ("help", ["type": "string"]),
      ("inputs", ["type": "object", "additionalProperties": groupInput]),
      (
        "params",
        [
          "type": "object", "properties": ["note": ref("note")], "additionalProperties": exposed,
        ]
      ),
      ("output", ref("reference")),
      (
        "outputs",
        ["type": "object", "minProperties": 1, "additionalProperties": ["type": "string"]]
      ),
      (
        "values",
        [
          "description": "Values of nodes inside that links outside may take, as node.value.",
          "type": "object", "minProperties": 1, "additionalProperties": ["type": "string"],
        ]
      ),
    ]
    let output: JSONValue = [
      ["required": ["output"], "not": ["required": ["outputs"]]],
      [
        "not": ["required": ["output"]],
        "anyOf": [["required": ["outputs"]], ["required": ["values"]]],
      ],
    ]
    let group: JSONValue = [
      "description": "A sub-graph used as a node type.",
      "type": "object",
      "properties": JSONValue(members: members + [("nodes", ref("nodesOrGroups"))]),
      "required": ["nodes"],
      "oneOf": output,
      "additionalProperties": false,
    ]
    let groupFile: JSONValue = [
      "description": "A group in a file of its own.",
      "type": "object",
      "properties": JSONValue(
        members: [
          ("$schema", ref("dialect")),
          ("bipack", ["const": 1, "description": "Version of the format."]),
        ] + members + [
          ("variables", ref("variables")), ("groups", groups),
          ("nodes", ["description": "The graph: nodes by name."]),
        ]),
      "required": ["bipack", "nodes"],
      "oneOf": output,
      "allOf": [nodesByGroups],
      "additionalProperties": false,
    ]
    let number: JSONValue = ["type": "number"]
    let bool: JSONValue = ["type": "boolean"]
    let string: JSONValue = ["type": "string"]
    let any: JSONValue = [:]
    let numbers: JSONValue = [
      "anyOf": [number, ["type": "array", "items": number]]
    ]
    return [
      ("name", name),
      ("note", ["type": "string", "description": "For people; has no effect."]),
      ("reference", ["type": "string", "description": "A node, as node or group.port."]),
      ("format", format),
      (
        "variables",
        [
          "type": "object", "propertyNames": ref("name"),
          "additionalProperties": ["type": ["number", "string", "boolean"]],
        ]
      ),
      ("table", table),
      (
        "nodes",
        [
          "type": "object", "properties": ["note": ref("note")], "propertyNames": ref("name"),
          "additionalProperties": ref("node"),
        ]
      ),
      (
        "nodesOrGroups",
        [
          "type": "object", "properties": ["note": ref("note")], "propertyNames": ref("name"),
          "additionalProperties": ref("nodeOrGroup"),
        ]
      ),
      ("group", group),
      ("groupFile", groupFile),
      (
        "dialect",
        ["type": "string", "description": "Where editors find this schema; has no effect."]
      ),
      ("interpolation", ["enum": JSONValue(words: Interpolation.allCases.map(\.rawValue))]),
      ("extrapolation", ["enum": JSONValue(words: Extrapolation.allCases.map(\.rawValue))]),
      (
        "perView",
        [
          "description": "A value for each of the document's views.",
          "type": "object", "required": ["views"],
          "properties": [
            "note": ref("note"),
            "views": [
              "type": "object", "minProperties": 1, "propertyNames": ref("name"),
            ],
          ],
          "additionalProperties": false,
        ]
      ),
      ("keys.number", keys(number)),
      ("keys.numbers", keys(numbers)),
      ("keys.boolean", keys(bool)),
      ("keys.string", keys(string)),
      ("keys.value", keys(any)),
      (
        "expr",
        [
          "type": "object", "required": ["expr"],
          "properties": ["note": ref("note"), "expr": ["type": "string"]],
          "additionalProperties": false,
        ]
      ),
      (
        "from",
        [
          "type": "object", "required": ["from"],
          "properties": [
            "note": ref("note"),
            "from": ["type": "string", "pattern": "^[^.]+\\.[^.]+(\\..+)?$"],
            "at": ["type": "number"], "offset": ["type": "number"],
          ],
          "not": ["required": ["at", "offset"]],
          "additionalProperties": false,
        ]
      ),
      (
        "file",
        [
          "description": "A value in a file of its own, or one of those in a file of several.",
          "type": "object", "required": ["file"],
          "properties": [
            "note": ref("note"), "file": ["type": "string", "pattern": "\\.json$"],
            "value": ["type": "string"],
          ],
          "additionalProperties": false,
        ]
      ),
      ("elsewhere", ["anyOf": [ref("from"), ref("file")]]),
      ("animatedNumber", ["anyOf": [ref("keys.number"), ref("expr"), ref("elsewhere")]]),
      ("animatedNumbers", ["anyOf": [ref("keys.numbers"), ref("expr"), ref("elsewhere")]]),
      ("animatedList", ["anyOf": [ref("keys.numbers"), ref("elsewhere")]]),
      ("animatedBoolean", ["anyOf": [ref("keys.boolean"), ref("expr"), ref("elsewhere")]]),
      ("animatedText", ["anyOf": [ref("keys.string"), ref("elsewhere")]]),
      ("animatedValue", ["anyOf": [ref("keys.value"), ref("elsewhere")]]),
    ]
  }

  /// The document's table: a file, or rows.
  private static var table: JSONValue {
    let file: JSONValue = ["type": "string", "pattern": "\\.(csv|tsv|json)$"]
    return [
      "description": "Rows, each of which gives one output; the columns are variables.",
      "anyOf": JSONValue(
        [
          file,
          [
            "type": "object", "required": ["file"],
            "properties": [
              "note": ref("note"), "file": file,
              "separator": [
                "description": "Between the cells of a CSV file.", "enum": [",", ";", "|", "\t"],
              ],
              "value": ["description": "Which value of a JSON file.", "type": "string"],
            ],
            "additionalProperties": false,
          ],
        ] + ValueKind.table.type.schema(["type": "number"])),
    ]
  }

  private static func keys(_ value: JSONValue) -> JSONValue {
    [
      "type": "object", "required": ["keys"],
      "properties": [
        "note": ref("note"),
        "keys": [
          "type": "array", "minItems": 1,
          "items": [
            "anyOf": [
              [
                "type": "array", "minItems": 2, "maxItems": 3,
                "prefixItems": [["type": "number"], value, ref("interpolation")],
              ],
              [
                "type": "object", "required": ["frame", "value"],
                "properties": [
                  "note": ref("note"), "frame": ["type": "number"], "value": value,
                  "interpolation": ref("interpolation"), "left": ["type": "number"],
                  "right": ["type": "number"],
                ],
                "additionalProperties": false,
              ],
            ]
          ],
        ],
        "interpolation": ref("interpolation"),
        "before": ref("extrapolation"),
        "after": ref("extrapolation"),
      ],
      "additionalProperties": false,
    ]
  }

  // MARK: Nodes

  /// The node types by name, each with what it does: editors complete them.
  private static func type(_ registry: Registry) -> JSONValue {
    let file: JSONValue = [
      "description": "A group in a file of its own.", "type": "string",
      "pattern": "(/|\\.json$)",
    ]
    let types = registry.declarations.map { declaration -> JSONValue in
      [
        "const": JSONValue(declaration.typeName), "description": JSONValue(declaration.abstract),
      ]
    }
    return [
      "description": "A node type, or the file of a group.", "anyOf": JSONValue(types + [file]),
    ]
  }

  /// Any node: by its type, the schema of that type. Other types are groups, whose parameters only
  /// the document knows.
  private static func node(_ registry: Registry, type: JSONValue) -> JSONValue {
    var cases: [JSONValue] = registry.declarations.map { declaration in
      [
        "if": ["properties": ["type": ["const": JSONValue(declaration.typeName)]]],
        "then": ref("node." + declaration.typeName),
      ]
    }
    cases.append([
      "if": ["properties": ["type": ["enum": JSONValue(words: registry.names)]]],
      "else": ["additionalProperties": true],
    ])
    return [
      "type": "object",
      "required": ["type"],
      "properties": ["type": type, "note": ref("note")],
      "allOf": JSONValue(cases),
      "unevaluatedProperties": false,
    ]
  }

  private static func node(_ declaration: NodeDeclaration) -> JSONValue {
    var properties: [(String, JSONValue)] = []
    for input in declaration.inputs {
      let kind = input.kind == .deep ? " (A deep picture.)" : ""
      var schema: JSONValue = ["description": JSONValue(input.help + kind)]
      if let list = input.list {
        schema.append(
          "anyOf",
          [
            ["type": "string"],
            [
              "type": "array", "items": ["type": "string"],
              "minItems": JSONValue(number: Double(list.lowerBound)),
              "maxItems": JSONValue(number: Double(list.upperBound)),
            ],
          ])
      } else {
        schema.append("type", "string")
      }
      properties.append((input.name, schema))
    }
    for param in declaration.params { properties.append((param.name, self.param(param))) }
    properties.append(("cache", ["type": "boolean", "description": "Keep the result."]))
    if !declaration.inputs.isEmpty, declaration.canBeDisabled {
      properties.append(
        (
          "disabled",
          [
            "description": "Pass the first input on.",
            "anyOf": [["type": "boolean"], ref("animatedBoolean"), ref("perView")],
          ]
        ))
    }
    if declaration.isMaskable {
      properties += [
        ("mask", ["type": "string", "description": "Picture that limits the effect."]),
        ("maskChannel", ["type": "string", "default": "A"]),
        ("invertMask", ["type": "boolean", "default": false]),
        (
          "mix",
          [
            "description": "How much of the effect is used.",
            "anyOf": [
              ["type": "number", "minimum": 0, "maximum": 1], ref("animatedNumber"), ref("perView"),
            ],
            "default": 1,
          ]
        ),
      ]
    }
    let required = declaration.inputs.filter { !$0.isOptional }.map(\.name)
    var schema: JSONValue = [
      "description": JSONValue(declaration.abstract), "properties": JSONValue(members: properties),
    ]
    if !required.isEmpty { schema.append("required", JSONValue(words: required)) }
    return schema
  }

  /// A parameter, or a part of a record: its literals, then the forms that vary.
  static func param(_ param: ParamDeclaration) -> JSONValue {
    let help = param.unit == .none ? param.help : "\(param.help) (\(param.unit.rawValue))"
    var number: JSONValue = ["type": "number"]
    switch param.range {
    case .any: break
    case .closed(let range):
      number.append("minimum", JSONValue(number: range.lowerBound))
      number.append("maximum", JSONValue(number: range.upperBound))
    case .from(let lower): number.append("minimum", JSONValue(number: lower))
    case .above(let lower): number.append("exclusiveMinimum", JSONValue(number: lower))
    }
    let animated =
      switch param.kind.type.animation {
      case .number: "animatedNumber"
      case .numbers: "animatedNumbers"
      case .list: "animatedList"
      case .switched: "animatedBoolean"
      case .held where param.kind.type.fitted(.string("")) != nil: "animatedText"
      case .held, .structured: "animatedValue"
      }
    return [
      "description": JSONValue(help),
      "anyOf": JSONValue(param.kind.type.schema(number) + [ref(animated), ref("perView")]),
      "default": param.kind.type.written(param.defaultValue),
    ]
  }

  // MARK: Description of one type

  package static func descriptionValue(_ declaration: NodeDeclaration) -> JSONValue {
    let inputs = declaration.inputs.map { input -> JSONValue in
      var value: JSONValue = [
        "name": JSONValue(input.name), "help": JSONValue(input.help),
        "optional": JSONValue(.bool(input.isOptional)), "takes": JSONValue(input.kind.rawValue),
      ]
      if let list = input.list {
        value.append(
          "count",
          [
            JSONValue(number: Double(list.lowerBound)), JSONValue(number: Double(list.upperBound)),
          ])
      }
      return value
    }
    let params = declaration.params.map { param -> JSONValue in
      var value: JSONValue = [
        "name": JSONValue(param.name), "help": JSONValue(param.help),
        "kind": JSONValue(param.kind.type.name),
        "default": param.kind.type.written(param.defaultValue),
      ]
      if let words = param.kind.words { value.append("choices", JSONValue(words: words)) }
      if param.range != .any { value.append("range", JSONValue(Wording.range(param.range))) }
      if param.unit != .none { value.append("unit", JSONValue(param.unit.rawValue)) }
      return value
    }
    let values = declaration.values.map { port -> JSONValue in
      return [
        "name": JSONValue(port.name), "help": JSONValue(port.help),
        "kind": JSONValue(port.kind.type.name), "overFrames": JSONValue(.bool(port.isOverFrames)),
      ]
    }
    return [
      "type": JSONValue(declaration.typeName), "category": JSONValue(declaration.category),
      "abstract": JSONValue(declaration.abstract), "gives": JSONValue(declaration.payload.rawValue),
      "version": JSONValue(number: Double(declaration.version)),
      "maskable": JSONValue(.bool(declaration.isMaskable)), "inputs": JSONValue(inputs),
      "params": JSONValue(params), "values": JSONValue(values),
    ]
  }
}
