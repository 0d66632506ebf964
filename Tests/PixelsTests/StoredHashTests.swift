import Testing

@testable import BipackPixels

@Suite("Hashes of what is stored") struct StoredHashTests {
  private func hash(_ value: some Any) -> StableHash {
    var hasher = StableHasher()
    hasher.combine(stored: value)
    return hasher.finalize()
  }

  private enum Word: String { case one, two }
  private enum Plain { case one, two }
  private enum Told: CustomStringConvertible {
    case one, two
    var description: String { "always the same" }
  }
  private enum Shape {
    case none
    case line(width: Double)
    case curve([Float])
    case held(any Sendable)
    indirect case pair(Shape, Shape)
  }
  private struct Inner: Hashable {
    var number = 1
    var text = "a"
  }
  private protocol Part: Sendable {
    var name: String { get }
  }
  private struct Small: Part {
    var name = "small"
  }
  /// More than an existential holds in place.
  private struct Large: Part {
    var name = "large"
    var numbers = (1.0, 2.0, 3.0)
    var number = 4
  }
  private struct Outer {
    var flag = true
    var small: UInt8 = 3
    var single: Float = 0.5
    var double = 0.25
    var inner = Inner()
    var list = [Inner(), Inner(number: 2)]
    var maybe: Inner?
    var word = Word.one
    var plain = Plain.one
    var shape = Shape.none
    var pair = (1, "x")
    var table = ["a": Inner()]
    var set: Set<Inner> = [Inner()]
    var vector = SIMD3(1.0, 2, 3)
    var rect = Rect(width: 2, height: 3)
    var channel = Channel.red
    var any: any Sendable = 1
    var part: any Part = Small()
    var parts: [any Part] = [Small(), Large()]
    var range = 1...3
  }

  @Test func everyFieldCounts() {
    let changes: [(inout Outer) -> Void] = [
      { $0.flag = false }, { $0.small = 4 }, { $0.single = 0.75 }, { $0.double = 0.125 },
      { $0.inner.number = 2 }, { $0.inner.text = "b" }, { $0.list[1].text = "b" },
      { $0.list.removeLast() }, { $0.list.reverse() }, { $0.maybe = Inner() },
      { $0.maybe = Inner(number: 7) }, { $0.word = .two }, { $0.plain = .two },
      { $0.shape = .line(width: 1) }, { $0.shape = .line(width: 2) }, { $0.shape = .curve([1]) },
      { $0.shape = .curve([1, 2]) }, { $0.shape = .pair(.none, .line(width: 1)) },
      { $0.shape = .pair(.none, .line(width: 2)) }, { $0.shape = .held(1) },
      { $0.shape = .held(2) }, { $0.shape = .held("1") }, { $0.pair.0 = 2 }, { $0.pair.1 = "y" },
      { $0.table["a"]?.number = 3 }, { $0.table["b"] = Inner() },
      { $0.set.insert(Inner(number: 5)) },
      { $0.vector.z = 4 }, { $0.rect.x1 = 9 }, { $0.channel = .green }, { $0.any = 2 },
      { $0.any = "1" }, { $0.any = UInt(1) }, { $0.range = 1...4 }, { $0.part = Large() },
      { $0.part = Small(name: "b") }, { $0.part = Large(number: 5) },
      { $0.parts[1] = Large(number: 5) }, { $0.parts.reverse() },
    ]
    var seen: Set<StableHash> = [hash(Outer())]
    #expect(hash(Outer()) == hash(Outer()))
    for (index, change) in changes.enumerated() {
      var outer = Outer()
      change(&outer)
      #expect(hash(outer) == hash(outer), "change \(index) has a hash of its own")
      #expect(seen.insert(hash(outer)).inserted, "change \(index) does not show")
    }
  }

  @Test func setsAndDictionariesHaveNoOrder() {
    let names = (0..<50).map(String.init)
    let forwards = Dictionary(names.map { ($0, $0.count) }) { a, _ in a }
    var backwards: [String: Int] = [:]
    backwards.reserveCapacity(1000)
    for name in names.reversed() { backwards[name] = name.count }
    #expect(hash(forwards) == hash(backwards))
    #expect(hash(Set(names)) == hash(Set(names.reversed())))
  }

  private final class Thing: Sendable {}
  private struct Holds {
    var thing: Thing?
    var act: @Sendable () -> Int = { 1 }
  }

  /// Rather no match than a wrong one.
  @Test func whatCannotBeNamedIsNeverTheSame() {
    let holds = Holds()
    #expect(hash(holds) != hash(holds))
    #expect(hash(Told.one) != hash(Told.one))
    #expect(hash([Thing]()) != hash([Thing]()))
    #expect(StoredHash.unhashable.contains { $0.contains("Thing") })
    #expect(StoredHash.unhashable.contains { $0.contains("Told") })
    #expect(!StoredHash.unhashable.contains { $0.contains("Outer") })
  }

  private struct Excused {
    var number = 1
    @NotHashed("told by the number") var other = 2
  }

  @Test func whatIsExcusedDoesNotCount() {
    #expect(hash(Excused(number: 1, other: 2)) == hash(Excused(number: 1, other: 3)))
    #expect(hash(Excused(number: 1, other: 2)) != hash(Excused(number: 2, other: 2)))
  }

  /// Hashes name pixels in other processes: no address may be in them.
  @Test func namesAreStable() {
    #expect(StoredHash.name(of: Inner.self) == "PixelsTests.StoredHashTests.Inner")
    #expect(StoredHash.name(of: [Inner].self) == "Swift.Array<PixelsTests.StoredHashTests.Inner>")
    struct Local {}
    #expect(!StoredHash.name(of: Local.self).contains("$"))
  }

  @Test func theseHashesAreForEver() {
    #expect(hash(Inner()).description == "195910f4b924dcd5bdd7c0d70932bd80")
    #expect(hash(Shape.curve([1, 2])).description == "335d26f6d6558ad55edf3283fe594996")
  }

  /// A LUT of 65 points an axis is 824,000 numbers.
  @Test func longListsOfNumbersAreQuick() {
    let numbers = (0..<824_000).map { Float($0) }
    let clock = ContinuousClock()
    let time = clock.measure { _ = hash(numbers) }
    #expect(time < .milliseconds(100), "\(time)")
  }
}
