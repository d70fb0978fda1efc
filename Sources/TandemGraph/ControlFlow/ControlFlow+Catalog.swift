extension Catalog {
  /// The operators of control flow, which are registered when the first one is traced or loaded.
  public static let controlFlow: [any Op.Type] = [
    Conditional.self, Scan.self, WhileLoop.self, WhileLoopGradient.self,
  ]

  /// Adds the operators of control flow to those that saved graphs may name.
  public static func registerControlFlow() { _ = registration }

  private static let registration: Void = {
    for type in controlFlow {
      do throws(ShapeError) {
        try add(type)
      } catch {
        fail("catalog: broken invariant: \(error.message)", at: .unknown)
      }
    }
  }()
}
