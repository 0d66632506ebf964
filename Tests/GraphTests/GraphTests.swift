import Testing

@testable import BipackGraph
