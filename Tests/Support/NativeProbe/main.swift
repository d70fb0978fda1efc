// Calls a compiled region again and again and prints a hash of its result, then which tier ran it;
// `ProgramTests` runs it under conditions that libLLVM does not like.
//
//   NativeProbe            waits for the machine code, then calls once more
//   NativeProbe ends WAY MICROSECONDS
//                          ends at a moment while kernels are asked for and compiled: see Ending
//   NativeProbe fork       forks while kernels are being compiled: one child waits for them and
//                          ends, another calls the region, which it is refused
//   NativeProbe crowded    no kernel may be made at first; later there is room again
//   NativeProbe denied     may not make memory executable
import Glibc
import Tandem
import TandemKernels

typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
typealias Fork = @convention(c) () -> pid_t

/// A function of the C library that Swift does not import.
func function<Function>(_ name: String, as type: Function.Type) -> Function {
  unsafeBitCast(dlsym(nil, name)!, to: type)
}

func hash(_ array: NDArray) throws -> String {
  try array.withUnsafeBytes { bytes in
    String(
      bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 },
      radix: 16)
  }
}

let mode = CommandLine.arguments.dropFirst().first ?? ""
let x = NDArray.random.normal([100_000], seed: 1)
// Threads are there before: those that a toolchain's library makes ask for executable stacks.
_ = try hash(x)
if mode == "denied" {
  let refuseExecutableGain = (option: Int32(65), bits: UInt(1))
  guard
    function("prctl", as: Control.self)(
      refuseExecutableGain.option, refuseExecutableGain.bits, 0, 0, 0) == 0
  else {
    print("this kernel cannot refuse")
    exit(3)
  }
}

if mode == "ends" {
  let ending = Ending(
    way: CommandLine.arguments[2], microseconds: Int(CommandLine.arguments[3])!)
  ending.arm()
  ending.work(call)
  exit(0)
}

if mode == "crowded" { try callWhileCrowded() }

let region = compile { (x: NDArray) in (x * 2 + 1).tanh() * x.exp() - x }
for _ in 0..<4 { _ = region(x) }
try waitForAll()

/// Calls a region of its own for each number, so that the compiler has work.
func call(_ number: Int) {
  let other = compile { (x: NDArray) in (x + Float(number)).sigmoid() * x.erf() - x.log1p() }
  for _ in 0..<4 { _ = other(x) }
}

/// Calls a region with one loop and one with rows while kernels are refused, and again when there
/// is room; prints what ran them.
func callWhileCrowded() throws {
  let loop = compile { (x: NDArray) in (x * 2 + 1).tanh() * x.exp() - x }
  let rows = compile { (x: NDArray) in
    let y = (x - x.mean(axis: 1, keepDims: true)).exp()
    return y / y.sum(axis: 1, keepDims: true)
  }
  let matrix = x.reshaped([100, 1000])
  func tiers(after calls: Int) throws -> [String] {
    for _ in 0..<calls { _ = (loop(x), rows(matrix)) }
    try waitForAll()
    waitForNativeKernels()
    return (loop.report.compilation.kernels + rows.report.compilation.kernels).map {
      $0.isNative ? "native" : $0.tier
    }
  }
  NativeCompiler.kernelCountMax.store(0, ordering: .relaxed)
  print(try tiers(after: 5))
  NativeCompiler.kernelCountMax.store(2048, ordering: .relaxed)
  print(try tiers(after: 300))
  exit(0)
}

/// Runs a closure in a child, which a signal ends after 30 seconds, and prints how that ended.
func inChild(_ body: () -> Void) {
  fflush(nil)
  let child = function("fork", as: Fork.self)()
  if child == 0 {
    alarm(30)
    body()
    exit(7)
  }
  var status: Int32 = 0
  waitpid(child, &status, 0)
  print("child ended with", status >> 8 & 0xff, status & 0x7f)
}

switch mode {
case "fork":
  for number in 0..<40 { call(number) }
  try waitForAll()
  inChild { waitForNativeKernels() }
  inChild { print(region(x)) }
default: break
}
waitForNativeKernels()
print(try hash(region(x)))
for kernel in region.report.compilation.kernels { print(kernel.isNative ? "native" : kernel.tier) }
print(Configuration.current.items.first { $0.name == "native kernels" }!.value)
