// Control flow that depends on data, inside of one compiled program, and its gradients.
//
//     swift run -c release ControlFlow
//
// prints:
//
//     NDArray([ 1024., 59049.], float32[2])
//     NDArray([  5120., 196830.], float32[2])
//     loss 0.3740135133266449 → 0.009419470094144344
//     the same bits: true
import Tandem

// A loop whose number of steps is an argument.
let power = compile { (x: NDArray, n: NDArray) in
  let (_, y) = whileLoop(n, NDArray.ones(like: x), while: { i, _ in i .> 0 }) { i, y in
    (i - 1, y * x)
  }
  return y
}
print(power(NDArray([2, 3]), NDArray(10)))

// It has a gradient: the derivative of x¹⁰ is 10 x⁹.
print(gradient(of: { x in power(x, NDArray(10)).sum() })(NDArray([2, 3])))

/// A recurrent network that learns to say what the largest number of a sequence was: what is
/// carried is its memory.
nonisolated struct Network {
  let input = Parameter(.random.normal([1, 16], standardDeviation: 0.5, seed: 1))
  let recurrent = Parameter(.random.normal([16, 16], standardDeviation: 0.25, seed: 2))
  let output = Parameter(.random.normal([16, 1], standardDeviation: 0.25, seed: 3))

  /// - Parameter sequences: `[time, batch, 1]`.
  /// - Returns: `[batch, 1]`.
  func callAsFunction(_ sequences: NDArray) -> NDArray {
    let (memory, _) = scan(NDArray.zeros([sequences.shape[1], 16]), over: sequences) { h, x in
      let h = (x.matmul(input.value) + h.matmul(recurrent.value)).tanh()
      return (h, h)
    }
    return memory.matmul(output.value)
  }
}

/// The losses of some steps of training, and the weights at the end.
func train(steps: Int, isCompiled: Bool) -> (losses: [Double], weights: [Float]) {
  let network = Network()
  let update = { @Sendable (sequences: NDArray) in
    let (loss, gradients) = valueAndGradient(of: network) {
      (network(sequences) - sequences.max(axis: 0)).squared().mean()
    }
    for (parameter, gradient) in gradients.all { parameter.value -= gradient * 0.05 }
    return loss
  }
  let compiled = compile(mutating: network) { (sequences: NDArray) in update(sequences) }
  let losses = (0..<steps).map { step in
    let sequences = NDArray.random.uniform([8, 32, 1], seed: UInt64(step))
    return isCompiled ? compiled(sequences) : update(sequences)
  }
  return (losses.map { $0.item() }, network.recurrent.value.scalars())
}

let (eager, fused) = (train(steps: 200, isCompiled: false), train(steps: 200, isCompiled: true))
print("loss \(eager.losses[0]) → \(eager.losses[199])")
print("the same bits: \(eager.losses == fused.losses && eager.weights == fused.weights)")
