import Foundation
import TandemArray
import TandemOps
import TestSupport
import Testing

/// The worked example of the documentation: the page shows the file that is compiled here, and the
/// operator of that file has all that the page says follows from it.
@Suite struct AddingAnOperatorTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  @Test func pageShowsTheFile() throws {
    let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appending(path: "Sources/TandemOps/TandemOps.docc/AddingAnOperator.md"),
      encoding: .utf8)
    let file = try String(
      contentsOf: Self.folder.appending(path: "Gaussian.swift"), encoding: .utf8)
    #expect(page.contains("```swift\n\(file)```\n"))
    #expect(page.contains("Tests/TandemOpsTests/Example/Gaussian.swift"))
  }

  @Test(arguments: [DType.float16, .bfloat16, .float32, .float64, .int32])
  func everyDType(dtype: DType) {
    let x = NDArray([-3, -0.5, 0, 1, 2]).cast(to: dtype)
    let y = x.gaussian(deviation: 2)
    #expect(y.dtype == (dtype.isFloatingPoint ? dtype : .float32))
    let tolerance = [DType.float16: 1e-3, .bfloat16: 8e-3, .float64: 1e-15][dtype] ?? 1e-6
    for (x, y) in zip(x.scalars(as: Double.self), y.scalars(as: Double.self)) {
      #expect(abs(y - exp(-x * x / 8)) < tolerance)
    }
  }

  /// Gradients of both orders against differences.
  @Test func gradients() {
    var random = SplitMix(seed: 1)
    for item in GradientCase.shapes(Gaussian(deviation: 2), .between(-3, 3)) {
      #expect(item.complaint(in: DirectArray.self, &random) == nil)
    }
    let x = NDArray.linspace(-2, 2, count: 7, dtype: .float64)
    let slope = { @Sendable (x: NDArray) in
      valueAndGradients(of: { $0[0].gaussian().sum() }, at: [x]).gradients[0]
    }
    for (x, y) in zip(x.scalars(as: Double.self), slope(x).scalars(as: Double.self)) {
      #expect(abs(y + x * exp(-x * x / 2)) < 1e-15)
    }
  }

  /// Fused with its neighbours, it gives the bits that it gives alone.
  @Test func compiled() {
    @Sendable func body(_ x: NDArray) -> NDArray { (x + 1).gaussian(deviation: 0.7) * x }
    let x = NDArray.random.normal([1000], seed: 3)
    let region = compile { (x: NDArray) in body(x) }
    let (eager, compiled) = (body(x), region(x))
    #expect(eager.scalars(as: Float.self) == compiled.scalars(as: Float.self))
  }

  @Test func theLine() throws {
    try Catalog.register(Gaussian.self)
    #expect(Catalog.find(name: "example.gaussian", version: 1) == Gaussian.self)
    #expect(Gaussian(deviation: 2) == Gaussian(deviation: 2))
  }
}
