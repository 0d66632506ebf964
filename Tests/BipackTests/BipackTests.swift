import Testing

@testable import Bipack
