import Testing

@testable import BipackKernels
