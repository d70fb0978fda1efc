import Synchronization

/// All operators: the single source for loading saved graphs, for the documentation table and for
/// the tests, which fail for an operator without a fixture and a gradient check.
public enum Catalog {
  /// Every operator that comes with Tandem.
  public static let standard: [any Op.Type] =
    elementwise + reductions + movement + linearAlgebra + neural + indexing + random + updates

  static let elementwise: [any Op.Type] = [
    Add.self, Cast.self, Full.self, Multiply.self, Tanh.self,
  ]

  static let reductions: [any Op.Type] = [Sum.self]

  static let movement: [any Op.Type] = [
    AssignIndex.self, BasicIndex.self, Broadcast.self, ExpandDims.self, Reshape.self,
    Transpose.self,
  ]

  static let linearAlgebra: [any Op.Type] = [MatMul.self]

  static let neural: [any Op.Type] = []

  static let indexing: [any Op.Type] = []

  static let random: [any Op.Type] = []

  static let updates: [any Op.Type] = []

  private static let registered = Mutex<[any Op.Type]>([])

  /// Adds a user's operator, so that saved graphs that name it can be loaded.
  ///
  /// - Throws: `ShapeError` if the catalog has another operator of this name and version.
  public static func register(_ type: any Op.Type) throws(ShapeError) {
    if let other = find(name: type.name, version: type.version) {
      guard other == type else {
        throw ShapeError("catalog: \(type.name)@\(type.version) is already another operator")
      }
      return
    }
    registered.withLock { $0.append(type) }
  }

  /// The operator with this name and version, if there is one.
  public static func find(name: String, version: Int) -> (any Op.Type)? {
    let matches: (any Op.Type) -> Bool = { $0.name == name && $0.version == version }
    return standard.first(where: matches) ?? registered.withLock { $0.first(where: matches) }
  }
}
