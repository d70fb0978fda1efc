import Foundation
import TandemKernels
import TandemShapes
import TandemThreads
import Testing

/// Indexing, pooling and factorizations against NumPy and SciPy: `Tests/Fixtures/primitives.py`.
@Suite struct PrimitiveFixtureTests {
  struct Fixture: Decodable {
    struct Array: Decodable {
      let shape: [Int]
      let dtype: String
      let data: String

      var numbers: [Double] {
        data.split(separator: " ").map {
          if $0 == "True" || $0 == "False" { return $0 == "True" ? 1 : 0 }
          return dtype == "float32" ? Double(Float($0) ?? 0) : Double($0) ?? 0
        }
      }
    }
    enum Attribute: Decodable {
      case number(Int)
      case list([Int])
      case text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
          self = .number(number)
        } else if let list = try? container.decode([Int].self) {
          self = .list(list)
        } else {
          self = .text(try container.decode(String.self))
        }
      }
    }
    let op: String
    let attributes: [String: Attribute]
    let tolerance: Double
    let outputs: [Array]
    let inputs: [Array]

    func number(_ name: String) -> Int {
      if case .number(let number)? = attributes[name] { number } else { 0 }
    }
    func flag(_ name: String) -> Bool { number(name) != 0 }
    func shape(_ name: String) -> Shape {
      if case .list(let list)? = attributes[name] { Shape(list) } else { [] }
    }
    func text(_ name: String) -> String {
      if case .text(let text)? = attributes[name] { text } else { "" }
    }

    var geometry: PoolGeometry {
      PoolGeometry(
        window: shape("window"), stride: shape("stride"), paddingBegin: shape("begin"),
        paddingEnd: shape("end"), dilation: shape("dilation"), ceilMode: flag("ceil"))
    }

    var mode: Scatter.Mode {
      switch text("mode") {
      case "add": .add
      case "min": .min
      case "max": .max
      default: .set
      }
    }

    var scan: Scan {
      let kinds: [String: Scan.Kind] = ["sum": .sum, "product": .product, "max": .max, "min": .min]
      return Scan(kinds[text("kind")]!, axis: number("axis"), reversed: flag("reversed"))
    }

    var primitive: any Primitive {
      let axis = number("axis")
      switch op {
      case "gather_rows": return GatherRows(axis: axis)
      case "gather_nd": return Gather(.leading(count: number("count")))
      case "take_along": return TakeAlongAxis(axis: axis)
      case "scatter_rows": return Scatter(.rows(axis: axis), mode)
      case "scatter_nd": return Scatter(.leading(count: number("count")), mode)
      case "scatter_along": return Scatter(.along(axis: axis), mode)
      case "nonzero": return NonZero()
      case "one_hot": return OneHot()
      case "sort": return Sort(axis: axis, descending: flag("descending"))
      case "argsort": return ArgSort(axis: axis, descending: flag("descending"))
      case "top_k": return TopK(axis: axis, largest: flag("largest"))
      case "search": return SearchSorted(right: flag("right"))
      case "scan": return scan
      case "max_pool": return MaxPool(geometry)
      case "max_pool_backward": return MaxPoolBackward(geometry)
      case "average_pool": return AveragePool(geometry, countsPadding: flag("counts"))
      case "average_pool_backward":
        return AveragePoolBackward(geometry, countsPadding: flag("counts"))
      case "cholesky": return Cholesky()
      case "inverse": return Inverse()
      case "solve": return Solve()
      case "triangular":
        return TriangularSolve(
          lower: flag("lower"), transposed: flag("transposed"), unitDiagonal: flag("unit"))
      case "determinant": return Determinant()
      case "slogdet": return SignLogDeterminant()
      case "eigenvalues": return SymmetricEigen(vectors: false)
      case "qr": return QR()
      case "singular_values": return SVD(vectors: false)
      default: fail("fixture: unknown operator: \(op)", at: .unknown)
      }
    }
  }

  static let fixtures: [Fixture] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/primitives.json")
    do {
      return try JSONDecoder().decode([Fixture].self, from: Data(contentsOf: file))
    } catch {
      fail("fixture: cannot be read: \(error)", at: .unknown)
    }
  }()

  @Test(arguments: Arrangement.allCases, Arrangement.allCases)
  func agrees(inputs: Arrangement, outputs: Arrangement) throws {
    #expect(Self.fixtures.count > 300)
    for (number, fixture) in Self.fixtures.enumerated() {
      try Self.check(fixture, number, inputs, outputs)
    }
  }

  static func check(
    _ fixture: Fixture, _ number: Int, _ inputs: Arrangement, _ outputs: Arrangement
  ) throws {
    let results = fixture.outputs.map {
      SampleArray(Shape($0.shape), DType(named: $0.dtype)!, outputs)
    }
    let given = fixture.inputs.map {
      SampleArray($0.numbers, Shape($0.shape), DType(named: $0.dtype)!, inputs)
    }
    try run(fixture.primitive, results + given)
    for (result, expected) in zip(results, fixture.outputs) {
      let numbers = expected.numbers
      let largest = numbers.filter(\.isFinite).map(abs).max() ?? 0
      let wrong = zip(result.values, numbers).enumerated().first { _, pair in
        !(pair.0.matches(pair.1) || abs(pair.0 - pair.1) <= fixture.tolerance * largest)
      }
      #expect(
        wrong == nil && result.values.count == numbers.count,
        "case \(number) \(fixture.op) \(fixture.attributes) \(expected.dtype): \(wrong as Any)")
    }
    if fixture.op.hasSuffix("pool") {
      let shape = try fixture.geometry.outputShape(for: Shape(fixture.inputs[0].shape))
      #expect(shape.array == fixture.outputs[0].shape)
    }
  }
}
