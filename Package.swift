// swift-tools-version: 6.2
import PackageDescription

/// One target of Tandem: its layer, and what it uses. The table below, lowest layer first, is the
/// architecture; `check()` refuses a dependency that does not point strictly down the table.
struct Row {
  let layer: Int
  let name: String
  let uses: [String]

  init(_ layer: Int, _ name: String, _ uses: String...) {
    (self.layer, self.name, self.uses) = (layer, name, uses)
  }
}

let table = [
  Row(0, "CTandem"),
  Row(0, "TandemShapes", "CTandem"),
  Row(0, "TandemThreads", "CTandem", "TandemShapes"),
  Row(1, "TandemEngine", "CTandem", "TandemShapes", "TandemThreads"),
  Row(1, "TandemKernels", "CTandem", "TandemShapes", "TandemThreads"),
  Row(2, "TandemOps", "TandemShapes", "TandemThreads", "TandemKernels"),
  Row(3, "TandemGraph", "TandemThreads", "TandemKernels", "TandemOps"),
  Row(
    4, "TandemArray", "CTandem", "TandemShapes", "TandemThreads", "TandemEngine", "TandemOps",
    "TandemGraph"),
  Row(5, "TandemDistributions", "TandemShapes", "TandemArray"),
  Row(5, "TandemOptim", "TandemArray"),
  Row(5, "TandemNN", "TandemArray"),
  Row(5, "TandemData", "CTandem", "TandemShapes", "TandemThreads", "TandemArray"),
  Row(5, "TandemFormats", "CTandem", "TandemShapes", "TandemGraph", "TandemArray", "TandemNN"),
  Row(
    6, "TandemTraining", "CTandem", "TandemShapes", "TandemArray", "TandemOptim", "TandemNN",
    "TandemData", "TandemFormats"),
  Row(6, "TandemPlot", "CTandem", "TandemShapes", "TandemArray", "TandemFormats"),
  Row(6, "TandemKVStore"),
  Row(
    9, "Tandem", "TandemShapes", "TandemThreads", "TandemArray", "TandemDistributions",
    "TandemOptim", "TandemNN", "TandemData", "TandemFormats", "TandemTraining", "TandemPlot"),
  Row(9, "TandemCommand", "TandemShapes", "Tandem"),
]

/// What a target uses of other packages.
let external: [String: [Target.Dependency]] = [
  "TandemCommand": [.product(name: "ArgumentParser", package: "swift-argument-parser")]
]

/// Targets that are programs.
let commands = ["TandemCommand"]

/// Programs under `Sources/Examples`, each one `swift run -c release <name>` away.
let examples = [
  "Arrays", "CharGPT", "CharRNN", "CIFAR10", "Compile", "CompileTour", "ControlFlow", "DCGAN",
  "Distributions", "FashionMNIST", "Indexing", "MNIST", "MovieLens", "Plots", "Profiling",
  "Regions", "SavedGraph", "SpokenDigits", "TabularRegression", "TextCNN", "TimeSeries", "VAE",
  "WordLSTM",
]

/// Programs under `Tests/Support` that tests run from outside, in release.
let probes = ["FailProbe", "ArrayProbe", "NativeProbe"]

/// The probe that counts heap allocations, by a `malloc` of its own.
let heapProbe = "HeapProbe"

/// What the kernels' functions are held against, in C, and digests of what they compute.
let kernelOracle = "KernelOracle"

/// What tests share: seeded random numbers and temporary folders.
let testSupport = "TestSupport"

/// Test targets and what they use beyond the target that they are named after.
let tests: [(name: String, uses: [String])] = [
  ("TandemShapesTests", ["CTandem"]),
  ("TandemThreadsTests", ["CTandem", "TandemShapes"]),
  ("TandemEngineTests", ["CTandem", "TandemShapes", "TandemThreads"]),
  ("TandemKernelsTests", ["CTandem", "TandemShapes", "TandemThreads", kernelOracle]),
  ("TandemOpsTests", ["TandemShapes", "TandemKernels", "TandemThreads", "TandemArray"]),
  ("TandemGraphTests", ["TandemShapes", "TandemOps", "TandemThreads", "TandemKernels"]),
  (
    "TandemArrayTests",
    ["CTandem", "TandemShapes", "TandemOps", "TandemThreads", "TandemEngine", "TandemKernels"]
  ),
  ("TandemDistributionsTests", ["TandemArray", "TandemShapes"]),
  ("TandemOptimTests", ["TandemArray", "TandemShapes"]),
  ("TandemNNTests", ["TandemArray", "TandemShapes", "TandemOps"]),
  ("TandemDataTests", ["TandemArray", "TandemShapes"]),
  ("TandemFormatsTests", ["TandemArray", "TandemGraph", "TandemShapes", "TandemNN"]),
  ("TandemTrainingTests", ["Tandem", "TandemKernels"]),
  ("TandemPlotTests", ["CTandem", "TandemShapes", "TandemArray", "TandemFormats"]),
  ("TandemKVStoreTests", []),
  ("TandemCommandTests", []),
  ("TidyTests", []),
  ("ProgramTests", []),
]

func check() {
  var seen: Set<String> = []
  for row in table {
    for use in row.uses where !seen.contains(use) {
      fatalError("\(row.name) may not use \(use): it does not stand above it in the table")
    }
    seen.insert(row.name)
  }
}
check()

let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

func dependencies(of row: Row) -> [Target.Dependency] {
  row.uses.map { .byName(name: $0) } + (external[row.name] ?? [])
}

let package = Package(
  name: "Tandem",
  products: [
    .library(name: "Tandem", type: .dynamic, targets: ["Tandem"]),
    .executable(name: "tandem", targets: ["TandemCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: table.map { row in
    row.name == "CTandem"
      ? .target(
        name: "CTandem",
        cSettings: [.define("_GNU_SOURCE")],
        linkerSettings: [
          .linkedLibrary("m"), .linkedLibrary("dl"), .linkedLibrary("pthread"),
          .linkedLibrary("z"),
        ])
      : commands.contains(row.name)
        ? .executableTarget(
          name: row.name, dependencies: dependencies(of: row), swiftSettings: swift)
        : .target(name: row.name, dependencies: dependencies(of: row), swiftSettings: swift)
  }
    + examples.map {
      .executableTarget(
        name: $0, dependencies: ["Tandem"], path: "Sources/Examples/\($0)",
        swiftSettings: swift + [.defaultIsolation(MainActor.self)])
    }
    + probes.map {
      .executableTarget(
        name: $0, dependencies: ["Tandem"], path: "Tests/Support/\($0)", swiftSettings: swift)
    }
    + tests.map { test in
      let target = String(test.name.dropLast("Tests".count))
      return .testTarget(
        name: test.name,
        dependencies: ([target].filter { name in table.contains { $0.name == name } } + test.uses
          + [testSupport]).map { .byName(name: $0) },
        swiftSettings: swift)
    }
    + [
      .executableTarget(
        name: heapProbe, dependencies: ["Tandem", "HeapCounter"],
        path: "Tests/Support/\(heapProbe)", swiftSettings: swift),
      .target(name: "HeapCounter", path: "Benchmarks/Sources/CHeap"),
      .target(name: testSupport, path: "Tests/Support/\(testSupport)", swiftSettings: swift),
      .target(
        name: kernelOracle, dependencies: ["CTandem"], path: "Tests/Support/\(kernelOracle)",
        exclude: ["cross"]),
    ],
  cLanguageStandard: .gnu17
)
