/// A place where the house style is broken.
struct Violation: Hashable, CustomStringConvertible {
  let rule: String
  let path: String
  /// The line, counted from one, or zero for the file as a whole.
  let line: Int
  let complaint: String

  var description: String { "\(path):\(line): \(rule): \(complaint)" }
}

/// A file that may break one rule, and why. At most ten; the test prints them all.
struct Exemption: CustomStringConvertible {
  let rule: String
  let path: String
  let reason: String

  var description: String { "\(path) is exempt from \"\(rule)\": \(reason)" }
}

let exemptions: [Exemption] = []

/// Files that may promise `Sendable` without the compiler's proof, or share a mutable global, and
/// what the comment there proves.
let uncheckedSendableFiles: [String: String] = [
  "Sources/TandemArray/Array/NDArray.swift": "a handle changes only while one array refers to it",
  "Sources/TandemArray/Array/Storage.swift": "written by the operation that declared it",
  "Sources/TandemArray/Compile/PlanCall.swift": "set before the first push, then only read",
  "Sources/TandemArray/Compile/PlanRuntime.swift": "changed only by the holder of its lock",
  "Sources/TandemArray/Compile/PushLock.swift": "the system's lock at a constant address",
  "Sources/TandemArray/Compile/RegionFrame.swift": "belongs to one call at a time",
  "Sources/TandemArray/Launch/ElementwiseTable.swift": "entries published by their key",
  "Sources/TandemArray/Launch/LaunchProgram.swift": "an operator, which is a Sendable value",
  "Sources/TandemArray/Parameters/Held.swift": "a value under a lock at a constant address",
  "Sources/TandemArray/Launch/OpIdentity.swift": "an operator that was erased to AnyHashable",
  "Sources/TandemEngine/Engine.swift": "no state",
  "Sources/TandemEngine/EngineCore.swift": "atomics and locks",
  "Sources/TandemEngine/ForkedChild.swift": "the address of atomics, which never changes",
  "Sources/TandemEngine/NodePool.swift": "an address that never changes",
  "Sources/TandemEngine/NullEngine.swift": "no state",
  "Sources/TandemEngine/RecursiveTurn.swift": "a mutex of the system",
  "Sources/TandemEngine/SerialEngine.swift": "one thread at a time",
  "Sources/TandemEngine/ThreadedEngine.swift": "immutable",
  "Sources/TandemArray/Interchange/NDArray+DLPackReading.swift":
    "a constant that is used once, when nobody else holds it",
  "Sources/TandemData/Batches/BatchLoader.swift": "a state under the system's lock",
  "Sources/TandemFormats/MappedFile.swift": "constants, memory that nobody can write",
  "Sources/TandemGraph/Plan/PlanConstants.swift": "written in init, read after",
  "Sources/TandemKernels/Convolution/OneDNNConvolution.swift":
    "objects that the library only reads",
  "Sources/TandemKernels/Loops/LoopKernel.swift": "written in init, read after",
  "Sources/TandemKernels/Native/NativeCompiler.swift": "atomics, locks, and state of one thread",
  "Sources/TandemKernels/Native/NativeKernels.swift": "atomic fields of C, and a lock",
  "Sources/TandemKernels/Operand.swift": "a pointer that only the engine's operations follow",
  "Sources/TandemKernels/Fourier/FourierPlan.swift": "memory of C that never changes",
  "Sources/TandemOps/KernelProgram.swift": "temporaries of one step that was started",
  "Sources/TandemOps/Graph/GraphBuilder.swift": "a trace belongs to one thread",
  "Sources/TandemThreads/BufferPool.swift": "shelves under locks, caches of one thread",
  "Sources/TandemThreads/Guarded.swift": "a value under a lock",
  "Sources/TandemThreads/LoaderThreads.swift": "a queue under a lock",
  "Sources/TandemThreads/ParallelContext.swift": "a team that outlives its contexts",
  "Sources/TandemThreads/WorkSource.swift": "no state",
  "Sources/TandemThreads/WorkerTeam.swift": "atomics and locks",
]
