import Testing

@testable import BipackEngine
