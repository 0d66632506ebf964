import BipackGraph

extension ImportedCamera {
  /// The camera as a value: what is not said is as Nuke's camera has it.
  func json(_ shift: Double) throws(InterchangeError) -> JSONValue {
    let order = rotOrder.uppercased()
    guard Camera.RotationOrder(rawValue: order) != nil else {
      throw InterchangeError(
        line: line, "\(name) is turned in the order '\(rotOrder.prefix(12))'",
        expected: Camera.RotationOrder.allCases.map(\.rawValue).joined(separator: ", "))
    }
    for (knob, number) in [("focal", focal), ("haperture", haperture), ("vaperture", vaperture)] {
      let values = number.keys.map(\.value) + (number.keys.isEmpty ? [number.first] : [])
      guard values.allSatisfy({ $0 > 0 }) else {
        throw InterchangeError(
          line: line, "\(name): \(knob) is not above 0", expected: "millimetres",
          advice: "look at the camera in the program it comes from")
      }
    }
    var members: [(String, JSONValue)] = []
    if isOrthographic { members.append(("projection", "orthographic")) }
    members.append(("translate", ImportedNumber.json(translate.map { $0.shifted(shift) })))
    members.append(("rotate", ImportedNumber.json(rotate.map { $0.shifted(shift) })))
    members.append(("rotOrder", JSONValue(order)))
    members.append(("focal", focal.shifted(shift).json))
    members.append(("haperture", haperture.shifted(shift).json))
    members.append(("vaperture", vaperture.shifted(shift).json))
    for (name, point, usual) in [("winTranslate", winTranslate, 0.0), ("winScale", winScale, 1)] {
      if !point.isAlways(usual, usual) {
        members.append(
          (name, ImportedPoint(point.x.shifted(shift), point.y.shifted(shift)).json))
      }
    }
    return JSONValue(members: members)
  }
}
