// Broken documents and every word said about them. To change a message, change it here too.
//
// Types are those of TestNodes.swift.

struct BadDocument: Sendable {
  var title: String
  var text: String
  var sets: [(name: String, value: String)] = []
  var variables: [(name: String, value: String)] = []
  var messages: [String]
}

let badDocuments: [BadDocument] = [
  BadDocument(
    title: "empty file",
    text: "",
    messages: [
      #"comp.json:1:1: error: the file is empty"#
    ]),
  BadDocument(
    title: "only white space",
    text: "  \n ",
    messages: [
      #"comp.json:2:2: error: the file is empty"#
    ]),
  BadDocument(
    title: "ends in the middle",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
      """##,
    messages: [
      #"comp.json:3:13: error: nodes: the file ends before the closing '}'"#
    ]),
  BadDocument(
    title: "byte order mark",
    text: "\u{feff}" + ##"""
      {"bipack": 1, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:1: error: the file begins with a byte order mark; save it as UTF-8 without one"#
    ]),
  BadDocument(
    title: "trailing commas, both kinds",
    text: ##"""
      {"bipack": 1, "frames": [1, 2,], "nodes": {},}
      """##,
    messages: [
      #"comp.json:1:30: error: frames: a comma after the last element"#,
      #"comp.json:1:45: error: a comma after the last element"#,
    ]),
  BadDocument(
    title: "comments",
    text: ##"""
      {
        // A comment.
        "bipack": 1, /* another */ "nodes": {} # and one more
      }
      """##,
    messages: [
      #"comp.json:2:3: error: JSON has no comments; give the object a "note" instead"#,
      #"comp.json:3:16: error: JSON has no comments; give the object a "note" instead"#,
      #"comp.json:3:42: error: JSON has no comments; give the object a "note" instead"#,
    ]),
  BadDocument(
    title: "missing comma",
    text: ##"""
      {
        "bipack": 1
        "nodes": {}
      }
      """##,
    messages: [
      #"comp.json:2:14: error: a comma is missing after this element"#
    ]),
  BadDocument(
    title: "two commas",
    text: ##"""
      {"bipack": 1,, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:14: error: two commas in a row"#
    ]),
  BadDocument(
    title: "single quotes",
    text: ##"""
      {"bipack": 1, 'nodes': {}}
      """##,
    messages: [
      #"comp.json:1:15: error: texts are quoted with ", not with '"#
    ]),
  BadDocument(
    title: "bare keys and values",
    text: ##"""
      {bipack: 1, "nodes": {"p": {"type": Plate}}}
      """##,
    messages: [
      #"comp.json:1:2: error: the key 'bipack' is not in double quotes"#,
      #"comp.json:1:37: error: nodes.p.type: 'Plate' is not a JSON value; a text is in double quotes"#,
    ]),
  BadDocument(
    title: "equals sign",
    text: ##"""
      {"bipack" = 1, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:11: error: bipack: a key is followed by ':', not '='"#
    ]),
  BadDocument(
    title: "no colon",
    text: ##"""
      {"bipack" 1, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:11: error: bipack: the key 'bipack' is not followed by ':'"#
    ]),
  BadDocument(
    title: "NaN and infinity",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": NaN},
          "q": {"type": "Plate", "level": -Infinity}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: NaN is not a number JSON has"#,
      #"comp.json:5:37: error: nodes.q.level: -Infinity is not a number JSON has"#,
    ]),
  BadDocument(
    title: "a number too large",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": 1e400}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: the number 1e400 is too large"#
    ]),
  BadDocument(
    title: "misspelt numbers",
    text: ##"""
      {"bipack": 1, "frames": [01, +2], "variables": {"a": .5, "b": 1., "c": 0x10, "d": 1e}, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:26: error: frames[0]: a number does not begin with 0; quote it if it is a text"#,
      #"comp.json:1:30: error: frames[1]: a number does not begin with '+'"#,
      #"comp.json:1:54: error: variables.a: a number needs a digit before its point: 0.5"#,
      #"comp.json:1:63: error: variables.b: a number needs a digit after its point: 1.0"#,
      #"comp.json:1:72: error: variables.c: JSON has no hexadecimal numbers"#,
      #"comp.json:1:83: error: variables.d: a number's exponent has no digits"#,
    ]),
  BadDocument(
    title: "Python's literals",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "reverse": True}
        }
      }
      """##,
    messages: [
      #"comp.json:5:54: error: nodes.g.reverse: 'True' is not JSON; write true, false or null"#
    ]),
  BadDocument(
    title: "control character",
    text: ##"""
      {"bipack": 1, "note": "a\##tb", "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:25: error: note: the control character U+0009 inside a text; write it as an escape"#
    ]),
  BadDocument(
    title: "line break in a text",
    text: ##"""
      {"bipack": 1, "note": "a
      b", "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:23: error: note: a line break inside a text; write \n"#
    ]),
  BadDocument(
    title: "unclosed text",
    text: ##"""
      {"bipack": 1, "note": "abc
      """##,
    messages: [
      #"comp.json:1:23: error: note: the text has no closing quote"#
    ]),
  BadDocument(
    title: "bad escapes",
    text: ##"""
      {"bipack": 1, "note": "C:\dir \u12g4", "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:26: error: note: \d is no escape; write \\ for a backslash"#,
      #"comp.json:1:31: error: note: \u is followed by four hexadecimal digits"#,
    ]),
  BadDocument(
    title: "lone surrogate",
    text: ##"""
      {"bipack": 1, "note": "\ud83d", "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:24: error: note: \ud83d is half of a surrogate pair"#
    ]),
  BadDocument(
    title: "wrong bracket",
    text: ##"""
      {"bipack": 1, "frames": [1, 2}, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:30: error: frames: a bracket closes that was not opened; ']' is due here"#
    ]),
  BadDocument(
    title: "text after the end",
    text: ##"""
      {"bipack": 1, "nodes": {}}
      {}
      """##,
    messages: [
      #"comp.json:2:1: error: there is more after the end of the document"#
    ]),
  BadDocument(
    title: "duplicate key",
    text: ##"""
      {
        "bipack": 1,
        "bipack": 1, "nodes": {}
      }
      """##,
    messages: [
      #"comp.json:3:3: error: bipack: the key 'bipack' was already given on line 2"#
    ]),
  BadDocument(
    title: "duplicate node",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "p": {"type": "Plate"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:5: error: nodes.p: the key 'p' was already given on line 4"#
    ]),
  BadDocument(
    title: "nesting too deep",
    text: String(repeating: "[", count: 1000),
    messages: [
      #"comp.json:1:129: error: [0][0][0][0][0][0][0][0]....[0][0][0][0]: arrays and objects are nested more than 128 deep"#
    ]),
  BadDocument(
    title: "not an object",
    text: ##"""
      [1, 2]
      """##,
    messages: [
      #"comp.json:1:1: error: found an array; expected an object: { "bipack": 1, "nodes": { ... } }"#
    ]),
  BadDocument(
    title: "no version",
    text: ##"""
      {"nodes": {}}
      """##,
    messages: [
      #"comp.json:1:1: error: the document does not say its version: "bipack": 1"#
    ]),
  BadDocument(
    title: "newer version",
    text: ##"""
      {"bipack": 2, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:12: error: bipack: the document has version 2; this program reads version 1"#
    ]),
  BadDocument(
    title: "version in quotes",
    text: ##"""
      {"bipack": "1", "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:12: error: bipack: found "1"; expected 1"#
    ]),
  BadDocument(
    title: "no nodes",
    text: ##"""
      {"bipack": 1}
      """##,
    messages: [
      #"comp.json:1:1: error: 'nodes' is missing"#
    ]),
  BadDocument(
    title: "nodes as an array",
    text: ##"""
      {"bipack": 1, "nodes": []}
      """##,
    messages: [
      #"comp.json:1:24: error: nodes: found an empty array; expected an object of nodes by name"#
    ]),
  BadDocument(
    title: "misspelt top-level key",
    text: ##"""
      {"bipack": 1, "node": {}, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:15: error: unknown key 'node'; did you mean 'nodes'?"#
    ]),
  BadDocument(
    title: "unknown format",
    text: ##"""
      {"bipack": 1, "format": "HD1080", "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:25: error: format: no format is called 'HD1080'; did you mean 'HD_1080'?"#
    ]),
  BadDocument(
    title: "half a format",
    text: ##"""
      {"bipack": 1, "format": {"width": 1920, "fps": 0}, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:25: error: format: a format has a name or both width and height"#,
      #"comp.json:1:48: error: format.fps: 0 is outside the range: 0.01 to 1000"#,
    ]),
  BadDocument(
    title: "format twice over",
    text: ##"""
      {"bipack": 1, "format": {"name": "HD_720", "width": 10.5, "height": 0}, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:44: error: format: a format has a name or a width and height, not both"#,
      #"comp.json:1:53: error: format.width: found 10.5; expected a whole number"#,
    ]),
  BadDocument(
    title: "frames reversed",
    text: ##"""
      {"bipack": 1, "frames": [10, 1], "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:25: error: frames: the first frame 10 is after the last, 1"#
    ]),
  BadDocument(
    title: "frames not whole",
    text: ##"""
      {"bipack": 1, "frames": [1, 2.5], "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:25: error: frames: found an array; expected [first, last] in whole numbers"#
    ]),
  BadDocument(
    title: "note is no text",
    text: ##"""
      {"bipack": 1, "note": 1, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:23: error: note: found 1; expected text"#
    ]),
  BadDocument(
    title: "reserved and odd variables",
    text: ##"""
      {"bipack": 1, "variables": {"frame": 1, "2x": 1, "v": [1]}, "nodes": {}}
      """##,
    messages: [
      #"comp.json:1:29: error: variables.frame: 'frame' already means something in expressions; choose another name"#,
      #"comp.json:1:41: error: variables.2x: '2x' is no name: letters, digits and _, not beginning with a digit, at most 64"#,
      #"comp.json:1:55: error: variables.v: found an array; expected a number, a text, true or false"#,
    ]),
  BadDocument(
    title: "unknown type",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": {"type": "Grad"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:19: error: nodes.g.type: no node type is called 'Grad'; did you mean 'Grade'?"#
    ]),
  BadDocument(
    title: "unknown type, nothing near",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": {"type": "Fluxcapacitor"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:19: error: nodes.g.type: no node type is called 'Fluxcapacitor'"#
    ]),
  BadDocument(
    title: "no type",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": {"source": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:5: error: nodes.g: 'type' is missing"#
    ]),
  BadDocument(
    title: "type is no text",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": {"type": 7}
        }
      }
      """##,
    messages: [
      #"comp.json:4:19: error: nodes.g.type: found 7; expected the name of a node type or group, or a group file"#
    ]),
  BadDocument(
    title: "node is no object",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": "Grade"
        }
      }
      """##,
    messages: [
      #"comp.json:4:10: error: nodes.g: found "Grade"; expected an object: { "type": ..., ... }"#
    ]),
  BadDocument(
    title: "bad node name",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "my-plate": {"type": "Plate"}, "1st": {"type": "Plate"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:5: error: nodes.my-plate: 'my-plate' is no name: letters, digits and _, not beginning with a digit, at most 64"#,
      #"comp.json:4:36: error: nodes.1st: '1st' is no name: letters, digits and _, not beginning with a digit, at most 64"#,
    ]),
  BadDocument(
    title: "unknown parameter",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "gian": 2}
        }
      }
      """##,
    messages: [
      #"comp.json:5:43: error: nodes.g: 'Grade' has no parameter 'gian'; did you mean 'gain'?"#
    ]),
  BadDocument(
    title: "unknown parameter, nothing near",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "flavour": 2}
        }
      }
      """##,
    messages: [
      #"comp.json:4:28: error: nodes.p: 'Plate' has no parameter 'flavour'"#
    ]),
  BadDocument(
    title: "parameter in the wrong case",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "Level": 2}
        }
      }
      """##,
    messages: [
      #"comp.json:4:28: error: nodes.p: 'Plate' has no parameter 'Level'; did you mean 'level'?"#
    ]),
  BadDocument(
    title: "input not connected",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "o": {"type": "Over"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:5: error: nodes.o: input 'a' is not connected"#,
      #"comp.json:4:5: error: nodes.o: input 'b' is not connected"#,
    ]),
  BadDocument(
    title: "unknown input",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "plate": {"type": "Plate"},
          "g": {"type": "Grade", "source": "palte"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:38: error: nodes.g.source: no node is called 'palte'; did you mean 'plate'?"#
    ]),
  BadDocument(
    title: "input is a number",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": {"type": "Grade", "source": 3}
        }
      }
      """##,
    messages: [
      #"comp.json:4:38: error: nodes.g.source: found 3; expected a node's name, as "blur" or "group.port""#
    ]),
  BadDocument(
    title: "port of a plain node",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p.alpha"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:38: error: nodes.g.source: 'p' is a Plate and has one output; write "p""#
    ]),
  BadDocument(
    title: "value as a picture",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Stats", "source": "p"},
          "g": {"type": "Grade", "source": "s.mean"}
        }
      }
      """##,
    messages: [
      #"comp.json:6:38: error: nodes.g.source: 's.mean' is a value, not a picture; a parameter takes it as { "from": "s.mean" }"#
    ]),
  BadDocument(
    title: "too many inputs",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "k": {"type": "Pick", "inputs": ["p", "p", "p", "p", "p"]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:37: error: nodes.k.inputs: 5 inputs are connected; 1 to 4 are possible"#
    ]),
  BadDocument(
    title: "no inputs in a list",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "k": {"type": "Pick", "inputs": []}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.k.inputs: 0 inputs are connected; 1 to 4 are possible"#
    ]),
  BadDocument(
    title: "unknown input in a list",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "k": {"type": "Pick", "inputs": ["p", "q", 1]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:43: error: nodes.k.inputs[1]: no node is called 'q'"#,
      #"comp.json:5:48: error: nodes.k.inputs[2]: found 1; expected a node's name, as "blur" or "group.port""#,
    ]),
  BadDocument(
    title: "mask on a source",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "q": {"type": "Plate"},
          "p": {"type": "Plate", "mask": "q", "mix": 0.5}
        }
      }
      """##,
    messages: [
      #"comp.json:5:28: error: nodes.p: 'Plate' takes no 'mask'"#,
      #"comp.json:5:41: error: nodes.p: 'Plate' takes no 'mix'"#,
    ]),
  BadDocument(
    title: "mask options without a mask",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "maskChannel": "R"},
          "x": {"type": "Nope"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:43: warning: nodes.g: there is no 'mask' for this to act on"#,
      #"comp.json:6:19: error: nodes.x.type: no node type is called 'Nope'"#,
    ]),
  BadDocument(
    title: "disabled source",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "disabled": true}
        }
      }
      """##,
    messages: [
      #"comp.json:4:28: error: nodes.p: 'Plate' has no input to pass on, so it cannot be disabled"#
    ]),
  BadDocument(
    title: "disabled is a number",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "disabled": 1, "cache": "yes"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:55: error: nodes.g.disabled: found 1; expected true or false"#,
      #"comp.json:5:67: error: nodes.g.cache: found "yes"; expected true or false"#,
    ]),
  BadDocument(
    title: "needs itself",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "g": {"type": "Grade", "source": "g"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:5: error: nodes.g: 'g' needs itself"#
    ]),
  BadDocument(
    title: "circle",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "a": {"type": "Grade", "source": "c"},
          "b": {"type": "Grade", "source": "a"},
          "c": {"type": "Grade", "source": "b"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:5: error: nodes.a: a circle: a -> c -> b -> a"#
    ]),
  BadDocument(
    title: "circle through a mask",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "a": {"type": "Grade", "source": "p", "mask": "b"},
          "b": {"type": "Grade", "source": "a"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:5: error: nodes.a: a circle: a -> b -> a"#
    ]),
  BadDocument(
    title: "circle through a value",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "a": {"type": "Grade", "source": "p", "gain": {"from": "s.mean"}},
          "s": {"type": "Stats", "source": "a"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:5: error: nodes.a: a circle: a -> s -> a"#
    ]),
  BadDocument(
    title: "text for a number",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": "high"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: found "high"; expected a number"#
    ]),
  BadDocument(
    title: "number for a text",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "path": 5}
        }
      }
      """##,
    messages: [
      #"comp.json:4:36: error: nodes.p.path: found 5; expected a file name"#
    ]),
  BadDocument(
    title: "null",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": null}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: found null; expected a number (0 to 10)"#
    ]),
  BadDocument(
    title: "out of range",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": 11}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: 11 is outside the range: 0 to 10"#
    ]),
  BadDocument(
    title: "not above zero",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "gamma": 0}
        }
      }
      """##,
    messages: [
      #"comp.json:5:52: error: nodes.g.gamma: 0 is outside the range: more than 0"#
    ]),
  BadDocument(
    title: "component out of range",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "gain": [1, 5, -1]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:55: error: nodes.g.gain[1]: 5 is outside the range: 0 to 4"#,
      #"comp.json:5:58: error: nodes.g.gain[2]: -1 is outside the range: 0 to 4"#,
    ]),
  BadDocument(
    title: "wrong count of numbers",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Soften", "source": "p", "size": [1, 2, 3]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:52: error: nodes.s.size: found 3 numbers; expected a number or an array of 2 numbers"#
    ]),
  BadDocument(
    title: "text among numbers",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p", "gain": [1, "2", 3]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:55: error: nodes.g.gain[1]: found "2"; expected a number"#
    ]),
  BadDocument(
    title: "number among texts",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "l": {"type": "Lookup", "source": "p", "tags": ["a", 2]},
          "m": {"type": "Lookup", "source": "p", "tags": 3}
        }
      }
      """##,
    messages: [
      #"comp.json:5:58: error: nodes.l.tags[1]: found 2; expected a text"#,
      #"comp.json:6:52: error: nodes.m.tags: found 3; expected an array of texts"#,
    ]),
  BadDocument(
    title: "not whole",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Soften", "source": "p", "passes": 1.5}
        }
      }
      """##,
    messages: [
      #"comp.json:5:54: error: nodes.s.passes: found 1.5; expected a whole number"#
    ]),
  BadDocument(
    title: "unknown choice",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Soften", "source": "p", "filter": "gausian"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:54: error: nodes.s.filter: "gausian" is not among the choices; expected one of box, gaussian, triangle; did you mean 'gaussian'?"#
    ]),
  BadDocument(
    title: "curve that goes back",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "l": {"type": "Lookup", "source": "p", "master": [[0, 0], [0, 1]]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:54: error: nodes.l.master: the points do not make a curve (x ascends from point to point); expected points [[x, y], ...]"#
    ]),
  BadDocument(
    title: "rows of a matrix that differ in length",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "l": {"type": "Lookup", "source": "p", "numbers": [[1, 0], [0, 1, 2]]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:64: error: nodes.l.numbers[1]: a row of 3 numbers, where the first has 2; expected a row of numbers, as the others"#
    ]),
  BadDocument(
    title: "row of a matrix that is none",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "l": {"type": "Lookup", "source": "p", "numbers": [[1, 0], 3]}
        }
      }
      """##,
    messages: [
      #"comp.json:5:64: error: nodes.l.numbers[1]: found 3; expected a row of numbers, as the others"#
    ]),
  BadDocument(
    title: "object that is no animation",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"key": [[1, 2]]}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: found an object; expected a number, or { "keys": ... }, { "expr": ... }, { "from": ... } or { "file": ... }"#
    ]),
  BadDocument(
    title: "keys and expression",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"keys": [[1, 2]], "expr": "1"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: a parameter has one of keys and expr, not both"#
    ]),
  BadDocument(
    title: "no keys",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"keys": []}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:46: error: nodes.p.level.keys: found an empty array; expected [[frame, value], ...]"#
    ]),
  BadDocument(
    title: "key of wrong shape",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"keys": [[1], [2, 3, "smooth"], {"frame": 3}, ["4", 5]]}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:47: error: nodes.p.level.keys[0]: found an array; expected [frame, value], [frame, value, interpolation] or { "frame": ..., "value": ... }"#,
      #"comp.json:4:59: error: nodes.p.level.keys[1][2]: found "smooth"; expected one of hold, linear, cubic, ease"#,
      #"comp.json:4:70: error: nodes.p.level.keys[2]: found an object; expected [frame, value], [frame, value, interpolation] or { "frame": ..., "value": ... }"#,
      #"comp.json:4:85: error: nodes.p.level.keys[3]: found "4"; expected a frame number"#,
    ]),
  BadDocument(
    title: "keys out of order",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"keys": [[10, 1], [5, 2], [5, 3]]}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:56: error: nodes.p.level.keys[1]: the key at frame 5 comes after the one at 10"#,
      #"comp.json:4:64: error: nodes.p.level.keys[2]: two keys at frame 5"#,
    ]),
  BadDocument(
    title: "key out of range",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"keys": [[1, 1], [5, 20]], "before": "repeat"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:59: error: nodes.p.level.keys[1]: 20 is outside the range: 0 to 10"#,
      #"comp.json:4:75: error: nodes.p.level.before: found "repeat"; expected one of hold, linear, loop, bounce"#,
    ]),
  BadDocument(
    title: "unknown key in keys",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"keys": [[1, 1]], "afterwards": "loop"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:56: error: nodes.p.level: unknown key 'afterwards'; expected one of keys, before, after, interpolation"#
    ]),
  BadDocument(
    title: "unknown variable in a text",
    text: ##"""
      {
        "bipack": 1, "variables": {"shot": "010"},
        "nodes": {
          "p": {"type": "Plate", "path": "${shto}/a.exr"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:36: error: nodes.p.path: no variable is called 'shto'; did you mean 'shot'?"#
    ]),
  BadDocument(
    title: "unclosed variable",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "path": "${shot/a.exr"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:36: error: nodes.p.path: '${' without '}'; write $${ for the characters themselves"#
    ]),
  BadDocument(
    title: "unused variable",
    text: ##"""
      {
        "bipack": 1, "variables": {"shot": "010"},
        "nodes": {
          "p": {"type": "Plate"}
        }
      }
      """##,
    messages: [
      #"comp.json:2:30: warning: variables.shot: the variable is not used"#
    ]),
  BadDocument(
    title: "empty expression",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": ""}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:47: error: nodes.p.level.expr: the expression is empty"#
    ]),
  BadDocument(
    title: "expression without end",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "1 + (2 * "}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:56: error: nodes.p.level.expr: found 'the end' in the expression where a number, a name or '(' should be"#
    ]),
  BadDocument(
    title: "expression with too much",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "1 2"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:49: error: nodes.p.level.expr: found '2' in the expression where an operator or the end should be"#
    ]),
  BadDocument(
    title: "unknown character",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "1 @ 2"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:49: error: nodes.p.level.expr: '@' means nothing in an expression"#
    ]),
  BadDocument(
    title: "unknown function",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "sine(frame)"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:47: error: nodes.p.level.expr: no function is called 'sine'; did you mean 'sin'?"#
    ]),
  BadDocument(
    title: "wrong count of arguments",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "clamp(1, 2, 3, 4) + lerp(1)"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:47: error: nodes.p.level.expr: 'clamp' takes 1 to 3 arguments, not 4"#
    ]),
  BadDocument(
    title: "function without arguments",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "2 * sin"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:51: error: nodes.p.level.expr: 'sin' is a function: sin(x): sine of an angle in radians."#
    ]),
  BadDocument(
    title: "unknown name",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "fame * 2"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:47: error: nodes.p.level.expr: 'fame' is no variable, no parameter and nothing built in; did you mean 'frame'?"#
    ]),
  BadDocument(
    title: "text variable in an expression",
    text: ##"""
      {
        "bipack": 1, "variables": {"shot": "010"},
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "shot"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:47: error: nodes.p.level.expr: the variable 'shot' is a text, not a number"#
    ]),
  BadDocument(
    title: "unknown node in an expression",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "plate": {"type": "Plate", "level": {"expr": "plat.level"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:51: error: nodes.plate.level.expr: no node is called 'plat'; did you mean 'plate'?"#
    ]),
  BadDocument(
    title: "node without a parameter",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "q": {"type": "Plate", "level": {"expr": "p + 1"}}
        }
      }
      """##,
    messages: [
      #"comp.json:5:47: error: nodes.q.level.expr: 'p' is a node; name one of its parameters, as p.path"#
    ]),
  BadDocument(
    title: "unknown parameter in an expression",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "q": {"type": "Plate", "level": {"expr": "p.lvel"}}
        }
      }
      """##,
    messages: [
      #"comp.json:5:47: error: nodes.q.level.expr: 'Plate' has no parameter 'lvel'; did you mean 'level'?"#
    ]),
  BadDocument(
    title: "vector in an expression",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p"},
          "q": {"type": "Plate", "level": {"expr": "g.gain + g.gain.z + g.gain.q"}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:47: error: nodes.q.level.expr: 'g.gain' is 4 numbers; name one of them, as g.gain.r"#
    ]),
  BadDocument(
    title: "component that is none",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "g": {"type": "Grade", "source": "p"},
          "q": {"type": "Plate", "level": {"expr": "g.gain.q"}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:47: error: nodes.q.level.expr: 'g.gain' has 4 numbers and no component 'q'"#
    ]),
  BadDocument(
    title: "component of a number",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "q": {"type": "Plate", "level": {"expr": "p.level.x"}}
        }
      }
      """##,
    messages: [
      #"comp.json:5:47: error: nodes.q.level.expr: 'p.level' is one number and has no components"#
    ]),
  BadDocument(
    title: "choice in an expression",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Soften", "source": "p"},
          "q": {"type": "Plate", "level": {"expr": "s.filter"}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:47: error: nodes.q.level.expr: 's.filter' is one of box, gaussian, triangle, not a number"#
    ]),
  BadDocument(
    title: "expression for a choice",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Soften", "source": "p", "filter": {"expr": "1"}}
        }
      }
      """##,
    messages: [
      #"comp.json:5:63: error: nodes.s.filter.expr: an expression gives a number, but the parameter is one of box, gaussian, triangle"#
    ]),
  BadDocument(
    title: "expression always infinite",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "1 / 0"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:46: error: nodes.p.level.expr: the expression "1 / 0" gives infinity"#
    ]),
  BadDocument(
    title: "constant out of range",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "3 * 4"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:46: error: nodes.p.level: 12 is outside the range: 0 to 10"#
    ]),
  BadDocument(
    title: "parameters in a circle",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "q.level + 1"}},
          "q": {"type": "Plate", "level": {"expr": "p.level(frame - 1)"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: a circle: p.level -> q.level -> p.level"#
    ]),
  BadDocument(
    title: "parameter of itself",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "p.level"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:37: error: nodes.p.level: 'p.level' needs itself"#
    ]),
  BadDocument(
    title: "link to no data node",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "q": {"type": "Plate", "level": {"from": "p.level"}}
        }
      }
      """##,
    messages: [
      #"comp.json:5:46: error: nodes.q.level.from: 'p' is a Plate, which computes no values; for its parameter write { "expr": "p.level" }"#
    ]),
  BadDocument(
    title: "link to an unknown node",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "q": {"type": "Plate", "level": {"from": "stats.mean"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:46: error: nodes.q.level.from: no node is called 'stats'"#
    ]),
  BadDocument(
    title: "link to an unknown value",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Stats", "source": "p"},
          "q": {"type": "Plate", "level": {"from": "s.men"}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:46: error: nodes.q.level.from: 'Stats' computes no 'men' (it computes mean, luma); did you mean 'mean'?"#
    ]),
  BadDocument(
    title: "vector link for a number",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Stats", "source": "p"},
          "q": {"type": "Plate", "level": {"from": "s.mean"}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:46: error: nodes.q.level.from: 's.mean' is an array of 4 numbers, but the parameter is a number; take one of them as "s.mean.0""#
    ]),
  BadDocument(
    title: "unknown component of a value",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Stats", "source": "p"},
          "q": {"type": "Plate", "level": {"from": "s.mean.7"}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:46: error: nodes.q.level.from: 's.mean' has 4 numbers and no component '7'"#
    ]),
  BadDocument(
    title: "link of wrong form",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "q": {"type": "Plate", "level": {"from": "stats"}}
        }
      }
      """##,
    messages: [
      #"comp.json:4:46: error: nodes.q.level.from: 'stats' names no value; expected "node.value", "node.value.component" or "picture.metadata.key""#
    ]),
  BadDocument(
    title: "when a link takes its value",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Stats", "source": "p"},
          "q": {"type": "Plate", "level": {"from": "s.luma", "at": "first"}},
          "r": {"type": "Plate", "level": {"from": "s.luma", "at": 1, "offset": 2}},
          "t": {"type": "Plate", "level": {"from": "s.luma", "frame": 1}}
        }
      }
      """##,
    messages: [
      #"comp.json:6:62: error: nodes.q.level.at: found "first"; expected a frame, for example 1001"#,
      #"comp.json:7:65: error: nodes.r.level.offset: a link has 'at' or 'offset', not both"#,
      #"comp.json:8:56: error: nodes.t.level: unknown key 'frame'; expected one of from, at, offset"#,
    ]),
  BadDocument(
    title: "group input not connected",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "params": {"size": {"bind": "b.size"}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "x": {"type": "G"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:5: error: nodes.x: input 'source' is not connected"#
    ]),
  BadDocument(
    title: "unknown key of a group",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "params": {"size": {"bind": "b.size"}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p", "siz": 3}
        }
      }
      """##,
    messages: [
      #"comp.json:6:39: error: nodes.x: the group 'G' has no input or parameter 'siz'; did you mean 'size'?"#
    ]),
  BadDocument(
    title: "value does not fit the group",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "params": {"size": {"bind": "b.size"}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p", "size": "big"},
          "y": {"type": "G", "source": "p", "size": -1}
        }
      }
      """##,
    messages: [
      #"comp.json:6:47: error: nodes.x.size: found "big"; expected a number or an array of 2 numbers"#,
      #"comp.json:7:47: error: nodes.y.size: -1 is outside the range: 0 to 1000"#,
    ]),
  BadDocument(
    title: "unknown port of a group",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "params": {"size": {"bind": "b.size"}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p"},
          "y": {"type": "Grade", "source": "x.matte"}
        }
      }
      """##,
    messages: [
      #"comp.json:7:38: error: nodes.y.source: the group 'x' has no output 'matte' (it has output)"#
    ]),
  BadDocument(
    title: "error inside a group, used twice",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "nodes": {"b": {"type": "Soften", "source": "sorce"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p"},
          "y": {"type": "G", "source": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:93: error: groups.G.nodes.b.source: no node is called 'sorce'; did you mean 'source'?"#
    ]),
  BadDocument(
    title: "error inside a group nobody uses",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"nodes": {"b": {"type": "Soften", "sz": 1}}, "output": "c"}},
        "nodes": {
          "p": {"type": "Plate"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:30: error: groups.G.nodes.b: input 'source' is not connected"#,
      #"comp.json:3:54: error: groups.G.nodes.b: 'Soften' has no parameter 'sz'"#,
      #"comp.json:3:75: error: groups.G.output: no node is called 'c'"#,
    ]),
  BadDocument(
    title: "group contains itself",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "nodes": {"b": {"type": "G", "source": "source"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:73: error: groups.G.nodes.b.type: the group contains itself: G -> G"#
    ]),
  BadDocument(
    title: "groups contain each other",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {
          "A": {"nodes": {"b": {"type": "B"}}, "output": "b"},
          "B": {"nodes": {"a": {"type": "A"}}, "output": "a"}
        },
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "A"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:35: error: groups.B.nodes.a.type: the group contains itself: A -> B -> A"#
    ]),
  BadDocument(
    title: "group without output",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"nodes": {"b": {"type": "Plate"}}}},
        "nodes": {
          "p": {"type": "Plate"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:19: error: groups.G: the group has no output: "output": "node""#
    ]),
  BadDocument(
    title: "bindings to nothing",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "params": {"a": {"bind": "b.sise"}, "c": {"bind": "x.size"}, "d": {}, "e": {"bind": "b"}, "f": {"bind": "source.x"}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:74: error: groups.G.params.a.bind: 'Soften' has no parameter 'sise'; did you mean 'size'?"#,
      #"comp.json:3:99: error: groups.G.params.c.bind: no node is called 'x'"#,
      #"comp.json:3:115: error: groups.G.params.d: an exposed parameter has a 'bind', a 'default', or both"#,
      #"comp.json:3:119: error: groups.G.params.e: 'e' already means something in expressions; choose another name"#,
      #"comp.json:3:133: error: groups.G.params.e.bind: found "b"; expected "node.param" or an array of them"#,
      #"comp.json:3:153: error: groups.G.params.f.bind: 'source' is an input of the group, not a node inside"#,
    ]),
  BadDocument(
    title: "group named like a type",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"Grade": {"inputs": {"source": "In."}, "params": {"size": {"bind": "b.size"}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:14: error: groups.Grade: a node type is already called 'Grade'"#
    ]),
  BadDocument(
    title: "node named like an input",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "nodes": {"source": {"type": "Plate"}}, "output": "source"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:59: error: groups.G.nodes.source: an input of the group is already called 'source'"#
    ]),
  BadDocument(
    title: "optional group input that is needed",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": {"help": "In.", "optional": true}}, "nodes": {"b": {"type": "Soften", "source": "source"}}, "output": "b"}},
        "nodes": {
          "x": {"type": "G"}
        }
      }
      """##,
    messages: [
      #"comp.json:3:121: error: groups.G.nodes.b.source: input 'source' is not connected: the group's input 'source' is left open"#
    ]),
  BadDocument(
    title: "groups in a circle of names",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"inputs": {"source": "In."}, "nodes": {}, "output": "source"}},
        "nodes": {
          "x": {"type": "G", "source": "y"},
          "y": {"type": "G", "source": "x"},
          "g": {"type": "Grade", "source": "x"}
        }
      }
      """##,
    messages: [
      #"comp.json:5:34: error: nodes.x.source: 'y' leads through groups back to itself"#,
      #"comp.json:6:34: error: nodes.y.source: 'x' leads through groups back to itself"#,
      #"comp.json:7:38: error: nodes.g.source: 'x' leads through groups back to itself"#,
    ]),
  BadDocument(
    title: "group file missing",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "x": {"type": "no/such/group.json"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:19: error: nodes.x.type: cannot read the group 'no/such/group.json': No such file or directory"#
    ]),
  BadDocument(
    title: "mask on a group without input",
    text: ##"""
      {
        "bipack": 1, 
        "groups": {"G": {"nodes": {"b": {"type": "Plate"}}, "output": "b"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "mask": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:6:24: error: nodes.x: 'G' takes no 'mask'"#
    ]),
  BadDocument(
    title: "override of nothing",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "plate": {"type": "Plate"}
        }
      }
      """##,
    sets: [("plat.level", "3"), ("level", "3"), ("plate.lev", "2"), ("plate.level", "hot")],
    messages: [
      #"--set level=3:1:1: error: 'level' names no parameter; write node.parameter=value"#,
      #"--set plat.level=3:1:1: error: no node is called 'plat'; did you mean 'plate'?"#,
      #"--set plate.lev=2:1:1: error: nodes.plate: 'Plate' has no parameter 'lev'; did you mean 'level'?"#,
      #"--set plate.level=hot:1:1: error: nodes.plate.level: found "hot"; expected a number"#,
    ]),
  BadDocument(
    title: "parameters without effect",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "a": {"type": "Fitted", "source": "p", "scale": 2, "blur": 3},
          "b": {"type": "Fitted", "source": "a", "scale": 2, "to": "scale", "size": 4},
          "c": {"type": "Fitted", "source": "b", "like": "p", "format": "HD", "blurs": true, "blur": 2},
          "d": {"type": "Fitted", "source": "c", "blurs": {"expr": "frame > 3"}, "blur": 2}
        }
      }
      """##,
    messages: [
      #"comp.json:5:44: warning: nodes.a.scale: 'scale' has no effect: it is used only where 'to' is 'scale'"#,
      #"comp.json:5:56: warning: nodes.a.blur: 'blur' has no effect: it is used only where 'blurs' is given"#,
      #"comp.json:6:71: error: nodes.b.size: 'size' has no effect: it is used only where 'to' is 'box'"#,
      #"comp.json:7:57: warning: nodes.c.format: 'format' has no effect: it is used only where 'like' is not connected"#,
    ]),
  BadDocument(
    title: "parameters without effect inside groups",
    text: ##"""
      {
        "bipack": 1,
        "groups": {"G": {
          "inputs": {"source": "In.", "like": {"optional": true}},
          "nodes": {
            "a": {"type": "Fitted", "source": "source", "format": "HD", "likeness": 2},
            "b": {"type": "Fitted", "source": "a", "like": "source", "format": "HD", "likeness": 2},
            "c": {"type": "Fitted", "source": "b", "like": "a", "format": "HD"},
            "d": {"type": "Fitted", "source": "c", "like": "like", "format": "HD", "likeness": 2}
          }, "output": "d"}},
        "nodes": {
          "p": {"type": "Plate"},
          "x": {"type": "G", "source": "p"},
          "y": {"type": "Fitted", "source": "x", "to": "scale", "middle": 2},
          "z": {"type": "Fitted", "source": "y", "to": "scale", "format": "box", "middle": 2}
        }
      }
      """##,
    messages: [
      #"comp.json:6:67: warning: groups.G.nodes.a.likeness: 'likeness' has no effect: it is used only where 'like' is connected"#,
      #"comp.json:7:64: warning: groups.G.nodes.b.format: 'format' has no effect: it is used only where 'like' is not connected"#,
      #"comp.json:8:59: warning: groups.G.nodes.c.format: 'format' has no effect: it is used only where 'like' is not connected"#,
      #"comp.json:14:59: warning: nodes.y.middle: 'middle' has no effect: it is used only where 'to' or 'format' is 'box'"#,
    ]),
  BadDocument(
    title: "variable nobody declared",
    text: ##"""
      {
        "bipack": 1, "variables": {"up": 1},
        "nodes": {
          "p": {"type": "Plate", "level": {"expr": "up"}}
        }
      }
      """##,
    variables: [("pu", "3"), ("up", "high")],
    messages: [
      #"--var pu=3:1:1: error: no variable is called 'pu'; expected 'up'; did you mean 'up'?"#,
      #"--var up=high:1:1: error: variables.up: found "high"; expected a number"#,
    ]),
  BadDocument(
    title: "deep pictures where pictures are due, and the other way round",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Smoke"},
          "g": {"type": "Grade", "source": "s"},
          "f": {"type": "Flatten", "source": "p"},
          "t": {"type": "Thin", "source": "s", "holdout": "p"},
          "m": {"type": "Grade", "source": "p", "mask": "t"},
          "o": {"type": "Over", "a": "p", "b": "t"},
          "w": {"type": "Out", "source": "t"},
          "i": {"type": "Pick", "inputs": ["p", "s"]},
          "fine": {"type": "Grade", "source": "fine2"},
          "fine2": {"type": "Flatten", "source": "fine3"},
          "fine3": {"type": "Thin", "source": "s"}
        }
      }
      """##,
    messages: [
      #"comp.json:6:38: error: nodes.g.source: 'source' of a Grade takes a picture, but 's' is a Smoke and gives a deep picture; a DeepToImage in between flattens it"#,
      #"comp.json:7:40: error: nodes.f.source: 'source' of a Flatten takes a deep picture, but 'p' is a Plate and gives a picture; a DeepFromImage in between makes it one"#,
      #"comp.json:8:53: error: nodes.t.holdout: 'holdout' of a Thin takes a deep picture, but 'p' is a Plate and gives a picture; a DeepFromImage in between makes it one"#,
      #"comp.json:9:51: error: nodes.m.mask: 'mask' of a Grade takes a picture, but 't' is a Thin and gives a deep picture; a DeepToImage in between flattens it"#,
      #"comp.json:10:42: error: nodes.o.b: 'b' of a Over takes a picture, but 't' is a Thin and gives a deep picture; a DeepToImage in between flattens it"#,
      #"comp.json:11:36: error: nodes.w.source: 'source' of a Out takes a picture, but 't' is a Thin and gives a deep picture; a DeepToImage in between flattens it, and a DeepWrite writes it as it is"#,
      #"comp.json:12:43: error: nodes.i.inputs[1]: 'inputs' of a Pick takes a picture, but 's' is a Smoke and gives a deep picture; a DeepToImage in between flattens it"#,
    ]),
  BadDocument(
    title: "what a deep node cannot have",
    text: ##"""
      {
        "bipack": 1,
        "groups": {
          "haze": {"inputs": {"in": "Smoke."}, "nodes": {"t": {"type": "Thin", "source": "in"}}, "output": "t"}
        },
        "nodes": {
          "p": {"type": "Plate"},
          "s": {"type": "Smoke"},
          "f": {"type": "Flatten", "source": "s", "disabled": true, "mix": 0.5},
          "t": {"type": "Thin", "source": "s", "disabled": true, "mask": "p"},
          "h": {"type": "haze", "in": "s", "mix": 0.5},
          "k": {"type": "haze", "in": "p"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:84: error: groups.haze.nodes.t.source: 'source' of a Thin takes a deep picture, but 'in' (nodes.p) is a Plate and gives a picture; a DeepFromImage in between makes it one"#,
      #"comp.json:9:45: error: nodes.f: a Flatten cannot be disabled: what it takes is not of the kind it gives, a picture or a deep picture, so that there is nothing to pass on"#,
      #"comp.json:9:63: error: nodes.f: 'Flatten' takes no 'mix'"#,
      #"comp.json:10:60: error: nodes.t: 'Thin' takes no 'mask'"#,
      #"comp.json:11:38: error: nodes.h: the group 'haze' gives a deep picture, which takes no 'mix'"#,
    ]),
  BadDocument(
    title: "all at once, in order",
    text: ##"""
      {
        "bipack": 1,
        "nodes": {
          "a": {"type": "Plat"},
          "b": {"type": "Grade", "source": "a", "gain": 9},
          "c": {"type": "Grade", "source": "bb", "gamma": "x"},
          "d": {"type": "Soften"}
        }
      }
      """##,
    messages: [
      #"comp.json:4:19: error: nodes.a.type: no node type is called 'Plat'; did you mean 'Plate'?"#,
      #"comp.json:5:51: error: nodes.b.gain: 9 is outside the range: 0 to 4"#,
      #"comp.json:6:38: error: nodes.c.source: no node is called 'bb'; did you mean 'b'?"#,
      #"comp.json:6:53: error: nodes.c.gamma: found "x"; expected a number"#,
      #"comp.json:7:5: error: nodes.d: input 'source' is not connected"#,
    ]),
]
