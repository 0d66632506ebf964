import BipackPixels
import CFormats
import Foundation
import Testing

@testable import BipackIO

/// The process that decodes and encodes for us may die at any moment; nothing else does.
@Suite(.enabled(if: hasFormats), .serialized) struct FormatHelperTests {
  let pad = Scratchpad()

  private func plate(_ name: String, value: Float = 0.25) throws -> String {
    let spec = ImageSpec(format: Format(width: 64, height: 32), channels: Channel.rgb)
    let pixels = Dictionary(
      uniqueKeysWithValues: Channel.rgb.map { ($0, [Float](repeating: value, count: 2048)) })
    try ImageFile.write(Image(spec: spec, pool: pool, pixels: pixels), to: pad.file(name))
    return pad.file(name)
  }

  private func read(_ path: String) throws -> Image { try ImageFile.read(path, pool: pool).image }

  @Test func aHelperThatDiedWhileItWaitedIsReplaced() throws {
    let path = try plate("a.tif")
    let waiting = FormatHelpers.idleProcesses
    #expect(!waiting.isEmpty)
    for process in waiting { kill(process, SIGSEGV) }
    #expect(try read(path).value(.red, x: 3, y: 3) == Float(64) / 255)
    // None of the dead is left, not even as a zombie.
    for process in waiting where process != 0 { #expect(kill(process, 0) != 0) }
  }

  @Test func aHelperThatDiesOverAFileIsThatFilesError() throws {
    let path = try plate("b.tif")
    let error = #expect(throws: FormatFailure.self) {
      let helper = try FormatHelpers.take(fresh: true, for: path)
      helper.begin()
      let question = FormatQuestion(Int(FORMATS_OPEN), .header(fileSize: 1))
      kill(helper.process, SIGSTOP)
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { [process = helper.process] in
        kill(process, SIGSEGV)
        kill(process, SIGCONT)
      }
      _ = try helper.ask(question) { false }
    }
    guard case .died(let how) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(how == "crashed (signal 11, segmentation fault)")
    #expect(try read(path).value(.red, x: 3, y: 3) == Float(64) / 255)
  }

  @Test func cancellingEndsTheWaitAtOnce() throws {
    let path = try plate("c.tif")
    let helper = try FormatHelpers.take(fresh: true, for: path)
    let process = helper.process
    kill(process, SIGSTOP)
    let start = ContinuousClock.now
    let error = #expect(throws: FormatFailure.self) {
      _ = try helper.ask(FormatQuestion(Int(FORMATS_CLOSE), .header(fileSize: 1))) { true }
    }
    #expect(start.duration(to: .now) < .milliseconds(400))
    guard case .cancelled = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!helper.isUsable)
    FormatHelpers.giveBack(helper)
    #expect(!FormatHelpers.idleProcesses.contains(process))
  }

  @Test func aProgramThatIsNoHelperIsRefused() throws {
    pad.make("fake", Array("#!/bin/sh\nexit 7\n".utf8))
    chmod(pad.file("fake"), 0o755)
    let error = #expect(throws: FormatFailure.self) {
      _ = try FormatHelper(program: pad.file("fake"))
    }
    guard case .died(let how) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(how == "ended by itself (exit 7)")
    let missing = #expect(throws: FormatFailure.self) {
      _ = try FormatHelper(program: pad.file("nothing"))
    }
    guard case .refused(let why) = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
    #expect(why == "\(pad.file("nothing")) cannot be started: No such file or directory")
  }
}
