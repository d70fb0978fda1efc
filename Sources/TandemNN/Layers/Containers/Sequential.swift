/// Layers one after another.
///
///     let model = Sequential {
///       Dense(500); ReLU()
///       Dense(10)
///     }
///
/// Parameters are named by the places of the layers: `0.weight`, `0.bias`, `2.weight`, and
/// `2.0.weight` where one `Sequential` stands in another. These names are in checkpoints.
public struct Sequential: ReportingLayer {
  /// The layers, in the order in which they are applied.
  public let layers: [any Layer]

  /// The layers of an array.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The layers that a block lists; `if` and `for` may choose among them.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    layers.enumerated().reduce(x) { value, item in
      LayerPlace.enter(item.element, index: item.offset) { Sequential.call(item.element, value) }
    }
  }

  /// Calls one layer, or the region that takes its place.
  private static func call(_ layer: some Layer, _ x: NDArray) -> NDArray {
    HybridModels.region(of: layer).map { $0(x) } ?? layer.callAsFunction(x)
  }
}

extension Sequential: CustomReflectable {
  /// The layers as elements: their places, without the name of a property, are the names of their
  /// parameters.
  public var customMirror: Mirror {
    Mirror(self, unlabeledChildren: layers, displayStyle: .collection)
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
