import CTandem

/// What the tile interpreter runs in one pass over a tile: an instruction, or a pair of which the
/// second alone uses the result of the first.
///
/// A pair spares the store and load of the value between, which is most of what cheap instructions
/// cost; it rounds that value as the two instructions would, so it has the same bits.
struct LoopStep {
  /// The number of the value that it makes.
  let result: Int
  /// The numbers of the values that it reads, at most three.
  let operands: [Int]
  /// The function of the level.
  let function: TandemTileOp?
}

extension LoopProgram.Contents {
  /// The opcodes that may come first in a pair; indices as in `TANDEM_PAIR_FIRSTS`.
  private static let firsts: [LoopOpcode] = [.add, .subtract, .multiply, .divide]

  /// The place in `TANDEM_PAIR_SECONDS` of an opcode whose left or right operand is the result of
  /// the first, or `nil` if there is no such pair.
  private static func second(_ opcode: LoopOpcode, isLeft: Bool) -> Int? {
    switch opcode {
    case .add: 0
    case .subtract: isLeft ? 1 : 2
    case .multiply: 3
    case .divide: isLeft ? 4 : 5
    case .minimum where isLeft: 6
    case .maximum where isLeft: 7
    default: nil
    }
  }

  /// The steps of the program, in order; each uses the results of earlier ones.
  func steps(_ table: UnsafePointer<TandemLoopTable>) -> [LoopStep] {
    var uses = Array(repeating: 0, count: valueCount)
    for instruction in instructions { for operand in instruction.operands { uses[operand] += 1 } }
    for output in outputs { uses[output.value] += 2 }
    var isSecond = Array(repeating: false, count: instructions.count)
    var steps: [LoopStep?] = []
    for (index, instruction) in instructions.enumerated() {
      if let (first, pair) = pair(endingIn: index, uses, isSecond, table) {
        steps[first] = nil
        isSecond[index] = true
        steps.append(pair)
      } else {
        steps.append(
          LoopStep(
            result: firstResult + index, operands: instruction.operands,
            function: table.function(of: instruction)))
      }
    }
    return steps.compactMap { $0 }
  }

  private func pair(
    endingIn index: Int, _ uses: [Int], _ isSecond: [Bool],
    _ table: UnsafePointer<TandemLoopTable>
  ) -> (first: Int, step: LoopStep)? {
    let second = instructions[index]
    guard second.operandClass.isFloatingPoint, second.operands.count == 2 else { return nil }
    for (side, operand) in second.operands.enumerated() {
      let first = operand - firstResult
      guard first >= 0, uses[operand] == 1, !isSecond[first],
        let firstPlace = Self.firsts.firstIndex(of: instructions[first].opcode),
        let secondPlace = Self.second(second.opcode, isLeft: side == 0),
        // What is computed from numbers alone is computed once, not in each tile.
        instructions[first].operands.contains(where: { $0 < inputs.count || $0 >= firstResult })
      else { continue }
      let place = (firstPlace * Int(TANDEM_PAIR_SECOND_COUNT) + secondPlace) * 2
      let function = tableEntry(
        table.pointee.pair, place + Int(second.operandClass.rawValue), as: TandemTileOp?.self)
      let operands = instructions[first].operands + [second.operands[1 - side]]
      return (
        first, LoopStep(result: firstResult + index, operands: operands, function: function)
      )
    }
    return nil
  }
}
