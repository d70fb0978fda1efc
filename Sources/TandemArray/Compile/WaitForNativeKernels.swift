import TandemGraph

/// Waits for the machine code that the regions called so far have asked for.
///
/// Nobody needs this for results: until its machine code is there a kernel is interpreted, with the
/// same bits. Benchmarks call it after their first few calls, so that they time one tier.
public func waitForNativeKernels() { NativeTier.waitUntilIdle() }
