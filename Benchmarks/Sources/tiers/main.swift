// Milliseconds of processor time of compiled regions that are loops alone, on one thread, and what
// runs their kernels. `TANDEM_NATIVE=off` gives the interpreter's. One pass over the same bytes is
// measured beside them.
//
//   swift run -c release --package-path Benchmarks tiers
import Glibc
import Tandem

setenv("TANDEM_NUM_THREADS", "1", 1)

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// The best of some rounds.
func milliseconds(_ call: () throws -> Void) rethrows -> Double {
  try (0..<15).map { _ in
    let start = processorSeconds()
    try call()
    return (processorSeconds() - start) * 1e3
  }.min()!
}

func report(_ name: String, _ x: NDArray, _ body: @escaping @Sendable (NDArray) -> NDArray) throws {
  let region = compile { (x: NDArray) in body(x) }
  for _ in 0..<4 { _ = region(x) }
  try waitForAll()
  waitForNativeKernels()
  let time = try milliseconds {
    _ = region(x)
    try waitForAll()
  }
  print(name, (time * 1e3).rounded() / 1e3, "ms")
  for kernel in region.report.compilation.kernels { print("   ", kernel.tier) }
}

let many = NDArray.random.normal([10_000_000], seed: 0)
let rows = NDArray.random.normal([8192, 1024], seed: 0)
let (scale, bias) = (NDArray.ones([1024]), NDArray.zeros([1024]))

try report("one pass, 10 million", many) { $0 * 2 + 1 }
try report("tanh-gelu written out, 10 million", many) { x in
  0.5 * x * (1 + (0.79788456 * (x + 0.044715 * x * x * x)).tanh())
}
try report("20 cheap steps, 10 million", many) { x in
  var y = x
  for step in 0..<10 { y = y * 0.5 + (x - Float(step)) }
  return y
}
try report("softmax and layer norm written out, 8192 x 1024", rows) { x in
  let e = (x - x.max(axis: -1, keepDims: true)).exp()
  let p = e / e.sum(axis: -1, keepDims: true)
  let c = p - p.mean(axis: -1, keepDims: true)
  let v = (c * c).mean(axis: -1, keepDims: true)
  return c * (v + 1e-5).rsqrt() * scale + bias
}
try report("softmax, then layer norm, 8192 x 1024", rows) { x in
  x.softmax(axis: -1).layerNormalization(scale: scale, bias: bias, epsilon: 1e-5)
}
try report("bfloat16 sigmoid gate, 10 million", many.cast(to: .bfloat16)) { x in
  x * x.sigmoid() + 1
}
