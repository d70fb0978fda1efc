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
