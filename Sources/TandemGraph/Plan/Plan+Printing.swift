extension Plan: CustomStringConvertible {
  /// One line for each operation, then the results:
  ///
  ///     buffer0 = add(input0, 2.0)
  ///     output0 = sum(buffer0)
  ///     return fresh output0
  public var description: String {
    var lines = operations.map { operation in
      let results = operation.results.map(text).joined(separator: ", ")
      var scalars = operation.scalars.makeIterator()
      let operands = operation.operands.map { operand in
        operand.map(text) ?? scalars.next().map(text) ?? "?"
      }
      let clobbers =
        operation.clobbers.isEmpty
        ? "" : "  // over " + operation.clobbers.map { "buffer\($0)" }.joined(separator: ", ")
      return
        "\(results) = \(operation.program.name)(\(operands.joined(separator: ", ")))\(clobbers)"
    }
    lines.append("return " + outputs.enumerated().map(text).joined(separator: ", "))
    lines.append("arena \(arenaByteCount) bytes")
    return lines.joined(separator: "\n")
  }

  private func text(_ operand: Operand) -> String {
    operand.byteOffset == 0 ? text(operand.place) : "\(text(operand.place))+\(operand.byteOffset)"
  }

  private func text(_ place: Place) -> String {
    switch place {
    case .input(let index): "input\(index)"
    case .output(let index): "output\(index)"
    case .buffer(let index): "buffer\(index)"
    case .constant(let index): "constant\(index)"
    case .passing(let index): "passing\(index)"
    }
  }

  private func text(_ scalar: Scalar) -> String {
    switch scalar {
    case .value(let value): "\(value)"
    case .input(let index): "number input\(index)"
    }
  }

  private func text(_ index: Int, _ output: OutputSource) -> String {
    switch output {
    case .fresh: "fresh output\(index)"
    case .donated(let input, _, _): "donated input\(input)"
    case .input(let input, _, _): "input\(input)"
    case .sameMemory(let output, _, _): "as output\(output)"
    case .number(let value): "\(value)"
    }
  }
}
