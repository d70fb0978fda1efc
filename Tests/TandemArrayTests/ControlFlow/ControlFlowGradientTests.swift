import TandemArray
import Testing

/// Gradients of control flow: closed forms, finite differences, the same in both modes.
@Suite struct ControlFlowGradientTests {
  private func bits(_ arrays: [NDArray]) throws -> [[UInt8]] {
    try arrays.map { try $0.withUnsafeBytes { Array($0) } }
  }

  private func check(
    _ name: String, _ arguments: [NDArray], _ function: @escaping ([NDArray]) -> NDArray
  ) {
    let result = checkGradient(of: function, at: arguments)
    #expect(result.error < 1e-7, "\(name): \(result)")
  }

  private static func random(_ shape: Shape, _ seed: UInt64) -> NDArray {
    .random.normal(shape, seed: seed, dtype: .float64)
  }

  @Test func scanAgainstDifferences() {
    let (w, u) = (Self.random([3, 3], 1), Self.random([2, 3], 2))
    let (h, xs) = (Self.random([4, 3], 3), Self.random([5, 4, 2], 4))
    for reversed in [false, true] {
      check("scan", [h, xs, w, u]) { a in
        let (last, all) = scan(a[0], over: a[1], reversed: reversed) { h, x in
          let h = (h.matmul(a[2]) + x.matmul(a[3])).tanh()
          return (h, h * x.sum())
        }
        return last.sum() + all.sum()
      }
    }
  }

  @Test func whileLoopAgainstDifferences() {
    let (x, w) = (Self.random([3], 1), Self.random([3], 2))
    for count in [0, 1, 2, 7] {
      check("whileLoop \(count)", [x, w]) { a in
        let (_, y) = whileLoop(NDArray(count), a[0], while: { i, _ in i .> 0 }) { i, y in
          (i - 1, (y * a[1]).sin() + a[1].squared())
        }
        return y
      }
    }
  }

  @Test func condAgainstDifferences() {
    let (x, y) = (Self.random([3], 1), Self.random([3], 2))
    for sign in [1.0, -1] {
      check("cond", [x, y]) { a in
        cond(NDArray(sign) .> 0) {
          a[0] * a[1]
        } else: {
          a[0].exp()
        }
      }
    }
  }

  /// An axis of length one may have any stride; what the tape keeps of such an array is it still.
  @Test func aViewWithAnOddStrideIsOneCapture() {
    let (x, view) = (Self.random([1, 1], 1), Self.random([1, 1], 2).flipped(axis: 0))
    check("cond", [x]) { a in
      cond(view.sum() .> 0) {
        view * a[0]
      } else: {
        (view - a[0]).tanh()
      }
    }
  }

  @Test func mapAndNestsAgainstDifferences() {
    let (xs, w) = (Self.random([3, 4], 1), Self.random([4], 2))
    check("map", [xs, w]) { a in map(over: a[0]) { ($0 * a[1]).squared().sum() } }
    check("nested", [xs, w]) { a in
      let (h, ys) = scan(a[1], over: a[0]) { h, row in
        let (inner, _) = scan(h, over: row) { g, x in (g * 0.5 + x * a[1], x) }
        let (_, p) = whileLoop(NDArray(2), inner, while: { i, _ in i .> 0 }) { i, y in
          (
            i - 1,
            cond(y.sum() .> 0) {
              y.sin()
            } else: {
              y * h
            }
          )
        }
        return (p, map(over: row) { $0 * p.sum() })
      }
      return h.sum() + ys.sum()
    }
  }

  @Test func drawsInsideAgainstDifferences() throws {
    let (x, w) = (Self.random([5], 1), Self.random([5], 2))
    let f = { @Sendable (a: [NDArray]) in
      withSeed(3) {
        let (_, y) = whileLoop(
          NDArray(4), a[0],
          while: { i, _ in
            i .> NDArray.random.uniform([]) * 0.5 + 0.25
          }
        ) { i, y in (i - 1, (y * a[1]).dropout(probability: 0.4).sin() + y) }
        return scan(y, over: NDArray.zeros([3, 1], dtype: .float64)) { h, e in
          let noise = NDArray.random.normal([5], dtype: .float64)
          return (
            cond(h.sum() .> 0) {
              h * noise
            } else: {
              (h * a[1]).dropout(probability: 0.4)
            }, e
          )
        }.0
      }
    }
    check("draws", [x, w], f)
    let compiled = compile { (a: [NDArray]) in
      valueAndGradients(of: { f($0).sum() }, at: a).gradients
    }
    let eager = valueAndGradients(of: { f($0).sum() }, at: [x, w]).gradients
    #expect(try bits(eager) == bits(compiled([x, w])))
  }

  /// `record` and `backward`, with parameters that only the body reads.
  @Test func recordedLoops() {
    let (w, b) = (Parameter(NDArray([2, 3])), Parameter(NDArray([1, 1])))
    let loss = record {
      scan(NDArray([1, 1]), over: NDArray([1, 2])) { h, e in (h * w.value + b.value * e, e) }.0
        .sum()
    }
    loss.backward()
    // h₂ = (w + b)w + 2b: by w 2w + b, by b w + 2.
    #expect(w.gradient?.scalars() == [5, 7] as [Float])
    #expect(b.gradient?.scalars() == [4, 5] as [Float])
  }

  /// Loops that never repeat are forgotten in time.
  @Test func loopsWithChangingConstants() {
    for step in 0..<1100 {
      let slope = gradient(of: { x in map(over: x) { $0 * Float(step) }.sum() })
      let found: [Float] = slope(NDArray([1, 2])).scalars()
      #expect(found == [Float(step), Float(step)])
    }
  }

  @Test func detachedStaysDetached() throws {
    let f = { @Sendable (x: NDArray) in
      let (h, _) = scan(x, over: NDArray([1.0, 2])) { h, e in
        (h * h.detached() + withoutRecording { x * e }, e)
      }
      return h.sum()
    }
    // h₁ = x·x̂ + x̂, h₂ = h₁·ĥ₁ + 2x̂ with hats constant: dh₂ = ĥ₁·x̂ = (9 + 3)·3.
    let x = NDArray([3.0])
    #expect(gradient(of: f)(x).item() == 36)
    let compiled = compile { (x: NDArray) in gradient(of: f)(x) }
    #expect(compiled(x).item() == 36)
  }

  @Test func secondDerivatives() {
    // (x³)'' = 6x, with x³ as a scan and as conds inside of one.
    let cube = { (x: NDArray) in
      scan(x, over: NDArray([1.0, 1])) { h, e in
        (
          cond(h.sum() .> 0) {
            h * x * e
          } else: {
            x * h * e
          }, e
        )
      }.0
    }
    #expect(abs(gradient(of: gradient(of: cube))(NDArray(5.0)).item() - 30) < 1e-4)
  }

  /// A recurrent network written with `scan`, with dropout, trains to the same bits in both modes.
  @Test func aRecurrentNetworkTrains() throws {
    func train(compiled: Bool) throws -> ([[UInt8]], [Double]) {
      let parameters = [
        Parameter(.random.normal([2, 8], standardDeviation: 0.5, seed: 1)),
        Parameter(.random.normal([8, 8], standardDeviation: 0.3, seed: 2)),
        Parameter(.random.normal([8, 1], standardDeviation: 0.5, seed: 3)),
      ]
      @Sendable func update(_ xs: NDArray, _ target: NDArray) -> NDArray {
        let (loss, gradients) = valueAndGradient(of: parameters) {
          let (h, _) = scan(NDArray.zeros([4, 8]), over: xs) { h, x in
            let h = (x.matmul(parameters[0].value) + h.matmul(parameters[1].value)).tanh()
            return (h.dropout(probability: 0.1), h)
          }
          return (h.matmul(parameters[2].value) - target).squared().mean()
        }
        for (parameter, gradient) in gradients.all { parameter.value -= gradient * 0.05 }
        return loss
      }
      let step = compile(mutating: parameters) { (xs: NDArray, target: NDArray) in
        update(xs, target)
      }
      let xs = NDArray.random.normal([6, 4, 2], seed: 4)
      let target = xs[0, 0..<4, 0..<1]
      return try withSeed(5) {
        let losses = (0..<40).map { _ in (compiled ? step : nil)?(xs, target) ?? update(xs, target)
        }
        return (try bits(parameters.map(\.value)), losses.map { $0.item() })
      }
    }
    let (eager, fused) = (try train(compiled: false), try train(compiled: true))
    #expect(eager.0 == fused.0 && eager.1 == fused.1)
    #expect(eager.1[39] < eager.1[0] * 0.7, "\(eager.1)")
  }

  /// Gradients taken outside of a region that has loops inside.
  @Test func regionsAreDifferentiatedFromOutside() throws {
    let weight = Parameter(NDArray([0.5, -1]))
    let f = { @Sendable (xs: NDArray) in
      let (h, _) = scan(xs[0], over: xs) { h, x in
        (
          cond(x.sum() .> 0) {
            h * weight.value
          } else: {
            h + x
          }, x
        )
      }
      return whileLoop(NDArray(3), h, while: { i, _ in i .> 0 }) { i, y in
        (i - 1, y * weight.value + h)
      }.1.sum()
    }
    let compiled = compile { (xs: NDArray) in f(xs) }
    let xs = NDArray([[1.0, 2], [-1, -2], [0.5, 0.25]])
    let eager = valueAndGradient(of: f)(xs)
    let fused = valueAndGradient(of: { compiled($0) })(xs)
    #expect(try bits([eager.value, eager.gradient]) == bits([fused.value, fused.gradient]))
    let plain = valueAndGradient(of: weight) { f(xs) }
    let inside = valueAndGradient(of: weight) { compiled(xs) }
    #expect(
      try bits([plain.value, plain.gradients.all[0].gradient])
        == bits([inside.value, inside.gradients.all[0].gradient]))
  }
}
