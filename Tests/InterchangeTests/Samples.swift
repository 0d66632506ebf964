import Testing

@testable import BipackInterchange

/// Small files of every format, written by hand.
enum Samples {
  typealias Sample = (name: String, text: String)

  static let all = tracks + pins + cameras + shapes

  /// In a picture of 200 x 100 the point is 20 from the left and 30 from the top at frame 5, and 21, 32 at
  /// frame 6.
  static let tracks: [Sample] = [
    (
      "nuke",
      "version 13.0 v1\nTracker4 {\n tracks { { 1 31 1 } \n{ { 5 1 20 enable e } { 3 1 75 name name } "
        + "{ 2 1 58 track_x track_x } { 2 1 58 track_y track_y } }\n{ \n { {curve K x5 1} \"nose\" "
        + "{curve x5 20 21} {curve x5 70 68} }\n} }\n name Tracker1\n}\n"
    ),
    (
      "nuke",
      "Root {\n format \"200 100 0 0 200 100 1 small\"\n}\nTracker3 {\n"
        + " track1 {{curve i x5 20 21} {curve L x5 70 x6 68}}\n}\n"
    ),
    ("3de4", "1\nnose\n0\n2\n5 20 70\n6 21 68\n"),
    (
      "3de3",
      "// 3DE Multiple Tracking Curves Export 200 x 100 * 9 frames\nnose\n\t5\t20\t70\n\t6\t21\t68\n"
    ),
    ("syntheyes", "nose 4 -0.804020 -0.404040 15\nnose 5 -0.793970 -0.363636 7\n"),
    ("syntheyes-all", "nose\n4 20 30\n5 21 32\n"),
    ("pftrack", "\"nose\"\n2\n4 19.5 69.5 0.0\n5 20.5 67.5 0.0\n"),
    ("pftrack", "# made by hand\n\n\"nose\"\n\"Primary\"\n2\n4 19.5 69.5 0.0\n5 20.5 67.5 0.0\n"),
    ("pftrack", "\"nose\"\n1\n2\n5 19.5 69.5 0.0\n6 20.5 67.5 0.0\n"),
    (
      "matchmover",
      "imageSequence\t\"Sequence 01\"\n{\n\t200\t100\tf( \"a.jpg\" )\tb( 1 9 1 )\n}\n"
        + "pointTrack \"nose\" rgb( 0 0 0 )\n{\n\t5\t20\t30\tki( 0.8 )\n\t6\t21\t32\tp+( 0.9 )\n}\n"
    ),
    (
      "mayalive",
      "# Size 200 100 2.0\n# Name nose\n0 4 -1.6 0.4 0\n0 5 -1.58 0.36 0\n"
    ),
    (
      "boujou",
      "# boujou 2d tracks export: text\n# track_id view x y\nnose  4  20  31\nnose  5  21  33\n"
    ),
    ("shake", "TrackName nose\n Frame X Y Correlation\n 5.00 20 70 1\n 6.00 21 68 0.5\n"),
    (
      "shake-script",
      "// Shake v4.10\nSetFps(24);\nTracker1 = Tracker(in, \"1/64\", \"nose\",\n Linear(0,20@5,21@6), "
        + "Hermite(0,[70,0,0]@5,[68,0,0]@6), 1);\n"
    ),
    (
      "flame",
      "StabilizerFileVersion 5.0\nFrameWidth 200\nFrameHeight 100\n"
        + ["x": (20, -1), "y": (70, 2)].sorted { $0.key < $1.key }.map { axis, numbers in
          "Channel nose/ref/\(axis)\n\tValue \(numbers.0)\n\tEnd\nChannel nose/shift/\(axis)\n\tValue 0\n"
            + "\tKey 0\n\t\tFrame 5\n\t\tValue 0\n\t\tEnd\n"
            + "\tKey 1\n\t\tFrame 6\n\t\tValue \(numbers.1)\n\t\tEnd\n\tEnd\n"
        }.joined() + "ChannelEnd\n"
    ),
    (
      "after-effects",
      keyframes(
        "Motion Trackers\tTracker #1\tnose #1\tFeature Center #2\n", "4\t20\t30\n\t5\t21\t32")
    ),
    (
      "natron",
      natron(
        """
        <item><Plugin_script_name>nose</Plugin_script_name><Plugin_id>net.sf.openfx.TrackerPM</Plugin_id>
        <item><Name>center</Name><Dimension>2</Dimension>\(natronCurve([20, 21]))\(natronCurve([70, 68]))</item>
        </item>
        """)
    ),
    (
      "rzml",
      """
      <?xml version="1.0"?>
      <RZML v="1.3.2">
        <L i="1" n="nose"/>
        <SHOT i="1" w="200" h="100"><!-- no camera -->
          <IPLN><IFRM t="4"><M i="1" x="20" y="30"/></IFRM>
          <IFRM t="5"><M i="1" x="21" y="32" cs="0.9"/></IFRM></IPLN>
        </SHOT>
      </RZML>
      """
    ),
  ]

  /// A pin of the whole picture to 10, 20 (top left), 190, 20, 190, 90 and 10, 90.
  static let pins: [Sample] = [
    (
      "after-effects",
      keyframes(
        ["Upper Left #2", "Upper Right #3", "Lower Left #4", "Lower Right #5"].enumerated().map {
          "Effects\tCorner Pin #1\t\($1)\n\tFrame\tX pixels\tY pixels\n\t0\t\([10, 190, 10, 190][$0])\t\([20, 20, 90, 90][$0])\n\n"
        }.joined())
    ),
    (
      "natron",
      natron(
        "<item><Plugin_script_name>pin</Plugin_script_name><Plugin_id>net.sf.openfx.CornerPinPlugin</Plugin_id>"
          + [[10, 10], [190, 10], [190, 80], [10, 80]].enumerated().map {
            "<item><Name>to\($0 + 1)</Name><Dimension>2</Dimension>"
              + $1.map { "<item><HasAnimation>0</HasAnimation><Value>\($0)</Value></item>" }
              .joined()
              + "</item>"
          }.joined() + "</item>")
    ),
    (
      "nuke",
      "Root {\n format \"200 100 0 0 200 100 1 s\"\n}\nCornerPin2D {\n to1 {10 10}\n to2 {190 10}\n to3 {190 80}\n to4 {10 80}\n}\n"
    ),
  ]

  /// A camera at 1, 2, 3 (frame 5) and 2, 2, 3 (frame 6), turned by 10 degrees about y, 36 mm of film with 36 mm.
  static let cameras: [Sample] = [
    ("chan", "5 1 2 3 0 10 0 29.0706\n6 2 2 3 0 10 0 29.0706\n"),
    (
      "nuke",
      "Camera3 {\n translate {{curve L x5 1 x6 2} 2 3}\n rotate {0 10 0}\n focal 36\n haperture 36\n vaperture 20.25\n name camera\n}\n"
    ),
    (
      "boujou-camera",
      "# boujou export: text\n#Image Size 200 100\n#Filmback Size 36 18\n"
        + "#The Camera (One line per time frame)\n#R(0,0) R(0,1) R(0,2) R(1,0) ... Tx Ty Tz F(mm)\n"
        + [1, 2].map { "0.984808 0 -0.173648 0 -1 0 -0.173648 0 -0.984808 \($0) 2 3 36\n" }.joined()
        + "\n#3D Scene Points\n#x y z\n1 2 3\n"
    ),
    (
      "gltf",
      """
      {"asset": {"version": "2.0"}, "nodes": [{"children": [1], "translation": [1, 0, 0]},
        {"camera": 0, "translation": [0, 2, 3], "rotation": [0, 0.0871557, 0, 0.9961947]}],
       "cameras": [{"type": "perspective", "perspective": {"yfov": 0.4899573, "aspectRatio": 2}}]}
      """
    ),
    (
      "rzml",
      """
      <RZML v="1.3.2">
        <CINF i="1" n="camera" fbh="18"/>
        <SHOT i="1" ci="1" w="200" h="100">
          <CFRM t="4" fovx="53.1301024"><T x="1" y="2" z="3"/><R y="10"/></CFRM>
          <CFRM t="5" fovx="53.1301024"><T x="2" y="2" z="3"/><R y="10"/></CFRM>
        </SHOT>
      </RZML>
      """
    ),
  ]

  /// A triangle at 20, 30, 60, 30 and 60, 80 whose second point has tangents of -4, -5 and 4, 5 (y down), in a picture of 200
  /// x 100.
  static let shapes: [Sample] = [
    (
      "nuke",
      """
      Root {
       format "200 100 0 0 200 100 1 s"
      }
      Roto {
       output alpha
       curves {{{v x3f99999a}
        {f 0}
        {n
         {layer Root
          {f 0}
          {t x42c80000 x42480000}
          {a}
          {curvegroup tri 512 bezier
           {{cc
             {f 8192}
             {px x3f800000
              {0 0} {x41a00000 x428c0000} {0 0}
              {-4 5} {60 70} {4 -5}
              {0 0} {60 20} {0 0}}}     idem}
           {tx x3f800000 x42400000 x42540000}
           {a opc x3f000000 bm 12}}}}}}
       name Roto1
      }
      """
    ),
    (
      "nuke",
      """
      Root {
       format "200 100 0 0 200 100 1 s"
      }
      Roto {
       curves {AnimTree: "" {
       Version: 1.2
       Flag: 0
       RootNode: 1
       Node: {
        NodeName: "Root" {
         Flag: 512
         NodeType: 1
         Transform: 0 0 S 0 0 S 0 0 S 0 0 S 0 1 S 0 1 S 0 0 S 0 100 S 0 50\u{20}
         NumOfAttributes: 1
         "vis" S 0 1\u{20}
        }
        NumOfChildren: 1
        Node: {
         NodeName: "tri" {
          Flag: 576
          NodeType: 3
          CurveGroup: "" {
           Transform: 0 0 S 1 1 0 S 1 1 0 S 1 1 0 S 1 1 1 S 1 1 1 S 1 1 0 S 1 1 46 S 1 1 53\u{20}
           Flag: 0
           NumOfCubicCurves: 1
           CubicCurve: "" {
            Type: 0 Flag: 8192 Dim: 2
            NumOfPoints: 9
            0 S 1 1 0 S 1 1 0 0 0 S 1 1 20 S 1 1 70 0 0 S 1 1 0 S 1 1 0 0 \
      0 S 1 1 -4 S 1 1 5 0 0 S 1 1 60 S 1 1 70 0 0 S 1 1 4 S 1 1 -5 0 \
      0 S 1 1 0 S 1 1 0 0 0 L 0 4096 0.5 2 0 0 "" 0 1 "" 1 60 0 1 0 1 256 0 60 S 1 1 20 0 0 S 1 1 0 S 1 1 0 0 0
           }
           NumOfAttributes: 2
           "opc" S 0 0.5 "bm" S 0 12\u{20}
          }
         }
         NumOfChildren: 0
        }
       }
      }}
       name Roto1
      }
      """
    ),
    (
      "silhouette",
      """
      <?xml version="1.0"?>
      <Silhouette width="200" height="100" workRangeStart="1" sessionStartFrame="1">
      <Shape type="Shape" label="tri" shape_type="Bezier" hidden="False"><Properties>
        <Property id="opacity" constant="True"><Value>50</Value></Property>
        <Property id="mode" constant="True"><Value>minus</Value></Property>
        <Property id="path"><Key frame="0" interp="linear"><Path closed="True" type="Bezier">
          <Point>(-0.8,-0.2),(-0.8,-0.2),(-0.8,-0.2)</Point>
          <Point>(-0.4,-0.2),(-0.44,-0.25),(-0.36,-0.15)</Point>
          <Point>(-0.4,0.3),(-0.4,0.3),(-0.4,0.3)</Point>
        </Path></Key></Property>
      </Properties></Shape>
      </Silhouette>
      """
    ),
    (
      "natron",
      natron(
        """
        <item><Plugin_script_name>Roto1</Plugin_script_name><Plugin_id>fr.inria.built-in.Roto</Plugin_id>
        <RotoContext><BaseLayer><NumChildren>1</NumChildren><Item>
        <RotoDrawableItemSerialization>
        <RotoItemSerialization><Label>tri</Label><Activated>1</Activated></RotoItemSerialization>
        <Item><Name>opacity</Name><Dimension>1</Dimension><item><Value>0.5</Value></item></Item>
        <Item><Name>operator</Name><Dimension>1</Dimension><item><Value>2</Value></item><ChoiceLabel>minus</ChoiceLabel></Item>
        </RotoDrawableItemSerialization>
        <NumPoints>3</NumPoints>
        \(natronPoint(20, 70, 20, 70, 20, 70))
        \(natronPoint(60, 70, 56, 75, 64, 65))
        \(natronPoint(60, 20, 60, 20, 60, 20))
        <Closed>1</Closed></Item></BaseLayer></RotoContext></item>
        """)
    ),
  ]

  private static func natronPoint(_ numbers: Int...) -> String {
    let names = ["X", "Y", "Left_X", "Left_Y", "Right_X", "Right_Y"]
    return "<CP>" + zip(names, numbers).map { "<\($0)>\($1)</\($0)>" }.joined() + "</CP>"
  }

  private static func keyframes(_ block: String, _ keys: String = "") -> String {
    "Adobe After Effects 8.0 Keyframe Data\n\n\tUnits Per Second\t24\n\tSource Width\t200\n\tSource Height\t100\n\n"
      + block + (keys.isEmpty ? "" : "\tFrame\tX pixels\tY pixels\n\t\(keys)\n")
      + "\nEnd of Keyframe Data\n"
  }

  private static func natron(_ node: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
    <!DOCTYPE boost_serialization>
    <boost_serialization signature="serialization::archive" version="13">
    <Project class_id="0" tracking_level="0" version="6">
    <NodesCollection>\(node)</NodesCollection>
    <item><Name>outputFormat</Name><Dimension>1</Dimension><item><Value>2</Value></item>
    <ChoiceLabel>Small 200x100</ChoiceLabel></item>
    </Project></boost_serialization>
    """
  }

  private static func natronCurve(_ values: [Int]) -> String {
    "<item><HasAnimation>1</HasAnimation><Curve><KeyFrameSet><count>2</count>"
      + values.enumerated().map {
        "<item><Time>\($0 + 5)</Time><Value>\($1)</Value><InterpolationMethod>1</InterpolationMethod></item>"
      }.joined() + "</KeyFrameSet></Curve></item>"
  }
}

@Suite struct SampleTests {
  @Test func everyFormatHasOne() {
    let known = Set(Samples.all.map(\.name))
    #expect(Interchange.readers.map { $0.name }.filter { !known.contains($0) } == [])
  }

  @Test func eachIsRecognised() throws {
    for sample in Samples.all {
      let (reader, found) = try Interchange.read(Array(sample.text.utf8))
      #expect(reader.name == sample.name)
      #expect(!found.isEmpty, "\(sample)")
    }
  }

  /// Whatever is missing at the end, and whichever byte is wrong: a model or an error, never a crash.
  @Test func damagedTextsAreErrors() throws {
    func use(_ bytes: [UInt8], _ reader: (any InterchangeReader.Type)?) {
      guard let (_, found) = try? Interchange.read(bytes, as: reader) else { return }
      var result = ImportedResult()
      _ = try? result.add(found, ImportSettings(width: 200, height: 100), "it")
      _ = result.text(.values).utf8.count + result.text(.document).utf8.count
    }
    let signs: [UInt8] = [0, 0x0A, 0x22, 0x28, 0x2D, 0x39, 0x3C, 0x65, 0x7B, 0x7D, 0xFF]
    for sample in Samples.all {
      let bytes = Array(sample.text.utf8)
      for end in bytes.indices { use(Array(bytes[..<end]), nil) }
      let reader = try #require(Interchange.reader(sample.name))
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] = signs[place % signs.count]
        use(damaged, reader)
      }
    }
  }
}
