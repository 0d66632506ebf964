public import BipackGraph
import BipackKernels
import BipackPixels

/// Where colour comes from where a matte has more than its key.
public enum KeyReplace: String, ParamChoice {
  /// The subject's own, as the key has found it.
  case foreground
  /// Nowhere: what is added to the matte is black.
  case none
  /// The shot's, after despill.
  case source
  /// One colour.
  case hard
  /// One colour as bright as the shot.
  case soft
}

extension PointProgram {
  /// A premultiplied colour that follows alpha from one value to another: times the ratio where it
  /// falls; where it rises, with the difference of another colour added.
  mutating func follow(
    _ colors: [Source], from before: Source, to after: Source, adding others: [Source]
  ) -> [Source] {
    zip(colors, others).map { add(AdjustMatteKernel(), [$0, before, after, $1])[0] }
  }

  /// The colours that a replace method adds. `shot` and `foreground` are despilled.
  mutating func replacement(
    _ method: KeyReplace, _ color: ColorValue, shot: [Source], foreground: [Source]
  ) -> [Source] {
    switch method {
    case .foreground: return foreground
    case .none: return [.constant(0), .constant(0), .constant(0)]
    case .source: return shot
    case .hard: return (0..<3).map { .constant(Float(color[$0])) }
    case .soft:
      let brightness = add(ColorMeasureKernel(.rec709), shot)[0]
      return (0..<3).map { add(Product(), [brightness, .constant(Float(color[$0]))])[0] }
    }
  }
}
