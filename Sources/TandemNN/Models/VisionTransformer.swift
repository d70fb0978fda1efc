/// A transformer over the square patches of a picture and a learned vector in front of them, whose
/// result gives the scores.
///
/// The defaults are those of ViT-B/16 for 224 pixels: 86,567,656 parameters, as torchvision's
/// `vit_b_16` has.
///
/// - Input: `[batch, channels, side, side]`. Output: `[batch, classes]`, scores.
/// - Parameters: `patches`, `classToken`, `positions`, `encoder` and `scores`.
/// - Reference: Dosovitskiy et al., *An Image is Worth 16x16 Words*, arXiv:2010.11929.
public struct VisionTransformer: ReportingLayer {
  /// From patches to vectors.
  public let patches: Conv2D
  /// Stands in front of the patches, `[1, 1, features]`.
  public let classToken: Parameter
  /// Adds the vectors of the places.
  public let positions: LearnedPositions
  public let dropout: Dropout
  public let encoder: TransformerEncoder
  /// From the first vector to the scores.
  public let scores: Dense

  /// - Parameters:
  ///   - classes: how many scores there are.
  ///   - side: of the pictures, in pixels; a multiple of `patch`.
  ///   - patch: the side of a patch, in pixels.
  ///   - channels: of the pictures.
  ///   - features: the length of a vector; a multiple of `heads`.
  ///   - heads: of each block's attention.
  ///   - blockCount: how many blocks there are.
  ///   - hidden: the width of the dense networks; four times `features` if `nil`.
  ///   - dropout: the probability with which vectors, weights of attention and what is added are
  ///     dropped in training.
  public init(
    classes: Int = 1000, side: Int = 224, patch: Int = 16, channels: Int = 3, features: Int = 768,
    heads: Int = 12, blockCount: Int = 12, hidden: Int? = nil, dropout: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(
      ["classes": classes, "side": side, "patch": patch, "channels": channels],
      of: "VisionTransformer", at: site)
    if !side.isMultiple(of: patch) {
      fail("VisionTransformer: side must be a multiple of patch: \(side), \(patch)", at: site)
    }
    var options = TransformerOptions(features: features, heads: heads, hidden: hidden)
    (options.activation, options.epsilon, options.isNormFirst) = (.gelu, 1e-6, true)
    options.dropout = dropout
    options.check("VisionTransformer", at: site)
    let count = side / patch * (side / patch)
    patches = Conv2D(channels: features, kernel: patch, inputs: channels, stride: patch)
    classToken = Parameter(shape: [1, 1, features], initializer: .zeros)
    positions = LearnedPositions(count + 1, features: features)
    self.dropout = Dropout(dropout)
    encoder = TransformerEncoder(options, layerCount: blockCount, file: file, line: line)
    scores = Dense(classes, inputs: features)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let maps = patches(x)  // [batch, features, rows, columns]
    let (batch, features) = (maps.shape[0], maps.shape[1])
    let vectors = maps.reshaped([batch, features, maps.shape[2] * maps.shape[3]])
      .transposed([0, 2, 1])
    let first = classToken.value.broadcast(to: [batch, 1, features])
    let value = positions(NDArray.concatenated([first, vectors], axis: 1))
    let result = encoder(dropout(value))
    return scores(result.sliced(axis: 1, to: 1).squeezed(axis: 1))
  }
}
