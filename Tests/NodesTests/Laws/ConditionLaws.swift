import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// What `check` calls without effect is: a parameter whose condition does not hold may have any value.
@Suite("Laws of parameters without effect", .serialized) struct ConditionLaws {
  static let names = NodeLaws.all.filter { !$0.conditions.isEmpty }.map(\.typeName)

  @Test(arguments: names) func whatIsSaidToCountForNothingDoes(_ name: String) async throws {
    let declaration = NodeLaws.declaration(name)
    var dice = Dice(seed: 77)
    for condition in declaration.conditions {
      var tried = 0
      for _ in 0..<40 where tried < 3 {
        guard let test = Trial(declaration, &dice), test.breaks(condition) else { continue }
        for param in condition.params {
          guard let other = test.changing(param, &dice) else { continue }
          tried += 1
          try await expectSame(test, other, "\(name).\(param), where not \(condition.words)")
        }
      }
    }
  }

  private func expectSame(_ one: Trial, _ other: Trial, _ what: String) async throws {
    guard let before = try await one.run() else { return }
    let after = try #require(try await other.run(), "\(what)")
    #expect(before.0.spec == after.0.spec, "\(what)")
    NodeLaws.expectSame(
      before, after, in: before.0.dataWindow.intersection(NodeLaws.view), "\(what)")
  }

  /// A node with random parameters, some of its optional inputs left open.
  private struct Trial {
    let declaration: NodeDeclaration
    var values: [ValueData?]
    var open: Set<String>
    private let lists: [Int]

    init?(_ declaration: NodeDeclaration, _ dice: inout Dice) {
      self.declaration = declaration
      lists = declaration.inputs.compactMap { $0.list.map { max($0.lowerBound, 1) } }
      open = Set(declaration.inputs.filter(\.isOptional).map(\.name))
      for input in declaration.inputs where dice.below(2) == 0 { open.remove(input.name) }
      guard let node = RandomNode(declaration, lists: lists, &dice) else { return nil }
      values = node.values
    }

    func breaks(_ condition: ParamCondition) -> Bool {
      let holds = condition.ground.holds(
        { name in
          declaration.params.firstIndex { $0.name == name }.map {
            values[$0] ?? declaration.params[$0].defaultValue
          }
        }, { !open.contains($0) })
      return holds == false
    }

    /// The same with another value of a parameter, or an input plugged in or pulled out.
    func changing(_ name: String, _ dice: inout Dice) -> Trial? {
      var other = self
      guard let index = declaration.params.firstIndex(where: { $0.name == name }) else {
        if other.open.remove(name) == nil { other.open.insert(name) }
        return other
      }
      for _ in 0..<8 where other.values[index] == values[index] {
        let drawn = RandomNode(declaration, lists: lists, &dice)
        other.values[index] = drawn?.values[index]
      }
      return other.values[index] == values[index] ? nil : other
    }

    func run() async throws -> (Image, Renderer)? {
      guard let node = declaration.make(values: values, lists: lists) else { return nil }
      var isOpen: [Bool] = []
      var list = 0
      for input in declaration.inputs {
        let count = input.list == nil ? 1 : lists[list]
        if input.list != nil { list += 1 }
        isOpen += [Bool](repeating: open.contains(input.name), count: count)
      }
      return try await NodeLaws.run(
        node, isOpen.count, RenderOptions(threads: 2, isCaching: false),
        region: NodeLaws.view
      ) { inputs, _ in
        for slot in inputs.indices where isOpen[slot] { inputs[slot] = nil }
      }
    }
  }
}
