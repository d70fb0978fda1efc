// GFLOP/s of single matrix products, convolutions, factorizations and transforms, one JSON line
// each: the best and the median of the samples. `Peers/products.py` prints the same lines for
// PyTorch.
//
// Convolutions of a name with `last` have channels-last images.
//
//   products gemm|conv|factor|fft|all [THREADS] [SAMPLES] [NAME_CONTAINS]
import Glibc
import TandemKernels
import TandemShapes
import TandemThreads

/// Memory for an array of small numbers that are neither zero nor subnormal.
func array(_ shape: Shape, _ dtype: DType, order: [Int]? = nil) -> Operand {
  let count = shape.elementCount
  let memory = BufferPool.shared.allocate(byteCount: count * dtype.byteCount + 64)
  var state = UInt32(12345)
  for index in 0..<count {
    state = state &* 1_664_525 &+ 1_013_904_223
    let value = Float(Int32(bitPattern: state) >> 20) / 2048 + 0.0003
    switch dtype {
    case .int64: memory.storeBytes(of: index, toByteOffset: index * 8, as: Int.self)
    case .float64: memory.storeBytes(of: Double(value), toByteOffset: index * 8, as: Double.self)
    case .float32: memory.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
    case .bfloat16:
      memory.storeBytes(
        of: UInt16(value.bitPattern >> 16), toByteOffset: index * 2, as: UInt16.self)
    default: memory.storeBytes(of: Float16(value), toByteOffset: index * 2, as: Float16.self)
    }
  }
  return Operand(memory, order.map { .dense(shape, order: $0) } ?? Layout(shape), dtype)
}

let arguments = Array(CommandLine.arguments.dropFirst())
let wanted = arguments.first ?? "all"
let threads = arguments.count > 1 ? Int(arguments[1])! : 4
let samples = arguments.count > 2 ? Int(arguments[2])! : 9
let part = arguments.count > 3 ? arguments[3] : ""
/// Seconds: of the processor for one thread, so that other work on the machine counts less; of the
/// wall for more.
func now() -> Double {
  var time = timespec()
  clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

let team = WorkerTeam(threads: threads)

/// Times a primitive in batches of at least two milliseconds and prints its line.
func time(
  _ name: String, _ primitive: some Primitive, _ make: @autoclosure () -> [Operand]
) {
  guard part.isEmpty || name.contains(part) else { return }
  let operands = make()
  let work = Double(primitive.floatingPointOperations(operands.map(\.shape)))
  let inner = max(1, Int(0.002 * 1e11 * Double(threads) / work))
  var seconds: [Double] = []
  for sample in 0..<samples + 2 {
    let start = now()
    for _ in 0..<inner { try! primitive.run(operands, scalars: [], in: team.context) }
    if sample > 1 { seconds.append((now() - start) / Double(inner)) }
  }
  seconds.sort()
  func figure(_ time: Double) -> Double { (work / time / 1e8).rounded() / 10 }
  print(
    #"{"name":"\#(name)","threads":\#(threads),"best":\#(figure(seconds[0])),"#
      + #""median":\#(figure(seconds[seconds.count / 2]))}"#)
  for operand in operands {
    BufferPool.shared.deallocate(
      operand.base, byteCount: operand.shape.elementCount * operand.dtype.byteCount + 64)
  }
}

func wants(_ family: String) -> Bool { wanted == family || wanted == "all" }
if wants("gemm") { timeProducts() }
if wants("conv") { timeConvolutions() }
if wants("factor") { timeFactorizations() }
if wants("fft") { timeTransforms() }
team.shutdown()
