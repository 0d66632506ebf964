import BipackGraph
import BipackKernels

/// The engine's loops, as the kernels know them.
struct EngineLoop: ParallelLoop {
  let run: Loops
  func callAsFunction(_ count: Int, _ body: @Sendable (Int) -> Void) { run(count, body) }
}
