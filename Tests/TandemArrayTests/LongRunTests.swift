import Glibc
import TandemArray
import TandemThreads
import Testing

/// Training for very long without ever reading a value.
struct LongRunTests {
  /// A million steps with `TANDEM_DEEP=1`, which takes minutes.
  static var steps: Int { getenv("TANDEM_DEEP") == nil ? 20_000 : 1_000_000 }

  /// Bytes of this process that are in memory.
  static var residentBytes: Int {
    var line = [CChar](repeating: 0, count: 256)
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    fgets(&line, 256, file)
    let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// A regression, trained in a process of its own. From a tenth of the way on, the pool takes
  /// nothing more from the system but for what runs ahead, and the process does not grow.
  @Test func trainingWithoutAReadKeepsItsMemory() async {
    await #expect(processExitsWith: .success) {
      let x = NDArray.random.normal([16, 4], seed: 1)
      let target = x.matmul(NDArray([[1], [-2], [3], [0.5]]))
      let (w, b) = (Parameter(NDArray.zeros([4, 1])), Parameter(NDArray.zeros([1])))
      var (pool, resident) = (BufferPool.shared.counters, 0)
      for step in 0..<LongRunTests.steps {
        let loss = record { (x.matmul(w.value) + b.value - target).squared().mean() }
        loss.backward()
        for parameter in [w, b] {
          let gradient = parameter.gradient!
          parameter.update { $0 = $0 - gradient * 0.05 }
        }
        if step == LongRunTests.steps / 10 {
          (pool, resident) = (BufferPool.shared.counters, LongRunTests.residentBytes)
        }
      }
      let (end, last) = (BufferPool.shared.counters, LongRunTests.residentBytes)
      #expect(end.systemBytes - pool.systemBytes <= 8 << 20)
      #expect(last - resident <= 16 << 20, "\(resident) bytes, later \(last)")
      try waitForAll()
      // What runs ahead is gone; what is left is a few arrays.
      #expect(BufferPool.shared.counters.liveBytes <= 1 << 20)
      #expect(abs(b.value.item()) < 1e-3)
      #expect(w.value.scalars(as: Float.self).map { ($0 * 100).rounded() } == [100, -200, 300, 50])
    }
  }
}
