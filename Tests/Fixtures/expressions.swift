// Sixteen formulas as users write them, each one expression. `ProgramTests` compiles this file
// against the built module and refuses any that takes the type-checker 100 ms.
import Foundation
import Tandem

func gelu(_ x: NDArray) -> NDArray {
  0.5 * x * (1 + (0.7978845608 * (x + 0.044715 * x * x * x)).tanh())
}

func polynomial(_ x: NDArray) -> NDArray {
  1.5 + 2 * x - 3.25 * x * x + 4 * x * x * x - 0.5 * x * x * x * x + 6 * x * x * x * x * x
}

func adam(_ w: NDArray, _ m: NDArray, _ v: NDArray, lr: Float, step: Int) -> NDArray {
  w - lr * (m / (1 - Foundation.pow(0.9, Float(step))))
    / ((v / (1 - Foundation.pow(0.999, Float(step)))).sqrt() + 1e-8) - lr * 0.01 * w
}

func attention(_ q: NDArray, _ k: NDArray, _ v: NDArray, size: Int, mask: NDArray) -> NDArray {
  (q.matmul(k.transposed()) / Double(size).squareRoot() + (1 - mask) * -1e9).softmax(axis: -1)
    .matmul(v)
}

func subscripts(_ x: NDArray, _ i: Int) -> NDArray {
  x[0, 1...] + x[.all, i, .newAxis] * 2 - x[..<i, 0] / x[i - 1, .all] + x[x .> 0].sum()
    + x[.stride(from: 0, to: 10, by: 2), -1]
}

func blackScholes(
  _ s: NDArray, _ k: NDArray, _ t: NDArray, rate: Double, sigma: Double
) -> NDArray {
  s
    * (1
      / (1
        + (-1.702
        * (((s / k).log() + (rate + 0.5 * sigma * sigma) * t)
          / (sigma * t.sqrt())))
        .exp()))
    - k * (-rate * t).exp()
    * (1
      / (1
        + (-1.702
        * (((s / k).log()
          + (rate - 0.5 * sigma * sigma) * t) / (sigma * t.sqrt())))
        .exp()))
}

func tenTerms(_ x: NDArray, _ y: NDArray, k: Float) -> NDArray {
  x * k + y * k + x * k + y * k + x * k + y * k + x * k + y * k + x * k + y * k
}

func nested(_ a: NDArray, _ b: NDArray) -> NDArray {
  a + b * (a - b * (a + b * (a - b * (a + b * (a - b * (1 + b * 2))))))
}

func layerNorm(_ x: NDArray, _ gamma: NDArray, _ beta: NDArray, epsilon: Float) -> NDArray {
  (x - x.mean(axis: -1, keepDims: true))
    * ((x - x.mean(axis: -1, keepDims: true)).squared().mean(axis: -1, keepDims: true) + epsilon)
    .rsqrt() * gamma + beta
}

func softmax(_ x: NDArray) -> NDArray {
  (x - x.max(axis: -1, keepDims: true)).exp()
    / (x - x.max(axis: -1, keepDims: true)).exp().sum(axis: -1, keepDims: true)
}

func rmsProp(_ w: NDArray, _ g: NDArray, _ s: NDArray, lr: Float, decay: Float) -> NDArray {
  w - lr * g / ((decay * s + (1 - decay) * g.squared()).sqrt() + 1e-7) - lr * 1e-4 * w
}

func huber(_ y: NDArray, _ target: NDArray, delta: Double) -> NDArray {
  NDArray.where(
    (y - target).abs() .< delta, 0.5 * (y - target).squared(),
    delta * ((y - target).abs() - 0.5 * delta)
  ).mean()
}

func focal(_ x: NDArray, _ y: NDArray, alpha: Float) -> NDArray {
  (-alpha * y * (1 - x.sigmoid()).squared() * (x.sigmoid() + 1e-7).log()
    - (1 - alpha) * (1 - y) * x.sigmoid().squared() * (1 - x.sigmoid() + 1e-7).log()).mean()
}

func haversine(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) -> NDArray {
  2 * 6371.0088
    * (((c - a) * (Double.pi / 360)).sin().squared()
    + (a * (Double.pi / 180)).cos() * (c * (Double.pi / 180)).cos()
    * ((d - b) * (Double.pi / 360)).sin().squared()).sqrt().asin()
}

func intersectionOverUnion(_ a: NDArray, _ b: NDArray) -> NDArray {
  (a[.all, 2].minimum(b[.all, 2]) - a[.all, 0].maximum(b[.all, 0])).maximum(0)
    * (a[.all, 3].minimum(b[.all, 3]) - a[.all, 1].maximum(b[.all, 1])).maximum(0)
    / ((a[.all, 2] - a[.all, 0]) * (a[.all, 3] - a[.all, 1])
      + (b[.all, 2] - b[.all, 0]) * (b[.all, 3] - b[.all, 1]) + 1e-9)
}

func mixedSum(_ x: NDArray, _ y: NDArray, n: Int, f: Float) -> NDArray {
  1 + x * 2 + 0.5 * y - 3 / x + n * y + x / Float(n) - f * x * 1e-3 + 2 * y * 0.25 + n + x * f - 7.5
    + y.squared() * Double(n)
}
