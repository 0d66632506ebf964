// Provisional: replaced by the real declaration machinery (helper `graph`).
import BipackPixels

extension Param: Decodable {
  public init(from decoder: any Decoder) throws { fatalError("provisional") }
}
extension Input: Decodable {
  public init(from decoder: any Decoder) throws { fatalError("provisional") }
}
extension Inputs: Decodable {
  public init(from decoder: any Decoder) throws { fatalError("provisional") }
}
extension Node {
  public static var isMaskable: Bool { true }
  public func hash(into hasher: inout StableHasher) { fatalError("provisional") }
}
