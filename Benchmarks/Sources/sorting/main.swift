// Order and picking of 10,000,000 elements, as JSON lines: milliseconds of wall time and of CPU,
// the median and the best of seven (of three for what takes more than a second). `Peers/sorting.py`
// times the same with NumPy and PyTorch.
//
//   sorting [THREADS]
import Glibc
import Tandem

if CommandLine.arguments.count > 1 { setenv("TANDEM_NUM_THREADS", CommandLine.arguments[1], 1) }

let count = 10_000_000

func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func measure(_ name: String, _ body: () -> NDArray) {
  try? body().wait()
  var (walls, cpu): ([Double], [Double]) = ([], [])
  var left = 7
  while left > 0 {
    let (wall, busy) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
    try? body().wait()
    walls.append(seconds(CLOCK_MONOTONIC) - wall)
    cpu.append(seconds(CLOCK_PROCESS_CPUTIME_ID) - busy)
    left -= walls[walls.count - 1] > 1 ? 3 : 1
  }
  func tenths(_ seconds: Double) -> Double { (seconds * 1e4).rounded() / 10 }
  walls.sort()
  let middle = tenths(walls[walls.count / 2])
  print(
    #"{"peer":"tandem","workload":"\#(name)","metric":"ms","value":\#(middle),"#
      + #""min":\#(tenths(walls[0])),"cpu_ms":\#(tenths(cpu.min() ?? 0)),"n":\#(walls.count)}"#)
  fflush(nil)
}

let x = NDArray.random.normal([count], seed: 0)
let wide = x.cast(to: .float64)
let indices = NDArray.random.integers(in: 0..<count, [count], seed: 1)
let whole = NDArray.random.integers(in: 0..<1_000_000_000, [count], seed: 2)
let mask = x .> 0
let rows = x.reshaped([10_000, 1000])
for array in [x, wide, indices, whole, mask] { try? array.wait() }

measure("sort_f32") { x.sorted() }
measure("sort_f64") { wide.sorted() }
measure("sort_i64") { whole.sorted() }
measure("sort_rows_f32") { rows.sorted(axis: 1) }
measure("argsort_f32") { x.argSort() }
measure("argsort_f64") { wide.argSort() }
measure("top_100") { x.topK(100).values }
measure("top_million") { x.topK(1_000_000).values }
measure("take_random") { x.take(indices, axis: 0) }
measure("take_in_order") { x.take(x.argSort(), axis: 0) }
measure("nonzero") { mask.nonzero()[0] }
measure("mask") { x[mask] }
measure("unique") { whole.unique() }
measure("search_sorted") { x.sorted().searchSorted(x[..<1_000_000]) }
measure("cumulative_sum") { x.cumulativeSum(axis: 0) }
