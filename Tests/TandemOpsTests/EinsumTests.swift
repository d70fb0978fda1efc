import TestSupport
import Testing

@testable import TandemOps

@Suite struct EinsumTests {
  private func result(_ text: String, _ shapes: Shape...) throws -> Shape {
    let builder = GraphBuilder()
    let arrays = shapes.map { builder.input(.float32($0)) }
    let value = Symbol.einsum(text, arrays)
    try builder.graph(outputs: [value]).verify()
    return value.shape
  }

  private func complaint(_ text: String, _ ranks: Int...) -> String? {
    do throws(ShapeError) {
      _ = try EinsumEquation(text, ranks: ranks)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func readsLabels() throws {
    let letter = { (text: Character) in Int(text.unicodeScalars.first!.value) }
    let equation = try EinsumEquation("b i j, bjk -> bik", ranks: [3, 3])
    #expect(equation.operands == ["bij", "bjk"].map { $0.map(letter) })
    #expect(equation.result == "bik".map(letter))
    let implicit = try EinsumEquation("kj,ji", ranks: [2, 2])
    #expect(implicit.result == "ik".map(letter))
    let hidden = try EinsumEquation("...ij,jk...", ranks: [4, 3])
    #expect(hidden.operands == [[-2, -1] + "ij".map(letter), "jk".map(letter) + [-1]])
    #expect(hidden.result == [-2, -1] + "ik".map(letter))
  }

  @Test func shapesAreNumPys() throws {
    #expect(try result("ij,jk->ik", [2, 3], [3, 4]) == [2, 4])
    #expect(try result("ij,jk", [2, 3], [3, 4]) == [2, 4])
    #expect(try result("ii", [3, 3]) == [])
    #expect(try result("ii->i", [3, 3]) == [3])
    #expect(try result("iij->j", [3, 3, 4]) == [4])
    #expect(try result("ij->ji", [2, 3]) == [3, 2])
    #expect(try result("i,j->ij", [2], [3]) == [2, 3])
    #expect(try result("i,i", [3], [3]) == [])
    #expect(try result("bij,bjk->bik", [5, 2, 3], [5, 3, 4]) == [5, 2, 4])
    #expect(try result("...ij,...jk->...ik", [5, 1, 2, 3], [6, 3, 4]) == [5, 6, 2, 4])
    #expect(try result("ij,jk,kl->il", [2, 3], [3, 4], [4, 5]) == [2, 5])
    #expect(try result("bhqd,bhkd->bhqk", [2, 3, 4, 5], [2, 3, 6, 5]) == [2, 3, 4, 6])
    #expect(try result("ijk->", [2, 3, 4]) == [])
    #expect(try result("iij,jjk->ik", [2, 2, 3], [3, 3, 4]) == [2, 4])
    #expect(try result("ij,->ij", [2, 3], []) == [2, 3])
  }

  @Test func contractsTheCheapestPairFirst() throws {
    // A (1000 x 2), B (2 x 1000), v (1000): B v first takes 2,000 products, A B would take
    // 2,000,000.
    let builder = GraphBuilder()
    let arrays = [[1000, 2], [2, 1000], [1000]].map { builder.input(.float32(Shape($0))) }
    let value = Symbol.einsum("ij,jk,k->i", arrays)
    let largest = builder.graph(outputs: [value]).nodes.flatMap { Array($0.types) }
      .map(\.shape.elementCount).max()
    #expect(largest == 2000)
  }

  /// All trees of so many operands, each pair once.
  private func trees(_ operands: [Int]) -> [EinsumTree] {
    if operands.count == 1 { return [.operand(operands[0])] }
    return (1..<1 << (operands.count - 1)).flatMap { bits in
      // The first operand stands left.
      let left = operands.indices.filter { $0 == 0 || bits & 1 << ($0 - 1) == 0 }
      let right = operands.indices.filter { !left.contains($0) }
      let halves = (trees(left.map { operands[$0] }), trees(right.map { operands[$0] }))
      return halves.0.flatMap { a in halves.1.map { EinsumTree.product(a, $0) } }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func optimalIsTheBestOfAllOrders(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for count in 2...5 {
      let labels = (0..<count).map { _ in
        (0..<6).filter { _ in Bool.random(using: &random) }
      }
      let lengths = Dictionary(
        uniqueKeysWithValues: (0..<6).map { ($0, Int.random(in: 1...9, using: &random)) })
      let planner = EinsumPlanner(labels, wanted: labels[0].dropLast(1), lengths: lengths)
      let costs = trees(Array(0..<count)).map { planner.cost($0) }
      let best = costs.min()
      #expect(planner.cost(planner.tree(.optimal)) == best, "seed \(seed)")
      for order in EinsumOrder.allCases {
        let tree = planner.tree(order)
        #expect(tree.operands == 1 << count - 1)
        #expect(costs.contains(planner.cost(tree)), "seed \(seed)")
      }
    }
  }

  @Test func ordersAreThoseThatTheyAreCalled() {
    // a [2, 9], b [9, 9], c [9, 1]: from the right it is cheapest.
    let planner = EinsumPlanner(
      [[0, 1], [1, 2], [2, 3]], wanted: [0, 3], lengths: [0: 2, 1: 9, 2: 9, 3: 1])
    #expect(
      planner.tree(.leftToRight) == .product(.product(.operand(0), .operand(1)), .operand(2)))
    let best = EinsumTree.product(.operand(0), .product(.operand(1), .operand(2)))
    #expect(planner.tree(.optimal) == best && planner.tree(.greedy) == best)
    #expect(planner.cost(best) == 81 + 18)
  }

  @Test func aChainOfMatricesIsSplitWhereItIsCheapest() {
    // The example of Cormen, Leiserson, Rivest and Stein: ((A1 (A2 A3)) ((A4 A5) A6)).
    let chain = MatrixChain(lengths: [30, 35, 15, 5, 10, 20, 25])
    #expect(chain.splits[0][5] == 2 && chain.splits[0][2] == 0 && chain.splits[3][5] == 4)
  }

  @Test func refusesWithWords() {
    #expect(complaint("ij,jk->ik", 2) == "\"ij,jk->ik\" names 2 operands, not 1")
    #expect(complaint("ij->ik", 2) == "\"ij->ik\" has no operand with 'k'")
    #expect(complaint("ij->ii", 2) == "\"ij->ii\" has 'i' twice in the result")
    #expect(complaint("ijk->i", 2) == "\"ijk->i\" gives \"ijk\" to an operand with 2 axes")
    #expect(complaint("i1->i", 2) == "\"i1->i\" has '1', which is not a letter")
    #expect(complaint("i..->i", 2) == "\"i..->i\" has dots that are not one '...'")
    #expect(complaint("ij->i,j", 2) == "\"ij->i,j\" has ',', which is not a letter")
    #expect(complaint("ij-i", 2) == "\"ij-i\" has '-', which is not a letter")
  }

  @Test func refusesLengthsThatDiffer() throws {
    let equation = try EinsumEquation("ij,jk->ik", ranks: [2, 2])
    #expect(throws: ShapeError("\"ij,jk->ik\" gives 'j' the lengths 3 and 4")) {
      try equation.lengths(of: [[2, 3], [4, 5]], in: "ij,jk->ik")
    }
  }
}
