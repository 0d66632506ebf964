import BipackPixels

/// Every sentence the graph module says to a person, in one place.
///
/// Messages say what is wrong in the words of the document; `expected` and "did you mean" are added
/// by `Diagnostic`. Names are quoted with ', texts of the document with ".
package enum Messages {
  // MARK: JSON

  static let byteOrderMark = "the file begins with a byte order mark; save it as UTF-8 without one"
  static let utf16 = "the file is UTF-16; save it as UTF-8"
  static let emptyFile = "the file is empty"
  static let afterDocument = "there is more after the end of the document"
  static let comment = "JSON has no comments; give the object a \"note\" instead"
  static let unexpectedEnd = "the file ends where a value should be"
  static let unclosedString = "the text has no closing quote"
  static let lineBreakInString = "a line break inside a text; write \\n"
  static let singleQuote = "texts are quoted with \", not with '"
  static let trailingComma = "a comma after the last element"
  static let doubleComma = "two commas in a row"
  static let missingComma = "a comma is missing after this element"
  static let equalsForColon = "a key is followed by ':', not '='"
  static let plusSign = "a number does not begin with '+'"
  static let leadingPoint = "a number needs a digit before its point: 0.5"
  static let trailingPoint = "a number needs a digit after its point: 1.0"
  static let leadingZero = "a number does not begin with 0; quote it if it is a text"
  static let noDigits = "a number has no digits"
  static let noExponent = "a number's exponent has no digits"
  static let hexadecimal = "JSON has no hexadecimal numbers"
  static let invalidUTF8 = "the text is not valid UTF-8"
  static let badUnicodeEscape = "\\u is followed by four hexadecimal digits"

  static func fileTooLarge(_ bytes: Int, _ limit: Int) -> String {
    "the file has \(bytes) bytes, more than the limit of \(limit)"
  }
  static func tooManyMembers(_ limit: Int) -> String { "the object has more than \(limit) keys" }
  static func tooDeep(_ limit: Int) -> String {
    "arrays and objects are nested more than \(limit) deep"
  }
  static func unexpectedCharacter(_ text: String) -> String { "'\(text)' is not a JSON value" }
  static func codePoint(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
  static func controlCharacter(_ value: UInt32) -> String {
    "the control character \(codePoint(value)) inside a text; write it as an escape"
  }
  static func expectedColon(_ key: String) -> String { "the key '\(key)' is not followed by ':'" }
  static func expectedKey(_ text: String) -> String {
    "'\(text)' where a key in double quotes should be"
  }
  static func bareKey(_ text: String) -> String {
    "the key '\(text)' is not in double quotes"
  }
  static func bareValue(_ text: String) -> String {
    "'\(text)' is not a JSON value; a text is in double quotes"
  }
  static func otherLiteral(_ text: String) -> String {
    "'\(text)' is not JSON; write true, false or null"
  }
  static func notFinite(_ text: String) -> String { "\(text) is not a number JSON has" }
  static func numberTooLarge(_ text: String) -> String { "the number \(text) is too large" }
  static func unclosed(_ close: String) -> String { "the file ends before the closing '\(close)'" }
  static func wrongClose(closing: String) -> String {
    "a bracket closes that was not opened; '\(closing)' is due here"
  }
  static func duplicateKey(_ name: String, firstLine: Int) -> String {
    "the key '\(name)' was already given on line \(firstLine)"
  }
  static func unknownEscape(_ text: String) -> String {
    "\\\(text) is no escape; write \\\\ for a backslash"
  }
  static func loneSurrogate(_ code: UInt32) -> String {
    "\\u\(String(code, radix: 16)) is half of a surrogate pair"
  }
  static func textTooLong(_ bytes: Int, _ limit: Int) -> String {
    "the text has \(bytes) bytes, more than the limit of \(limit)"
  }

  // MARK: Files

  static let isDirectory = "it is a directory"
  static let groupFilesNotAllowed = "group files are not allowed for this document"
  static let groupFileElsewhere =
    "outside the document's folder only files whose names end in .json are opened"
  static let noGroupFile =
    "it lies outside the document's folder and is no group: valid JSON with \"bipack\" and "
    + "\"nodes\" ('bipack check' of the file says more)"
  static let notRegular = "it is no ordinary file"
  static func cannotRead(_ reason: String) -> String { "cannot read the document: \(reason)" }
  static func cannotReadGroup(_ path: String, _ reason: String) -> String {
    "cannot read the group '\(path)': \(reason)"
  }

  // MARK: Shapes

  static let documentObject = "an object: { \"bipack\": 1, \"nodes\": { ... } }"
  static let nodesObject = "an object of nodes by name"
  static let nodeObject = "an object: { \"type\": ..., ... }"
  static let formatObject = "a name or { \"width\": ..., \"height\": ..., \"fps\": ... }"
  static let framesShape = "[first, last] in whole numbers"
  static let viewsShape = "a list of names: [\"left\", \"right\"], the main view first"
  static let viewValuesShape = "a value for each view: { \"left\": 1, \"right\": 2 }"
  static func viewTwice(_ name: String) -> String { "the view '\(name)' is there already" }
  static let noViews =
    "the document has no views; name them at its top: \"views\": [\"left\", \"right\"]"
  static let viewsInViews = "values for views cannot be inside values for views"
  static func viewsMissing(_ names: [String]) -> String {
    "no value for view \(names.map { "'\($0)'" }.joined(separator: ", "))"
  }
  static let variableShape = "a number, a text, true or false"
  static let groupObject =
    "an object: { \"inputs\": ..., \"params\": ..., \"nodes\": ..., \"output\": ... }"
  static let groupInputsShape = "an object: { \"source\": \"What it is.\" }"
  static let groupInput = "a help text or { \"help\": ..., \"optional\": true }"
  static let groupOutputsShape = "an object: { \"matte\": \"node\" }"
  static let exposedObject = "an object: { \"bind\": \"node.param\", \"default\": ... }"
  static let bindShape = "\"node.param\" or an array of them"
  static let rangeShape = "[least, most]"
  static let referenceShape = "a node's name, as \"blur\" or \"group.port\""
  static let typeShape = "the name of a node type or group, or a group file"
  static let channelShape = "the name of a channel, as \"A\" or \"depth.Z\""
  static let keysShape = "[[frame, value], ...]"
  static let keyShape =
    "[frame, value], [frame, value, interpolation] or { \"frame\": ..., \"value\": ... }"
  static let slopeShape = "a slope, in value per frame"
  static let exprShape = "an expression in quotes"
  static let fromShape = "\"node.value\", \"node.value.component\" or \"picture.metadata.key\""
  static let noVariables = "no variables: the document declares none"

  static func wrongType(_ value: JSONValue) -> String { "found \(value.kindName)" }
  static func oneOf(_ words: [String], none: String = "nothing") -> String {
    words.isEmpty
      ? none : words.count == 1 ? "'\(words[0])'" : "one of " + words.joined(separator: ", ")
  }
  static func paramForms(_ shape: String) -> String {
    "\(shape), or { \"keys\": ... }, { \"expr\": ... }, { \"from\": ... } or { \"file\": ... }"
  }
  /// The objects a parameter may have besides literals.
  static let paramFormNames = ["keys", "expr", "from", "file"]
  static func severalForms(_ forms: [String]) -> String {
    "a parameter has one of " + forms.joined(separator: " and ") + ", not both"
  }

  // MARK: The document

  static let missingVersion = "the document does not say its version: \"bipack\": 1"
  static func newerVersion(_ version: Double) -> String {
    "the document has version \(Wording.number(version)); this program reads version 1"
  }
  static func missingKey(_ key: String) -> String { "'\(key)' is missing" }
  static func unknownKey(_ key: String) -> String { "unknown key '\(key)'" }
  static func badName(_ name: String) -> String {
    "'\(name)' is no name: letters, digits and _, not beginning with a digit, at most 64"
  }
  static let formatNameAndSize = "a format has a name or a width and height, not both"
  static let formatWithoutSize = "a format has a name or both width and height"
  static func unknownFormat(_ name: String) -> String { "no format is called '\(name)'" }
  static func framesReversed(_ first: Int, _ last: Int) -> String {
    "the first frame \(first) is after the last, \(last)"
  }
  static func reservedVariable(_ name: String) -> String {
    "'\(name)' already means something in expressions; choose another name"
  }
  static func unknownVariable(_ name: String) -> String { "no variable is called '\(name)'" }
  static func unknownInText(_ name: String) -> String {
    switch name {
    case "view": return noViews
    case "proxy": return "only the path of a node that writes files may hold ${proxy}"
    case _ where name.utf8.allSatisfy { (0x41...0x5a).contains($0) || $0 == 0x5f }:
      return unknownVariable(name) + "; " + environment(name)
    default: return unknownVariable(name)
    }
  }
  private static func environment(_ name: String) -> String {
    "variables of the environment are not looked at: declare \"variables\": { \"\(name)\": \"...\" } "
      + "and give --var \(name)=\"$\(name)\""
  }
  package static func shellWord(_ word: String) -> String {
    let hint = "nobody replaces '\(word)' here, as a shell would: write the folder out, or "
    return hint
      + (word.hasPrefix("$")
        ? "write ${\(word.dropFirst())}, declare \"variables\": { \"\(word.dropFirst())\": \"...\" } "
          + "and give --var \(word.dropFirst())=\"\(word)\""
        : "a path from the document's own folder")
  }
  static let unclosedVariable = "'${' without '}'; write $${ for the characters themselves"
  static let unusedVariable = "the variable is not used"
  static func overrideWithoutParam(_ name: String) -> String {
    "'\(name)' names no parameter; write node.parameter=value"
  }

  // MARK: Nodes

  static func unknownType(_ name: String) -> String { "no node type is called '\(name)'" }
  /// Follows a name that another program uses.
  package static func foreign(_ foreign: ForeignName) -> String {
    let owners = ", \(foreign.owners) name"
    return if case .absent(let why) = foreign.meaning { owners + ": " + why } else { owners }
  }
  static func unknownNode(_ name: String) -> String { "no node is called '\(name)'" }
  static func unknownParam(_ type: String, _ name: String) -> String {
    "'\(type)' has no parameter '\(name)'"
  }
  static func unknownGroupKey(_ group: String, _ name: String) -> String {
    "the group '\(group)' has no input or parameter '\(name)'"
  }
  static func inputNotConnected(_ name: String) -> String { "input '\(name)' is not connected" }
  static func openGroupInput(_ input: String, _ name: String) -> String {
    "input '\(input)' is not connected: the group's input '\(name)' is left open"
  }
  static func portOfNode(_ name: String, _ type: String) -> String {
    "'\(name)' is a \(type) and has one output; write \"\(name)\""
  }
  static func portOfInput(_ name: String, _ port: String) -> String {
    "'\(name)' is an input of the group and has no output '\(port)'; write \"\(name)\""
  }
  static func unknownPort(_ name: String, _ port: String, _ ports: [String]) -> String {
    "the group '\(name)' has no output '\(port)' (it has \(ports.joined(separator: ", ")))"
  }
  static func valueAsPicture(_ node: String, _ value: String) -> String {
    "'\(node).\(value)' is a value, not a picture; a parameter takes it as "
      + "{ \"from\": \"\(node).\(value)\" }"
  }
  static func wrongPayload(
    _ input: String, _ taker: NodeDeclaration, _ name: String, _ giver: NodeDeclaration
  ) -> String {
    let (wanted, remedy) =
      giver.payload == .deep
      ? ("a picture", "a DeepToImage in between flattens it")
      : ("a deep picture", "a DeepFromImage in between makes it one")
    let kept = giver.payload == .deep && taker.isSink ? ", and a DeepWrite writes it as it is" : ""
    return
      "'\(input)' of a \(taker.typeName) takes \(wanted), but \(name) is a \(giver.typeName) and gives "
      + "\(giver.payload.words); \(remedy)\(kept)"
  }
  package static func nothingToPassOn(_ type: String) -> String {
    "a \(type) cannot be disabled: what it takes is not of the kind it gives, a picture or a deep picture, so "
      + "that there is nothing to pass on"
  }
  static func deepGroup(_ group: String, _ key: String) -> String {
    "the group '\(group)' gives a deep picture, which takes no '\(key)'"
  }
  static func wrongCount(_ count: Int, _ range: ClosedRange<Int>) -> String {
    "\(count) inputs are connected; \(range.lowerBound) to \(range.upperBound) are possible"
  }
  static func notMaskable(_ type: String, _ key: String) -> String {
    "'\(type)' takes no '\(key)'"
  }
  static func cannotDisable(_ type: String) -> String {
    "'\(type)' has no input to pass on, so it cannot be disabled"
  }
  static func withoutEffect(_ name: String, _ condition: String) -> String {
    "'\(name)' has no effect: it is used only where \(condition)"
  }
  static let maskNotConnected = "there is no 'mask' for this to act on"
  static func tooManyNodes(_ limit: Int) -> String {
    "the comp has more than \(limit) nodes and groups, those inside groups included"
  }
  static func tooManyConnections(_ limit: Int) -> String {
    "the comp has more than \(limit) connections"
  }
  static func cycle(_ names: [String]) -> String {
    let names = names.count > 12 ? names.prefix(6) + ["..."] + names.suffix(5) : names[...]
    return names.count == 1
      ? "'\(names.first ?? "")' needs itself"
      : "a circle: \((names + names.prefix(1)).joined(separator: " -> "))"
  }
  static func aliasCycle(_ name: String) -> String {
    "'\(name)' leads through groups back to itself"
  }

  // MARK: Groups

  static func groupHidesType(_ name: String) -> String {
    "a node type is already called '\(name)'"
  }
  static func reservedName(_ name: String) -> String {
    "'\(name)' already means something in a node; choose another name"
  }
  static let groupAlone = "this is a group, not a document: a node's type names it"
  static let outputAndOutputs = "a group has 'output' or 'outputs', not both"
  static let groupWithoutOutput = "the group has no output: \"output\": \"node\""
  static let exposedWithoutBind = "an exposed parameter has a 'bind', a 'default', or both"
  static let defaultNotPlain =
    "a default is a plain value; key frames belong where the group is used"
  static func boundValue(_ name: String) -> String {
    "the value does not fit the parameter '\(name)' inside the group"
  }
  static func bindToInput(_ name: String) -> String {
    "'\(name)' is an input of the group, not a node inside"
  }
  static func nodeNamedAsInput(_ name: String) -> String {
    "an input of the group is already called '\(name)'"
  }
  static func groupCycle(_ names: [String]) -> String {
    "the group contains itself: " + names.joined(separator: " -> ")
  }
  static func groupsTooDeep(_ limit: Int) -> String { "groups are nested more than \(limit) deep" }

  // MARK: Parameters

  static let wrongCurve = "the points do not make a curve (x ascends from point to point)"
  static let rowShape = "a row of numbers, as the others"
  static func unevenRows(_ count: Int, _ first: Int) -> String {
    "a row of \(count) numbers, where the first has \(first)"
  }
  static func outside(_ number: Double, _ range: ParamRange) -> String {
    "\(Wording.number(number)) is outside the range: \(Wording.range(range))"
  }
  static func unknownChoice(_ word: String) -> String { "\"\(word)\" is not among the choices" }
  static func wrongLength(_ count: Int) -> String {
    "found \(count) \(count == 1 ? "number" : "numbers")"
  }
  static func tooManyKeys(_ count: Int, _ limit: Int) -> String {
    "the curve has \(count) keys, more than the limit of \(limit)"
  }
  static func keysOutOfOrder(_ frame: Double, _ last: Double) -> String {
    frame == last
      ? "two keys at frame \(Wording.number(frame))"
      : "the key at frame \(Wording.number(frame)) comes after the one at \(Wording.number(last))"
  }
  static func notForExpressions(_ shape: String) -> String {
    "an expression gives a number, but the parameter is \(shape)"
  }
  static func constantNotFinite(_ text: String, _ value: Double) -> String {
    "the expression \"\(text)\" gives \(nonFinite(value))"
  }

  // MARK: Links

  static func notDataNode(_ name: String, _ type: String?, parameter: String? = nil) -> String {
    guard let type else { return "'\(name)' is no node that computes values" }
    let hint = parameter.map { "; for its parameter write { \"expr\": \"\($0)\" }" } ?? ""
    return "'\(name)' is a \(type), which computes no values\(hint)"
  }
  static func unknownValue(_ type: String, _ value: String, _ values: [String]) -> String {
    "'\(type)' computes no '\(value)' (it computes \(values.joined(separator: ", ")))"
  }
  static func componentOfNumber(_ text: String) -> String {
    "'\(text)' is one number and has no components"
  }
  static func unknownComponent(_ component: String, _ text: String, _ count: Int) -> String {
    "'\(text)' has \(count) numbers and no component '\(component)'"
  }
  static func linkShape(_ text: String, _ given: String, _ shape: String) -> String {
    "'\(text)' is \(given), but the parameter is \(shape)"
  }
  /// What helps where a vector is linked to a number, or points to a point.
  static func takeOne(of text: String, _ kind: ValueKind, for wanted: ValueKind) -> String {
    switch kind.type.components {
    case .count(_, let names) where wanted.type.fitted(.number(0)) != nil:
      return "; take one of them as \"\(text).\(names.first ?? "0")\""
    case .many(let part) where part.type.filled(with: 0).flatMap(wanted.type.fitted) != nil:
      return "; take one of them as \"\(text).0\""
    default: return ""
    }
  }
  static func notOverFrames(_ text: String) -> String {
    "'\(text)' is no curve over frames; a node that measures a whole shot gives one"
  }
  static func linkWithoutValue(_ text: String) -> String { "'\(text)' names no value" }
  static func noExport(_ group: String, _ value: String, _ values: [String]) -> String {
    "the group '\(group)' gives no value '\(value)'"
      + (values.isEmpty ? "; its \"values\" would say which" : "")
  }
  static func groupOfValues(_ name: String) -> String {
    "the group '\(name)' gives values and no picture"
  }
  static func openMetadata(_ name: String) -> String {
    "the group's input '\(name)' is left open, so that there is no picture to ask"
  }
  static func linkNotHere(_ name: String, isFile: Bool) -> String {
    isFile
      ? "${\(name)}: a file name takes variables, no values of nodes or pictures"
      : "${\(name)} may stand in a text that is the whole value of a parameter, not here"
  }

  // MARK: The table

  static let tableShape =
    "a file, \"names.csv\" or { \"file\": \"names.csv\" }, or rows [{ \"column\": cell, ... }, ...]"
  static let separators = "\",\", \";\", \"|\" or a tab, \"\\t\""
  static let tableFileName = "a table is a file called .csv, .tsv or .json"
  static let noTableInFile =
    "it holds no table. (It lies outside the document's folder, so that nothing of it is shown.)"
  static let nullCell = "null in a table; leave a text empty, \"\", where there is nothing to say"
  static let quoteInCell =
    "a quote inside a cell that does not begin with one; quote the whole cell and write its quotes "
    + "twice: \"the \"\"best\"\" boy\""
  static let afterClosingQuote =
    "after a cell's closing quote comes the separator or the end of the line; quotes inside a cell are "
    + "written twice"
  static let unclosedCell = "the cell has no closing quote"
  static let loneCarriageReturn =
    "a carriage return without a line feed; save the file with line feeds, or both"
  static let invalidCell =
    "the cell is not valid UTF-8; save the file as UTF-8 (Excel calls it \"CSV UTF-8\")"
  static let unnamedColumn =
    "a column without a name has cells in it; the first row names the columns"
  static let tableWithoutRows = "the table has no rows"
  static let rowsWithoutTable = "the document has no table to take rows of"
  static let nodeNamedTable =
    "in a document with a table, 'table' is the table: choose another name for the node"
  static let listInText = "a list cannot stand in a text"
  static let cellAtFrame = "a cell is the same at every frame: it takes no 'at' and no 'offset'"
  static let variableRow = "'row' is the number of the table's row; choose another name"
  static func cannotReadTable(_ path: String, _ reason: String) -> String {
    "cannot read the table '\(path)': \(reason)"
  }
  static func tableOfJSON(_ key: String) -> String { "'\(key)' is for tables in JSON files" }
  static func tableOfCSV(_ key: String) -> String { "'\(key)' is for tables in CSV files" }
  static func controlInCell(_ value: UInt32) -> String {
    "the control character \(codePoint(value)) in a cell"
  }
  static func raggedRow(_ count: Int, _ columns: Int) -> String {
    "the row has \(count) \(count == 1 ? "cell" : "cells"), the header \(columns)"
  }
  static func cellsTooMany(_ count: Int, _ columns: Int) -> String {
    raggedRow(count, columns) + "; a cell with a separator in it is quoted"
  }
  static func tooManyRows(_ limit: Int) -> String { "the table has more than \(limit) rows" }
  static func oneColumn(_ header: String) -> String {
    "'\(header)' is one column; if ; is what separates them, write "
      + "\"table\": { \"file\": ..., \"separator\": \";\" }"
  }
  static func columnTwice(_ name: String) -> String { "the column '\(name)' is there already" }
  static func reservedColumn(_ name: String) -> String {
    "a column cannot be called '\(name)': ${\(name)} already means something"
  }
  static func variableAndColumn(_ name: String) -> String {
    "'\(name)' is a column of the table too; give one of them another name"
  }
  static func unknownColumn(_ name: String) -> String { "the table has no column '\(name)'" }
  static func columnInText(_ name: String) -> String {
    "in a text a column is a variable: ${\(name)}"
  }
  static func columnInExpression(_ name: String) -> String {
    "in an expression a column is a variable: \(name)"
  }
  static func columnAndBuiltIn(_ name: String) -> String {
    "'\(name)' means something in expressions, and is a column of the table; give the column another "
      + "name, or take it whole with { \"from\": \"table.\(name)\" }"
  }
  static func cellInFileName(_ what: String) -> String {
    "the cell holds \(what), which cannot be in the name of a file that is written; use ${row}, or a "
      + "column for file names"
  }
  static func noRow(_ number: Int, _ count: Int) -> String {
    "there is no row \(number): the table has \(count)"
  }
  static func noRow(with text: String, under column: String) -> String {
    "no row has \"\(text)\" under '\(column)'"
  }
  static func cell(_ column: String, _ text: String) -> String { "'\(column)' is \(text)" }
  /// Follows what is wrong in some rows only.
  static func inRows(_ rows: [Int], _ cells: [String]) -> String {
    if rows.count == 1 { return " (row \(rows[0]): \(cells.joined(separator: ", ")))" }
    let first = rows.prefix(8).map(String.init).joined(separator: ", ")
    return " (rows \(first)\(rows.count > 8 ? ", ..." : ""))"
  }
  static func moreCells(_ count: Int) -> String {
    "\(count) more \(count == 1 ? "mistake" : "mistakes") in other rows"
  }

  // MARK: Values with parts, values in files

  static func missingPart(_ name: String, of record: String) -> String {
    "\(Wording.article(record)) needs '\(name)'"
  }
  static func columns(_ names: [String]) -> String {
    "the columns of the first row: " + names.joined(separator: ", ")
  }
  static func unevenColumns(_ names: [String], _ first: [String]) -> String {
    let (missing, more) = (
      first.filter { !names.contains($0) }, names.filter { !first.contains($0) }
    )
    return missing.isEmpty
      ? "the row has '\(more.first ?? "")', which the first has not"
      : "the row has no '\(missing[0])'"
  }
  static let groupValuesShape = "an object of values, { \"name\": \"node.value\" }"
  static let valuesFileName = "a file of values is called .json"
  static func cannotReadValues(_ path: String, _ reason: String) -> String {
    "cannot read the value in '\(path)': \(reason)"
  }
  static func fileWithoutValues(_ file: String) -> String {
    "'\(file)' holds one value, not several with names; leave 'value' out"
  }
  static func fileInItself(_ file: String) -> String {
    "'\(file)' leads back to itself"
  }
  static func noValues(_ file: String) -> String { "'\(file)' holds no value" }
  static func noFittingValue(_ file: String, _ shape: String) -> String {
    "'\(file)' holds nothing that fits; the parameter is \(shape). (It lies outside the document's folder, so "
      + "that nothing of it is shown.)"
  }
  static func valueNamedAsParam(_ name: String) -> String {
    "the group has a parameter '\(name)' too; a link could not tell them apart"
  }
  static func exportedPart(_ text: String) -> String {
    "'\(text)' is none of a list; its parts are counted from 0"
  }
  static func severalValues(_ file: String, _ names: [String]) -> String {
    "'\(file)' holds several values; say which: \"value\": \"\(names.first ?? "name")\" ("
      + names.joined(separator: ", ") + ")"
  }
  static func noValueInFile(_ file: String, _ value: String, _ names: [String]) -> String {
    "'\(file)' holds no value '\(value)' (it holds \(names.joined(separator: ", ")))"
  }

  static func linkFrame(_ key: String) -> String {
    key == "at" ? "a frame, for example 1001" : "a number of frames, for example -1"
  }
  static let linkTwoTimes = "a link has 'at' or 'offset', not both"

  // MARK: Expressions

  static let expressionEmpty = "the expression is empty"
  static let expectedOperator = "an operator or the end"
  static let expectedOperand = "a number, a name or '('"
  static func expressionTooLong(_ count: Int, _ limit: Int) -> String {
    "the expression has \(count) characters, more than the limit of \(limit)"
  }
  static func expressionTooDeep(_ limit: Int) -> String {
    "the expression is nested more than \(limit) deep"
  }
  static func expressionUnexpected(_ text: String, expected: String) -> String {
    "found '\(text)' in the expression where \(expected) should be"
  }
  static func expressionCharacter(_ text: String) -> String {
    "'\(text)' means nothing in an expression"
  }
  static func unknownFunction(_ name: String) -> String { "no function is called '\(name)'" }
  static func functionWithoutCall(_ name: String, _ help: String) -> String {
    "'\(name)' is a function: \(help)"
  }
  static func wrongArity(_ function: Function, _ count: Int) -> String {
    let range = function.arity
    let wanted =
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    return "'\(function.name)' takes \(wanted) \(wanted == "1" ? "argument" : "arguments"), "
      + "not \(count)"
  }
  static func notAtOtherFrames(_ name: String) -> String {
    "'\(name)' cannot be taken at another frame; only parameters can"
  }
  static func unknownSymbol(_ name: String) -> String {
    "'\(name)' is no variable, no parameter and nothing built in"
  }
  static func textVariable(_ name: String) -> String {
    "the variable '\(name)' is a text, not a number"
  }
  static func nodeWithoutParam(_ name: String, _ example: String) -> String {
    "'\(name)' is a node; name one of its parameters, as \(name).\(example)"
  }
  static func inputInExpression(_ name: String) -> String {
    "'\(name)' is an input of the group and has no parameters"
  }
  static func vectorInExpression(_ text: String, _ count: Int?, _ component: String) -> String {
    let many = count.map { "\($0) numbers" } ?? "several numbers"
    return "'\(text)' is \(many); name one of them, as \(text).\(component)"
  }
  static func notANumber(_ text: String, _ shape: String) -> String {
    "'\(text)' is \(shape), not a number"
  }
  static func referencesTooDeep(_ limit: Int) -> String {
    "parameters refer to parameters more than \(limit) times in a row"
  }

  // MARK: While rendering

  private static func at(_ name: String, _ frame: Double) -> String {
    "parameter '\(name)' at frame \(Wording.number(frame))"
  }
  private static func nonFinite(_ value: Double) -> String {
    value.isNaN ? "no number (a division of 0 by 0, or a root or logarithm below 0)" : "infinity"
  }
  static func valueShape(_ name: String, _ frame: Double, _ kind: ValueKind) -> String {
    "\(at(name, frame)): expected \(Wording.shape(kind, .any))"
  }
  static func valueOutside(_ name: String, _ frame: Double, _ value: Double, _ range: ParamRange)
    -> String
  {
    "\(at(name, frame)): \(outside(value, range))"
  }
  static func valueNotFinite(_ name: String, _ frame: Double, _ value: Double) -> String {
    "\(at(name, frame)): the value is \(value.isNaN ? "not a number" : "infinite")"
  }
  static func expressionNotFinite(
    _ name: String, _ frame: Double, _ text: String, _ value: Double
  ) -> String {
    "\(at(name, frame)): the expression \"\(text)\" gives \(nonFinite(value))"
  }
  static func tooManySteps(_ name: String, _ frame: Double) -> String {
    "\(at(name, frame)): the expressions behind it take more than \(Program.stepLimit) steps"
  }
  static func linkComponentMissing(
    _ name: String, _ node: String, _ value: String, _ component: Int, _ count: Int
  ) -> String {
    "parameter '\(name)': '\(node).\(value)' has \(count) parts and no \(component), from 0"
  }
}
