// swift-tools-version: 6.2
import PackageDescription

/// Ours, ready to be timed: built and driven by Scripts/benchmark.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "bipack", path: "..")],
  targets: [
    .executableTarget(
      name: "worker", dependencies: [.product(name: "Bipack", package: "bipack")],
      path: "Sources/Worker",
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")])
  ]
)
