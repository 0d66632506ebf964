import Testing

@testable import BipackNodes
