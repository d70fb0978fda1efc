import TandemKernels

/// The second tier of loop kernels: machine code made by libLLVM in the background. See
/// `NativeKernels` in TandemKernels; nothing about results depends on it.
public enum NativeTier {
  /// Which library compiles, or why none does: `by LLVM 19.1.7`. Opens the library.
  public static var summary: String { NativeLibrary.summary }

  /// Returns when every kernel that was asked for is there, or was given up.
  public static func waitUntilIdle() { NativeCompiler.shared.waitUntilIdle() }
}
