import Glibc
import Tandem

/// Trains a regression for very long without ever reading a value, and prints by how many bytes the
/// pool and the process grew after the first tenth, what is left at the end, and what was learnt.
func trainLong(steps: Int) throws {
  let x = NDArray.random.normal([16, 4], seed: 1)
  let target = x.matmul(NDArray([[1], [-2], [3], [0.5]]))
  let (w, b) = (Parameter(NDArray.zeros([4, 1])), Parameter(NDArray.zeros([1])))
  var (pool, resident) = (0, 0)
  for step in 0..<steps {
    let loss = record { (x.matmul(w.value) + b.value - target).squared().mean() }
    loss.backward()
    for parameter in [w, b] {
      guard let gradient = parameter.gradient else { continue }
      parameter.update { $0 -= gradient * 0.05 }
    }
    if step == steps / 10 {
      (pool, resident) = (BufferPool.shared.counters.systemBytes, residentBytes())
    }
  }
  print("pool", BufferPool.shared.counters.systemBytes - pool)
  print("process", residentBytes() - resident)
  try waitForAll()
  print("live", BufferPool.shared.counters.liveBytes)
  print("learnt", w.value.scalars(as: Float.self).map { Int(($0 * 100).rounded()) })
}

/// Bytes of this process that are in memory.
private func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  fgets(&line, 256, file)
  let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    .split(separator: " ")
  return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
