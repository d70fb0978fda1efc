@_exported import TandemArray

/// A part of a model: a function of an array with parameters.
///
/// Layers are structs that hold ``Parameter`` references, so a copy shares them. Parameters are
/// found by walking stored properties; see ``parameters(of:)``.
public protocol Layer: Sendable {
  /// What the layer computes.
  func callAsFunction(_ x: NDArray) -> NDArray
}

/// A layer whose errors show the line that called it, instead of the layer's own source, and its
/// place in the model: `linear: inner axes differ: …, in 3.Dense (main.swift:12)`.
///
/// All layers of Tandem are of this kind. It changes nothing else; a layer written as a plain
/// ``Layer`` shows its own lines. To join, mark `callAsFunction(_:)` with `@_disfavoredOverload`.
public protocol ReportingLayer: Layer {}

extension ReportingLayer {
  /// What the layer computes; errors name the line of this call.
  public func callAsFunction(
    _ x: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let x = x.atPrecision
    if let region = HybridModels.region(of: self) { return region(x, file: file, line: line) }
    return LayerPlace.enter(self, at: CallSite(file, line)) { callAsFunction(x) }
  }
}

/// A layer that has another name than its type, as `Conv2D`, which is a `Conv<TwoAxes>`.
public protocol NamedLayer: Layer {
  /// The name in messages and summaries.
  static var layerName: String { get }
}

/// A layer with one array of weights, which wrappers such as ``WeightNorm`` compute from others.
public protocol WeightedLayer: Layer {
  /// The weights, outputs first, but for transposed convolutions.
  var weight: Parameter { get }
}

extension Layer {
  /// The name of the layer's type in messages and summaries.
  public var typeName: String {
    (self as? any NamedLayer).map { type(of: $0).layerName } ?? "\(type(of: self))"
  }

  /// The parameters, each with its path from this layer, in the order of stored properties.
  public var parameters: [(path: String, parameter: Parameter)] {
    TandemArray.parameters(of: self)
  }

  /// What the layer remembers beside its parameters, such as running statistics, each with its path
  /// from this layer.
  public var stateCells: [(path: String, cell: StateCell)] { TandemArray.stateCells(of: self) }

  /// How many numbers all parameters hold; those whose shapes are not known yet are left out.
  public var parameterCount: Int {
    parameters.map { _, parameter in
      if parameter.isInitialized { return parameter.value.count }
      let known = parameter.declaredShape.compactMap { $0 }
      return known.count == parameter.declaredShape.count ? known.reduce(1, *) : 0
    }.reduce(0, +)
  }
}

/// Stops with a message if an argument of a layer is zero or negative.
func requirePositive(
  _ arguments: KeyValuePairs<String, Int>, of layer: String, at site: CallSite
) {
  for (name, value) in arguments where value <= 0 {
    fail("\(layer): \(name) must be positive, got \(value)", at: site)
  }
}
