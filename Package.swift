// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Lai",
  products: [
    .executable(name: "lai", targets: ["lai"]),
    .library(name: "Learning", targets: ["Kernels", "Tensors", "Learning"]),
    .library(name: "Experiments", targets: ["Learning", "Experiments"]),
    .library(name: "Charts", targets: ["Charts"]),
    .library(name: "Pictures", targets: ["Charts", "Pictures"]),
    .library(name: "LuaBindings", targets: ["LuaBindings"]),
    // `require "lai"` for a Lua of another program: lai.so, see scripts/install.sh.
    .library(name: "LaiModule", type: .dynamic, targets: ["LuaBindings"]),
  ],
  dependencies: [
    // The store of experiments: SQLite.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")
  ],
  targets: [
    // Lua's headers, found through pkg-config; only CLai includes them.
    .systemLibrary(
      name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .target(name: "CLai", dependencies: ["CLua"]),
    // The platform's C library under one name.
    .target(name: "Platform"),
    .target(name: "CBLAS", linkerSettings: [.linkedLibrary("openblas")]),
    .target(name: "CProducts"),
    .target(name: "Kernels", dependencies: ["CBLAS", "CProducts", "Platform"]),
    // The zip container's compression.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CMapping"),
    .target(name: "Tensors", dependencies: ["Kernels", "CZlib", "CMapping", "Platform"]),
    .target(name: "Learning", dependencies: ["Tensors", "Kernels", "CZlib", "Platform"]),
    .target(
      name: "Experiments",
      dependencies: [
        "Learning", "Tensors", "Platform", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // The charts of runs, sweeps, losses and data.
    .target(
      name: "Pictures", dependencies: ["Charts", "Experiments", "Learning", "Tensors", "Platform"]),
    .target(
      name: "LuaBindings",
      dependencies: [
        "Pictures", "Charts", "Experiments", "Learning", "Tensors", "Kernels", "CLai", "CMapping",
        "CTerminal", "LuaSyntax", "Platform",
      ]),
    // The prompt's line editor, independent of Lua and of terminals.
    .target(name: "LineEditor", dependencies: ["Platform"]),
    // Charts as plain data, drawn in terminals, as SVG and by gnuplot.
    .target(name: "Charts", dependencies: ["LineEditor", "Platform", "Tensors"]),
    // Lua's tokens, for colours, brackets and incomplete lines, without an interpreter.
    .target(name: "LuaSyntax", dependencies: ["LineEditor"]),
    // The terminal's modes and signals.
    .target(name: "CTerminal"),
    .executableTarget(
      name: "lai",
      dependencies: ["LuaBindings", "Tensors", "LineEditor", "LuaSyntax", "CTerminal", "Platform"]),
    // Times the training step and typing; run by scripts/bench.
    .executableTarget(
      name: "bench",
      dependencies: ["Charts", "Learning", "Tensors", "Kernels", "LineEditor", "LuaSyntax"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "CProducts", "Platform"]),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "Learning", "Tensors", "Platform",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "PicturesTests",
      dependencies: ["Pictures", "Charts", "Experiments", "Learning", "Tensors"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "LuaBindingsTests", dependencies: ["LuaBindings", "CLai", "LuaSyntax"],
      exclude: ["Fixtures"],
      resources: [.copy("Specs")]),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], resources: [.copy("Fixtures")]),
    .testTarget(name: "LineEditorTests", dependencies: ["LineEditor"]),
    .testTarget(name: "LuaSyntaxTests", dependencies: ["LuaSyntax", "LineEditor"]),
    .testTarget(name: "laiTests", dependencies: ["lai", "Platform"]),
  ],
  swiftLanguageModes: [.v6]
)

// LAI_TEST_TARGETS limits a build to some test targets, names separated by spaces, and to what they
// need: programs only for the tests that start them.
if let names = Context.environment["LAI_TEST_TARGETS"]?.split(separator: " ") {
  package.targets.removeAll { $0.type == .test && !names.contains(Substring($0.name)) }
  if !names.contains("laiTests") {
    package.targets.removeAll { $0.type == .executable }
    package.products = []
  }
}

// LAI_PLAIN_TESTS leaves the code of the tests unoptimized in release builds, which build in half the
// time. No product contains it, so the package stays usable as a dependency.
if Context.environment["LAI_PLAIN_TESTS"] != nil {
  for target in package.targets where target.type == .test {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-Onone"])]
  }
}
