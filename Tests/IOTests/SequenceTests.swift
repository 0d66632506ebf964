import BipackIO
import Foundation
import Testing

@Suite struct FrameListTests {
  static let good: [(String, [Int], String)] = [
    ("1", [1], "1"), ("1-5", [1, 2, 3, 4, 5], "1-5"), ("1-10x3", [1, 4, 7, 10], "1-10x3"),
    ("9-13:2", [9, 11, 13], "9-13x2"), ("1-100x50,7", [1, 51, 7], "1,51,7"),
    ("5-1", [5, 4, 3, 2, 1], "5-1"), ("10-1x4", [10, 6, 2], "10-2x4"),
    ("10-1x-4", [10, 6, 2], "10-2x4"), ("-3--1", [-3, -2, -1], "-3--1"),
    ("-1-1", [-1, 0, 1], "-1-1"), ("1,1,2,1", [1, 2], "1-2"),
    (" 1 , 3-4\t6 ", [1, 3, 4, 6], "1,3-4,6"),
    ("1 2 3", [1, 2, 3], "1-3"), ("5-5", [5], "5"), ("1-4x10", [1], "1"), ("007", [7], "7"),
    ("1,3,5,8,9,10,20", [1, 3, 5, 8, 9, 10, 20], "1-5x2,8-10,20"), ("-5", [-5], "-5"),
    ("1001-1003,1010", [1001, 1002, 1003, 1010], "1001-1003,1010"), ("3,2", [3, 2], "3-2"),
  ]

  @Test(arguments: good) func reads(text: String, frames: [Int], canonical: String) throws {
    let list = try FrameList(text)
    #expect(list.frames == frames)
    #expect(list.description == canonical)
    #expect(try FrameList(list.description) == list)
  }

  static let bad: [(String, Int)] = [
    ("", 1), ("  ", 3), ("a", 1), ("1-", 3), ("1,", 3), ("1,,2", 3), ("1-5x", 5), ("1-5x0", 5),
    ("1-5x-1", 5), ("1--", 4), ("1.5", 2), ("1-2-3", 4), ("1-1000001", 10), ("1234567890", 1),
    ("1-5y2", 4), ("é", 1), ("1;2", 2), ("--1", 2), ("0x10", 2),
  ]

  @Test(arguments: bad) func refuses(text: String, column: Int) {
    do {
      let list = try FrameList(text)
      Issue.record("'\(text)' gave \(list.frames.count) frames")
    } catch {
      #expect(error.column == column, "\(error)")
      #expect(!error.what.isEmpty)
    }
  }

  @Test func atTheLimit() throws {
    #expect(try FrameList("1-1000000").count == 1_000_000)
  }
}

@Suite struct FramePathTests {
  static let paths: [(String, Int, String)] = [
    ("a.####.exr", 7, "a.0007.exr"), ("a.####.exr", 123456, "a.123456.exr"),
    ("a.####.exr", -5, "a.-005.exr"), ("a.#.exr", 12, "a.0012.exr"), ("a.##.exr", 3, "a.03.exr"),
    ("a.%04d.exr", 7, "a.0007.exr"), ("a.%d.exr", 7, "a.7.exr"), ("a.%03d.exr", -7, "a.-07.exr"),
    ("a.@@@.exr", 5, "a.005.exr"), ("me@home/a.####.exr", 1, "me@home/a.0001.exr"),
    ("100%.####.exr", 1, "100%.0001.exr"), ("%s%%d.exr", 1, "%s%1.exr"),
    ("plain.exr", 5, "plain.exr"),
    ("s####/a.####.exr", 2, "s0002/a.0002.exr"), ("é/a####", 2, "é/a0002"),
  ]

  @Test(arguments: paths) func expands(pattern: String, frame: Int, path: String) throws {
    let sequence = try FramePath(pattern)
    #expect(sequence.path(frame: frame) == path)
    if sequence.hasFrame { #expect(sequence.frame(of: path) == frame) }
  }

  @Test func knowsItsOwn() throws {
    let sequence = try FramePath("a.####.exr")
    for stranger in [
      "a.007.exr", "a.00007.exr", "b.0007.exr", "a.0007.exr.part", "a.+007.exr", "a..exr",
      "a.-0.exr",
    ] {
      #expect(sequence.frame(of: stranger) == nil, "\(stranger)")
    }
    #expect(try FramePath("a####2.exr").frame(of: "a00012.exr") == 1)
    #expect(try FramePath("a####_####.exr").frame(of: "a0001_0002.exr") == nil)
    #expect(failure { _ = try FramePath("a.##########.exr") }?.kind == .request)
    #expect(failure { _ = try FramePath("") }?.kind == .request)
  }

  @Test func listsAFolder() throws {
    let pad = Scratchpad()
    let names = [
      "s.0001.exr", "s.0010.exr", "s.-002.exr", "s.12345.exr", "s.3.exr", "t.0001.exr",
      ".s.0004.exr.1.1.part", "s.0005.png",
    ]
    for name in names { pad.make(name) }
    #expect(try FramePath(pad.file("s.####.exr")).framesOnDisk() == [-2, 1, 10, 12345])
    #expect(try FramePath(pad.file("none.####.exr")).framesOnDisk() == [])
    #expect(
      failure { _ = try FramePath(pad.file("no/x.####.exr")).framesOnDisk() }?.kind == .missing)
    #expect(
      failure { _ = try FramePath(pad.file("s####/x.####.exr")).framesOnDisk() }?.kind == .request)
    #expect(failure { _ = try FramePath(pad.file("x.exr")).framesOnDisk() }?.kind == .request)
  }

  @Test func stampsTellFilesApart() throws {
    let pad = Scratchpad()
    pad.make("a", [1])
    pad.make("b", [1])
    let a = try FileStamp(path: pad.file("a"))
    #expect(try FileStamp(path: pad.file("a")).hash == a.hash)
    #expect(try FileStamp(path: pad.file("b")).hash != a.hash)
    pad.make("a", [1, 2])
    #expect(try FileStamp(path: pad.file("a")).hash != a.hash)
    #expect(failure { _ = try FileStamp(path: "/dev/null") }?.kind == .missing)
  }
}
