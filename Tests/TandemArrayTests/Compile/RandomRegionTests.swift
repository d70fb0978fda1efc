import Glibc
import TandemArray
import TandemGraph
import TandemKernels
import Testing

/// Random programs: compiled gives the bits of eager, values, gradients, states and draws.
@Suite struct RandomRegionTests {
  static let isDeep = getenv("TANDEM_DEEP") != nil
  /// `TANDEM_SEED=n` repeats one program.
  static let seeds: Range<UInt64> = {
    if let text = getenv("TANDEM_SEED").map({ String(cString: $0) }), let seed = UInt64(text) {
      return seed..<seed + 1
    }
    return 0..<(isDeep ? 10_000 : 500)
  }()

  /// The standard pipeline, with epilogues wherever they can be.
  private static let options: CompileOptions = {
    var options = CompileOptions.standard
    options.pipeline = standardPipeline.map { pass -> any Pass in
      pass is FuseEpilogues ? FuseEpilogues(.all, elementsMin: 1) : pass
    }
    return options
  }()

  private func bits(_ arrays: [NDArray]) throws -> [[UInt8]] {
    try arrays.map { try $0.withUnsafeBytes { Array($0) } }
  }

  /// Three training steps, their results and the state at the end.
  private func train(
    _ region: RandomRegion, _ seed: UInt64, _ isCompiled: Bool
  ) throws -> [[UInt8]] {
    let (parameters, count) = (region.parameters(), StateCell("count", 0.0))
    let step = compile(mutating: parameters, count, options: Self.options) { (x: NDArray) in
      region.step(x, parameters, count: count)
    }
    return try withSeed(seed) {
      var all: [[UInt8]] = []
      for call in 0..<3 {
        let x = region.input(of: call)
        all += try bits(isCompiled ? step(x) : region.step(x, parameters, count: count))
      }
      // A fused update may leave a parameter in another memory order, which is traced once more.
      let reasons = step.statistics.reasons.dropFirst().filter { !$0.contains("memory order") }
      #expect(reasons == [] && step.statistics.traces <= 2, "seed \(seed)")
      return all + (try bits(parameters.map(\.value) + [count.value]))
    }
  }

  /// The forward pass, differentiated from outside.
  private func differentiate(
    _ region: RandomRegion, _ seed: UInt64, _ isCompiled: Bool
  ) throws -> [[UInt8]] {
    let parameters = region.parameters()
    let forward = compile(Self.options) { (x: NDArray) in
      let values = region.values(x, parameters)
      return values[values.count - 1]
    }
    return try withSeed(seed) {
      var all: [[UInt8]] = []
      for call in 0..<2 {
        let (value, gradient) = valueAndGradient(of: { x in
          (isCompiled ? forward(x) : region.values(x, parameters).last ?? x).mean()
        })(region.input(of: call))
        all += try bits([value, gradient])
      }
      return all
    }
  }

  /// The forward pass alone: outside of regions loops call their closures.
  private func compute(
    _ region: RandomRegion, _ seed: UInt64, _ isCompiled: Bool
  ) throws -> [[UInt8]] {
    let parameters = region.parameters()
    let forward = compile(Self.options) { (x: NDArray) in region.values(x, parameters) }
    let x = region.input(of: 0)
    return try withSeed(seed) {
      try bits(isCompiled ? forward(x) : region.values(x, parameters))
    }
  }

  @Test("training steps and derivatives")
  func programs() throws {
    print("random regions: seeds \(RandomRegionTests.seeds); TANDEM_SEED=n repeats one")
    for seed in RandomRegionTests.seeds {
      let region = RandomRegion(seed: seed)
      let (eager, compiled) = (try train(region, seed, false), try train(region, seed, true))
      #expect(eager == compiled, "training, seed \(seed)")
      // In the usual run half of the programs, as each takes four compilations.
      guard RandomRegionTests.isDeep || seed % 2 == 0 || RandomRegionTests.seeds.count == 1 else {
        if eager != compiled { return }
        continue
      }
      let slopes = (
        try differentiate(region, seed, false), try differentiate(region, seed, true)
      )
      #expect(slopes.0 == slopes.1, "derivative, seed \(seed)")
      let values = (try compute(region, seed, false), try compute(region, seed, true))
      #expect(values.0 == values.1, "values, seed \(seed)")
      if eager != compiled || slopes.0 != slopes.1 || values.0 != values.1 { return }
    }
  }

  @Test("steps that machine code takes over give the bits of eager ones")
  func nativeSteps() throws {
    var nativeCount = 0
    for seed in 0..<UInt64(50) {
      let region = RandomRegion(seed: seed)
      func outcome(_ isCompiled: Bool) throws -> [[UInt8]] {
        let (parameters, count) = (region.parameters(), StateCell("count", 0.0))
        let step = compile(mutating: parameters, count) { (x: NDArray) in
          region.step(x, parameters, count: count)
        }
        return try withSeed(seed) {
          var all: [[UInt8]] = []
          for call in 0..<6 {
            // The kernels are asked for at the third call.
            if call == 4 { waitForNativeKernels() }
            let x = region.input(of: call)
            all += try bits(isCompiled ? step(x) : region.step(x, parameters, count: count))
          }
          if isCompiled {
            nativeCount += step.report.compilation.kernels.count { $0.isNative }
          }
          return all + (try bits(parameters.map(\.value) + [count.value]))
        }
      }
      #expect(try outcome(false) == outcome(true), "seed \(seed)")
    }
    if NativeLibrary.summary.hasPrefix("by ") { #expect(nativeCount >= 20, "\(nativeCount)") }
  }
}
