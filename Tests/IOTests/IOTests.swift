import Testing

@testable import BipackIO
