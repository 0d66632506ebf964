import Testing

@testable import BipackPixels
