import TandemArray

extension Graph {
  /// Traces a model into a graph that holds its parameters and states, each under its path in the
  /// model.
  ///
  ///     let graph = Graph.trace(model, inputs: ["data": .float32(["batch", 3, 32, 32])])
  ///     try graph.save("model.json")
  ///
  /// As inference, unless it is called inside of `withTraining(true)`; the result is called
  /// `output`. See ``Graph/trace(inputs:parametersOf:examples:file:line:_:)``.
  ///
  /// - Parameters:
  ///   - model: parameters whose shapes are inferred get them now.
  ///   - inputs: the name and type of the model's one argument.
  ///   - examples: lengths of dynamic axes with which the model is called.
  public static func trace(
    _ model: some Layer, inputs: KeyValuePairs<String, PartialType>,
    examples: [String: Int] = [:], file: StaticString = #fileID, line: UInt = #line
  ) -> BoundGraph {
    bindParameters(of: model)
    return trace(
      inputs: inputs, parametersOf: model, examples: examples, file: file, line: line
    ) { (x: NDArray) in model(x) }
  }
}
