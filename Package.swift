// swift-tools-version: 6.2
import PackageDescription

/// The house in one table: every target, what it may import, and the C libraries behind the shims.
/// The rules that keep it straight are in Docs/design.md: Engine never imports Nodes, Kernels never
/// import Graph, Nodes never import Engine.
let swift: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// What we ship draws no warnings: Scripts/test sets BIPACK_STRICT. (Test targets may: swift-testing's
/// macros do under this. Day-to-day builds and newer compilers are not stopped by a warning.)
let strict: [SwiftSetting] =
  Context.environment["BIPACK_STRICT"] == nil
  ? swift : swift + [.treatAllWarnings(as: .error)]

/// Loops that exist once for each generation of CPUs (clones.h). To prove that all give the same bits,
/// Scripts/exact builds each alone: BIPACK_KERNELS is 1 (baseline), 3 (AVX2) or 4 (AVX-512).
let kernels: [CSetting] =
  Context.environment["BIPACK_KERNELS"].map { [.define("BP_KERNELS", to: $0)] } ?? []

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: swift)
}

let package = Package(
  name: "bipack",
  products: [
    .library(name: "Bipack", targets: ["Bipack"]),
    .library(name: "BipackCLI", targets: ["BipackCLI"]),
    .executable(name: "bipack", targets: ["BipackMain"]),
    .executable(name: "bipack-formats", targets: ["BipackFormats"]),
  ],
  traits: [
    .trait(name: "OIIO", description: "Image formats other than EXR and PNG, through OpenImageIO"),
    .default(enabledTraits: ["OIIO"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Pixels, and the algorithms on them.
    module("BipackPixels"),
    .target(name: "CVector", cSettings: kernels),
    module("BipackKernels", ["BipackPixels", "CVector"]),

    // The document and the nodes.
    module("BipackGraph", ["BipackPixels"]),
    module("BipackNodes", ["BipackGraph", "BipackKernels", "BipackIO"]),
    .target(name: "CPack", dependencies: ["CVector"]),
    module("BipackEngine", ["BipackGraph", "BipackPixels", "CPack"]),

    // Files and colour.
    .systemLibrary(
      name: "CImath", pkgConfig: "Imath",
      providers: [.apt(["libopenexr-dev", "libdeflate-dev"]), .brew(["openexr", "libdeflate"])]),
    .target(
      name: "CEXR", dependencies: ["CImath", "CVector"], cSettings: kernels,
      linkerSettings: [
        .linkedLibrary("OpenEXR"), .linkedLibrary("OpenEXRCore"), .linkedLibrary("Iex"),
        .linkedLibrary("IlmThread"), .linkedLibrary("deflate"),
      ]),
    .target(
      name: "CPNG", dependencies: ["CVector"], cSettings: kernels,
      linkerSettings: [
        .linkedLibrary("png16"), .linkedLibrary("z"), .linkedLibrary("deflate"),
      ]),
    .target(name: "COCIO", linkerSettings: [.linkedLibrary("OpenColorIO")]),
    .target(name: "CFiles"),
    .target(name: "CFormats"),
    .executableTarget(
      name: "BipackFormats", dependencies: ["CFormats"],
      cxxSettings: [.define("BIPACK_HAVE_OIIO", .when(traits: ["OIIO"]))],
      linkerSettings: [
        .linkedLibrary("OpenImageIO", .when(traits: ["OIIO"])),
        .linkedLibrary("OpenImageIO_Util", .when(traits: ["OIIO"])),
      ]),
    module(
      "BipackIO",
      ["BipackPixels", "BipackKernels", "CPack", "CEXR", "CPNG", "COCIO", "CFormats", "CFiles"]),

    // Files of other programs.
    module("BipackInterchange", ["BipackGraph", "BipackPixels"]),

    // What people use.
    module(
      "Bipack",
      ["BipackPixels", "BipackKernels", "BipackGraph", "BipackNodes", "BipackEngine", "BipackIO"]),
    module(
      "BipackCLI",
      [
        "Bipack", "BipackInterchange",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "BipackMain", dependencies: ["BipackCLI"], swiftSettings: strict),
    // The README's command with a node of one's own; BipackTests runs it.
    .executableTarget(
      name: "bipack-halve", dependencies: ["Bipack", "BipackCLI"], path: "Examples/bipack-halve",
      swiftSettings: swift),

    tests("PixelsTests", ["BipackPixels"]),
    tests("KernelsTests", ["BipackKernels"]),
    tests("GraphTests", ["BipackGraph"]),
    tests("NodesTests", ["BipackNodes", "Bipack"]),
    tests("EngineTests", ["BipackEngine", "Bipack", "CPack"]),
    tests("IOTests", ["BipackIO", "BipackKernels", "CFormats"]),
    tests("InterchangeTests", ["BipackInterchange", "Bipack"]),
    tests("BipackTests", ["Bipack"]),
  ],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)
