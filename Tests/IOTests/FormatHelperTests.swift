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

  // Pools of their own: the helpers of the program serve other tests at the same time.

  @Test func aHelperThatDiedWhileItWaitedIsReplaced() throws {
    let helpers = FormatHelpers()
    let first = try helpers.lend(for: "a") { $0.process }
    #expect(helpers.idleProcesses == [first])
    kill(first, SIGSEGV)
    var end = siginfo_t()
    waitid(P_PID, id_t(first), &end, WEXITED | WNOWAIT)
    let second = try helpers.lend(for: "a") { $0.process }
    #expect(second != first)
    // Not even a zombie is left.
    #expect(kill(first, 0) != 0)
  }

  @Test func aHelperHurtByOtherFilesIsReplacedAtWork() throws {
    let helpers = FormatHelpers()
    try helpers.lend(for: "a") { _ in }
    var processes: [pid_t] = []
    try helpers.lend(for: "b") { helper throws(ImageFileError) in
      processes.append(helper.process)
      if processes.count == 1 { kill(helper.process, SIGSEGV) }
      do throws(FormatFailure) {
        var question = FormatQuestion(Int(FORMATS_CAN_WRITE), .header(fileSize: 0))
        question.put("tif")
        _ = try helper.ask(question) { false }
      } catch {
        throw .missingHelper("b", "\(error)")
      }
    }
    #expect(processes.count == 2)
    #expect(processes.first != processes.last)
  }

  @Test func aHelperThatDiesOverAFileIsThatFilesError() throws {
    let path = try plate("b.tif")
    let error = #expect(throws: FormatFailure.self) {
      let helper = try FormatHelpers().take(fresh: true, for: path)
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
    let helpers = FormatHelpers()
    let helper = try helpers.take(fresh: true, for: "c")
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
    helpers.giveBack(helper)
    #expect(!helpers.idleProcesses.contains(process))
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
