/// Layers one after another.
///
///     let model = Sequential {
///       Dense(500); ReLU()
///       Dense(10)
///     }
public struct Sequential: Layer {
  /// The layers, in the order in which they are applied.
  public let layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The layers that a block lists; `if` and `for` may choose among them.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  public func callAsFunction(_ x: NDArray) -> NDArray {
    layers.reduce(x) { $1($0) }
  }
}

/// Collects the layers that a block lists.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: some Layer) -> [any Layer] { [layer] }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
