/// A dense layer that stays as it is, and a product of two small matrices that learns what is to
/// change: `y = base(x) + alpha / rank · B A x`.
///
/// - Input and output: those of the layer.
/// - Parameters: those of `base`, which are frozen; `down` (A), `[rank, inputs]`; `up` (B),
///   `[outputs, rank]`, starts at zero, so that the layer starts as it was.
/// - Reference: Hu et al., *LoRA: Low-Rank Adaptation of Large Language Models*, arXiv:2106.09685.
public struct LoRA: ReportingLayer {
  /// The layer that stays as it is.
  public let base: Dense
  public let down: Parameter
  public let up: Parameter
  /// The factor of the product, times the rank.
  public let alpha: Double
  /// What is dropped of the input of the product in training.
  public let dropout: Dropout

  /// - Parameters:
  ///   - base: the layer; its parameters are frozen.
  ///   - rank: the length that the two matrices share.
  ///   - alpha: the factor of the product, times the rank; the rank if `nil`.
  ///   - dropout: the probability with which elements of the product's input become zero.
  public init(
    _ base: Dense, rank: Int, alpha: Double? = nil, dropout: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["rank": rank], of: "LoRA", at: site)
    requireProbability(dropout, of: "LoRA", at: site)
    base.freeze()
    self.base = base
    down = Parameter(shape: [rank, base.weight.declaredShape[1]], initializer: .heUniform)
    up = Parameter(shape: [base.weight.declaredShape[0], rank], initializer: .zeros)
    self.alpha = alpha ?? Double(rank)
    self.dropout = Dropout(dropout)
  }

  private var scale: Double { alpha / Double(up.declaredShape[1] ?? 1) }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let y = base(x)
    let lowered = dropout(x).linear(down.value(for: x.shape[-1]))  // [..., rank]
    return y + lowered.linear(up.value) * scale
  }

  /// The layer with the product added to its weight, trainable as before; `up` becomes zero, so
  /// that `self` gives what it gave.
  public func merged() -> Dense {
    if down.isInitialized {
      let change = up.value.matmul(down.value) * scale
      base.weight.value = base.weight.value + change
      up.value = NDArray.zeros(like: up.value)
    }
    base.unfreeze()
    return base
  }
}

extension Sequential {
  /// The layers with a ``LoRA`` in place of each ``Dense``, those inside of nested `Sequential`s
  /// included; all else is frozen.
  ///
  /// - Parameters:
  ///   - rank, alpha: as of ``LoRA``.
  public func addingLoRA(rank: Int, alpha: Double? = nil) -> Sequential {
    Sequential(
      layers.map { layer in
        if let dense = layer as? Dense { return LoRA(dense, rank: rank, alpha: alpha) }
        if let inner = layer as? Sequential { return inner.addingLoRA(rank: rank, alpha: alpha) }
        layer.freeze()
        return layer
      })
  }

  /// The layers with each ``LoRA`` merged into its ``Dense``; see ``LoRA/merged()``.
  public func mergingLoRA() -> Sequential {
    Sequential(
      layers.map { layer in
        if let adapted = layer as? LoRA { return adapted.merged() }
        if let inner = layer as? Sequential { return inner.mergingLoRA() }
        layer.unfreeze()
        return layer
      })
  }
}
