import Tandem

/// Calls `body` 10,000 times a round, waits for what it returned last, and prints a line.
func timeCalls(_ name: String, only: String, _ body: () -> NDArray) {
  guard only.isEmpty || only == name else { return }
  let count = 10_000
  func round() -> Double {
    let start = now()
    var last = body()
    for _ in 1..<count { last = body() }
    try? last.wait()
    return (now() - start) / Double(count)
  }
  _ = round()
  let values = (0..<7).map { _ in round() }.sorted()
  print(
    #"{"peer":"tandem","workload":"\#(name)","metric":"ns_per_op","value":\#(Int(values[3])),"#
      + #""min":\#(Int(values[0])),"n":7}"#)
}

/// Times operators on arrays that are so small that calling them is what takes the time.
func timeArrays(only: String) {
  for (name, count) in [("add_scalar", 1), ("add_scalar_1k", 1000)] {
    var x = NDArray.zeros([count])
    timeCalls(name, only: only) {
      x = x + 1
      return x
    }
  }
  timeRecording("record_8_variables", only: only, 1)
  timeRecording("record_8_variables_1k", only: only, 1000)
  let a = NDArray.random.normal([8, 8], seed: 1)
  let row = NDArray.random.normal([8], seed: 2)
  timeCalls("add", only: only) { a + a }
  timeCalls("add_broadcast", only: only) { a + row }
  timeCalls("matmul", only: only) { a.matmul(a) }
  timeCalls("sum", only: only) { a.sum() }
  timeCalls("sum_axis", only: only) { a.sum(axis: 0) }
  timeCalls("softmax", only: only) { a.softmax(axis: -1) }
  timeCalls("transpose", only: only) { a.transposed() }
  timeCalls("index", only: only) { a[3] }
  timeCalls("slice_add", only: only) { a[.all, 0..<4] + 1 }
  timeCalls("take", only: only) { a[NDArray.threeRows] }
}

/// `x = x + v[i % 8]` under `record`, with eight variables.
private func timeRecording(_ name: String, only: String, _ count: Int) {
  guard only.isEmpty || only == name else { return }
  let variables = (0..<8).map { _ in Parameter(NDArray.zeros([count])) }
  let rounds = (0..<8).map { _ in
    let start = now()
    let last = record {
      let v = variables.map(\.value)
      var x = NDArray.zeros([count])
      for index in 0..<10_000 { x = x + v[index & 7] }
      return x
    }
    try? last.wait()
    return (now() - start) / 10_000
  }
  let values = rounds.dropFirst().sorted()
  print(
    #"{"peer":"tandem","workload":"\#(name)","metric":"ns_per_op","value":\#(Int(values[3])),"#
      + #""min":\#(Int(values[0])),"n":7}"#)
}

extension NDArray {
  fileprivate static let threeRows = NDArray([1, 5, 2], dtype: .int64)
}
