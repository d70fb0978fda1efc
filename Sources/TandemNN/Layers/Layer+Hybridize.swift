extension Layer {
  /// Makes calls of this layer, and of its copies, run as one compiled program (`hybridize` in
  /// Gluon): the loop around it stays as it is.
  ///
  ///     model.hybridize()
  ///     let loss = record { softmaxCrossEntropy(model(images), labels).mean() }
  ///     loss.backward()
  ///     trainer.step()
  ///
  /// Parameters are read at each call, states such as running statistics are changed in place, and
  /// gradients flow. A layer of your own takes part if it is a ``ReportingLayer``; of a plain
  /// ``Layer`` the outermost layers inside of it that are take part.
  ///
  /// The process keeps the layer, its parameters and its programs until ``dehybridize()``; a layer
  /// that is used no more should be handed there. A call of another layer of the same type looks
  /// through its fields, some microseconds, to see that it is not this one.
  ///
  /// - Parameter options: what is promised and checked.
  public func hybridize(
    _ options: CompileOptions = .standard, file: StaticString = #fileID, line: UInt = #line
  ) {
    let layers = reportingLayers
    if layers.isEmpty {
      fail(
        "hybridize: \(type(of: self)) neither is nor holds a ReportingLayer, so its calls cannot "
          + "be replaced; let it be one, or use compile", at: CallSite(file, line))
    }
    for layer in layers { layer.mark(options, file, line) }
  }

  /// Undoes ``hybridize(_:file:line:)``: calls run operator by operator again, and the process lets
  /// go of the layer.
  public func dehybridize() {
    for layer in reportingLayers { layer.unmark() }
  }

  /// This layer, or the outermost ones inside of it, whose calls go through `ReportingLayer`.
  private var reportingLayers: [any ReportingLayer] {
    if let own = self as? any ReportingLayer { return [own] }
    var found: [any ReportingLayer] = []
    func visit(_ value: Any) {
      if let layer = value as? any ReportingLayer {
        found.append(layer)
      } else if !(value is Parameter), !(value is NDArray) {
        for child in Mirror(reflecting: value).children { visit(child.value) }
      }
    }
    for child in Mirror(reflecting: self).children { visit(child.value) }
    return found
  }
}

extension ReportingLayer {
  fileprivate func mark(_ options: CompileOptions, _ file: StaticString, _ line: UInt) {
    let region = compile(mutating: self, options: options, file: file, line: line) {
      (x: NDArray) in plainCall(self, x)
    }
    HybridModels.mark(self, as: region)
  }

  fileprivate func unmark() { HybridModels.unmark(self) }
}

/// What the layer computes, not what takes its place.
private func plainCall(_ layer: some Layer, _ x: NDArray) -> NDArray { layer.callAsFunction(x) }
