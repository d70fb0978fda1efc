import TandemOps
import Testing

/// Every operator against what NumPy and SciPy give, in every memory order of its inputs.
@Suite struct FixtureTests {
  @Test(arguments: FixtureFile.names, MemoryOrder.allCases)
  func agreesWithNumPy(file name: String, order: MemoryOrder) throws {
    let file = try FixtureFile(name)
    var complaints: [String] = []
    for item in file.cases {
      let inputs: [DirectArray] = item.inputs.map {
        order.array(file.scalars($0), $0.shape, $0.type)
      }
      complaints += file.check(item, inputs)
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20).joined(separator: "\n"))")
  }

  /// A number as an operand must give what a zero-dimensional array gives.
  @Test func takesNumbers() throws {
    let file = try FixtureFile("elementwise")
    var complaints: [String] = []
    for item in file.cases where item.inputs.contains(where: { $0.shape.rank == 0 }) {
      let inputs: [DirectArray] = item.inputs.map { values in
        let array = DirectArray(
          file.scalars(values), shape: values.shape, dtype: values.type)
        return values.shape.rank == 0 ? array.constant(array.number(values.type)) : array
      }
      complaints += file.check(item, inputs)
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20).joined(separator: "\n"))")
  }

  /// Every operator has a fixture, or a reason.
  @Test func coversTheCatalog() throws {
    var covered: Set<String> = []
    for name in FixtureFile.names + ["pytorch"] {
      covered.formUnion(try FixtureFile(name).cases.map(\.operator))
    }
    for op in Catalog.standard {
      #expect(
        covered.contains(op.name) || FixtureFile.reasons[op.name] != nil,
        "\(op.name) has no fixture")
    }
  }

  /// Every operator has a fixture for every dtype that it accepts: the dtype of the first input, in
  /// place of which another must be refused or be in some other case.
  @Test func coversTheDTypes() throws {
    var covered: [String: Set<DType>] = [:]
    var accepted: [String: Set<DType>] = [:]
    for name in FixtureFile.names {
      for item in try FixtureFile(name).cases where FixtureFile.isOperator(item.operator) {
        guard let own = item.inputs.first?.type else { continue }
        covered[item.operator, default: []].insert(own)
        for dtype in DType.allCases where dtype.kind != .complex {
          if accepted[item.operator]?.contains(dtype) == true { continue }
          let types = TensorTypes(
            item.inputs.map { TensorType($0.shape, $0.type == own ? dtype : $0.type) })
          if (try? item.op.checkedOutputTypes(for: types)) != nil {
            accepted[item.operator, default: []].insert(dtype)
          }
        }
      }
    }
    for (name, dtypes) in accepted.sorted(by: { $0.key < $1.key }) {
      let missing = dtypes.subtracting(covered[name] ?? []).map { "\($0)" }.sorted()
      #expect(missing.isEmpty, "\(name) has no fixture for \(missing)")
    }
  }
}

extension FixtureFile {
  /// Whether a case is about an operator of the catalog, not about a method made of several.
  static func isOperator(_ name: String) -> Bool { Catalog.standard.contains { $0.name == name } }

  /// What is wrong with the outputs of a case for inputs that hold its numbers.
  func check<A: TestArray>(_ item: Case, _ inputs: [A], outputs: [A]? = nil) -> [String] {
    let label = "\(item.operator)(\(item.form))"
    let types = TensorTypes(inputs.map(\.type))
    let outputs = outputs ?? item.apply(inputs)
    guard outputs.count == item.outputs.count else { return ["\(label): \(outputs.count) outputs"] }
    for (actual, expected) in zip(outputs, item.outputs) {
      guard actual.dtype == expected.type, actual.shape == expected.shape else {
        return ["\(label): \(types): \(actual.type), not \(expected.type)\(expected.shape)"]
      }
      for (index, pair) in zip(actual.scalars, scalars(expected)).enumerated() {
        if let complaint = item.complaint(pair.0, pair.1, actual.dtype) {
          let operands = inputs.map { index < $0.count ? "\($0.scalars[index])" : "-" }
          return ["\(label): \(types): [\(index)] of \(operands): \(complaint)"]
        }
      }
    }
    return []
  }
}

extension ArrayExpression {
  /// Applies an operator whose type is not known.
  static func apply(_ op: any Op, _ inputs: [Self]) -> [Self] {
    func opened<O: Op>(_ op: O) -> [Self] { apply(op, inputs: inputs, at: .unknown) }
    return opened(op)
  }
}

extension DirectArray {
  /// The only element, as an element of a dtype.
  func number(_ dtype: DType) -> ScalarValue {
    dtype.isFloatingPoint
      ? ScalarValue(scalars[0].double, dtype) : ScalarValue(scalars[0].int, dtype)
  }
}
