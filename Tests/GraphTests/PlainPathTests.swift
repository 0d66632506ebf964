import Glibc
import Testing

@testable import BipackGraph

@Suite struct PlainPathTests {
  @Test(arguments: [
    (".", "a.exr", "a.exr"), (".", "./a.exr", "a.exr"), ("", "x//y/./a.exr", "x/y/a.exr"),
    ("/tmp", "../etc/a.exr", "/etc/a.exr"), (".", "../a.exr", "../a.exr"), ("/x", "/y/a", "/y/a"),
    // What is no folder stays: the system shall say so.
    ("/no/such", "../a.exr", "/no/such/../a.exr"), (".", "folder/", "folder/"), ("/", "a", "/a"),
  ])
  func joins(_ directory: String, _ path: String, _ expected: String) {
    #expect(PlainPath.join(directory, path) == expected)
  }

  /// Behind a link `..` leads elsewhere.
  @Test func linksKeepTheirDots() throws {
    var name = Array("/tmp/bipack-path-XXXXXX\0".utf8CString)
    let folder = try #require(mkdtemp(&name).map { String(cString: $0) })
    defer { rmdir(folder) }
    let link = folder + "/link"
    symlink("/usr/bin", link)
    defer { unlink(link) }
    #expect(PlainPath.join(link, "../a.exr") == link + "/../a.exr")
    #expect(PlainPath.join(folder, "x/../../a.exr") == folder + "/x/../../a.exr")
  }

  @Test(
    arguments: [
      ("~/a.exr", "~"), ("~anna/a.exr", "~anna"), ("~", "~"), ("$HOME/a.exr", "$HOME"),
      ("/jobs/$SHOT.exr", "$SHOT"), ("~backup.exr", nil), ("cost$5/a.exr", nil), ("$5.exr", nil),
      ("a~/b", nil),
    ] as [(String, String?)])
  func findsWordsForAShell(_ path: String, _ word: String?) {
    #expect(PlainPath.shellWord(in: path) == word)
  }
}
