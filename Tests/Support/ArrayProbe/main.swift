// Runs programs of arrays and prints a hash of the bytes of every result; `ProgramTests` compares
// what engines and numbers of threads print. With a number, trains for so many steps instead.
import Tandem

/// Prints a name and the FNV-1a hashes of arrays.
func show(_ name: String, _ arrays: [NDArray]) throws {
  let hashes = try arrays.map { array in
    try array.withUnsafeBytes { bytes in
      bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
  }
  print(name, hashes.map { String($0, radix: 16) }.joined(separator: " "))
}

/// Elementwise work, reductions and broadcasts, in sizes from tiny to many chunks.
func elementwise() throws {
  for count in [1, 100, 5000, 300_000] {
    let x = NDArray.random.normal([count], seed: 1)
    let y = NDArray.random.uniform([count], seed: 2)
    let z = (x * 2 - y).exp() / (y + 1) + x.tanh()
    try show("elementwise \(count)", [z, z.sum(), z.mean(), z.max(), z.cumulativeSum(axis: 0)])
  }
  let table = NDArray.random.normal([301, 257], seed: 3)
  try show(
    "reductions",
    [
      table.sum(axis: 0), table.sum(axis: 1), table.softmax(axis: -1), table.transposed() * 2,
      table.argMax(axis: 1), table.cast(to: .bfloat16) + 1, table.sorted(axis: 0),
    ])
}

/// Changes in place, of copies, views and overlapping parts.
func inPlace() throws {
  var x = NDArray.random.normal([64, 48], seed: 4)
  var kept: [NDArray] = []
  for step in 0..<40 {
    if step % 7 == 0 { kept.append(x) }
    if step % 5 == 0 { kept.append(x[step, .stride(by: -3)]) }
    x += 1
    x[step] = x[63 - step] * 2
    x[.all, step..<step + 8] *= x[.all, ..<8]
    x[x .> 50] = 0
    x[NDArray([step, 3], dtype: .int64), 2] = NDArray([1, 2])
  }
  try show("in place", [x] + kept)
}

/// Two layers trained for some steps.
func training() throws {
  let (w, b) = (Parameter(shape: [32, 20], initializer: .heNormal), Parameter(NDArray.zeros([32])))
  let v = Parameter(shape: [10, 32], initializer: .glorotUniform)
  for (path, parameter) in [("w", w), ("b", b), ("v", v)] { parameter.bind(path: path) }
  let x = NDArray.random.normal([128, 20], seed: 5)
  let labels = NDArray.random.integers(in: 0..<10, [128], seed: 6)
  var losses: [NDArray] = []
  for _ in 0..<30 {
    let loss = record {
      softmaxCrossEntropy(
        x.linear(w.value, bias: b.value).tanh().linear(v.value, bias: nil), labels
      )
      .mean()
    }
    loss.backward()
    losses.append(loss)
    for parameter in [w, b, v] {
      guard let slope = parameter.gradient else { continue }
      parameter.update { $0 -= slope * 0.5 }
    }
  }
  try show("training", losses + [w.value, b.value, v.value])
}

/// Random numbers, products and factorizations.
func linearAlgebra() throws {
  let a = NDArray.random.normal([150, 150], seed: 7)
  let spd = a.matmul(a.transposed()) + 150 * NDArray.eye(150)
  let (u, s, v) = Linalg.svd(a[..<20, ..<10])
  try show(
    "linear algebra",
    [
      spd, Linalg.cholesky(spd), Linalg.solve(spd, a), NDArray.einsum("ij,kj->ik", a, a), u, s, v,
      NDArray.random.permutation(10_000, seed: 8), withSeed(3) { NDArray.random.bernoulli([999]) },
    ])
}

/// Failures spread and clear in the same way.
func failures() throws {
  let factor = Linalg.cholesky(NDArray([[1, 2], [2, 1]]))
  do {
    try (factor + 1).wait()
    print("no failure")
  } catch {
    print(error)
  }
}

if let steps = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) {
  try trainLong(steps: steps)
} else {
  try elementwise()
  try inPlace()
  try training()
  try linearAlgebra()
  try failures()
}
