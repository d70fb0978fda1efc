// swift-tools-version: 6.2
import PackageDescription

// Timings of Tandem beside other frameworks; see README.md. A package of its own, so that nobody
// who uses Tandem builds it.
let package = Package(
  name: "TandemBenchmarks",
  products: [
    .executable(name: "bench", targets: ["bench"]),
    .executable(name: "startup", targets: ["startup"]),
    .executable(name: "shared", targets: ["shared"]),
    .executable(name: "operations", targets: ["operations"]),
    .executable(name: "sorting", targets: ["sorting"]),
    .executable(name: "products", targets: ["products"]),
    .executable(name: "region", targets: ["region"]),
    .executable(name: "tiers", targets: ["tiers"]),
    .executable(name: "memory", targets: ["memory"]),
    .executable(name: "updates", targets: ["updates"]),
  ],
  dependencies: [.package(name: "Tandem", path: "..")],
  targets: [
    // The bounds of the machine: memory bandwidth and multiply-adds.
    .target(name: "CBounds", cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-O3"])]),
    // Counts heap allocations.
    .target(name: "CHeap", cSettings: [.define("_GNU_SOURCE")]),
    // A small program whose whole life is timed, linked against the dynamic library.
    .executableTarget(
      name: "startup", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Times a workload beside a process that takes a core away.
    .executableTarget(
      name: "shared", dependencies: ["CBounds"], swiftSettings: [.swiftLanguageMode(.v6)]),
    // Nanoseconds per operation of the bare engine, for 1, 2, 4 workers and producers.
    .executableTarget(
      name: "operations", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Order and picking of ten million elements.
    .executableTarget(
      name: "sorting", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // GFLOP/s of single matrix products and convolutions, and a script for the same in PyTorch.
    .executableTarget(
      name: "products", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Host time and heap allocations of a compiled training step on an engine that runs nothing.
    .executableTarget(
      name: "region",
      dependencies: ["CHeap", .product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Processor time of fused loops, interpreted and as machine code.
    .executableTarget(
      name: "tiers", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Bytes and first calls of training steps, eager, compiled and under a limit.
    .executableTarget(
      name: "memory", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Time of update rules in compiled steps, built in and written by hand.
    .executableTarget(
      name: "updates", dependencies: [.product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    // Depends on `startup` so that building `bench` builds the program that it times.
    .executableTarget(
      name: "bench",
      dependencies: ["CBounds", "startup", .product(name: "Tandem", package: "Tandem")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
  ],
  cLanguageStandard: .gnu17
)
