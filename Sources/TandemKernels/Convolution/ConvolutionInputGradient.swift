import CTandem
import TandemShapes
import TandemThreads

/// The gradient of a convolution with respect to its input; also what is called transposed
/// convolution.
///
/// | operand | shape                               |
/// | ------- | ----------------------------------- |
/// | `dx`    | `[n, channels, spatial…]`           |
/// | `dy`    | `[n, out, spatial…]`                |
/// | `w`     | `[out, channels / groups, kernel…]` |
///
/// `dx[n, c, i] = Σ w[o, c, k] · dy[n, o, t]` over all `o`, `k` and `t` with
/// `i = t · stride + k · dilation − paddingBegin`. Every element of `dx` gathers its own sum: for
/// each remainder of `i` by the stride this is a convolution of `dy` with the taps of that
/// remainder. Dtypes, strides and bits as in ``ConvolutionForward``.
public struct ConvolutionInputGradient: Primitive {
  /// How the window of the forward convolution moves.
  public let geometry: ConvolutionGeometry

  /// The gradient of a convolution with this geometry.
  public init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    2 * shapes[1].elementCount * (shapes[2].elementCount / max(shapes[2][0], 1))
  }

  public func workspaceBytes(_ operands: [(layout: Layout, dtype: DType)]) -> Int {
    operands[2].layout.shape.elementCount * 4  // packed weights
  }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    run(
      operands, level: tandem_gemm_level(), library: .current, in: context)
  }

  /// `run` with the kernels of one instruction set.
  ///
  /// - Parameter finish: takes the blocks of `dx`, which is row-major then and not written.
  func run(
    _ operands: [Operand], level: Int32, library: ConvolutionLibrary = .never,
    finish: BlockFinish? = nil,
    in context: ParallelContext
  ) {
    let (dx, dy, w) = (ImageView(operands[0]), ImageView(operands[1]), WeightView(operands[2]))
    if let scatter = PatchScatter(geometry, dx: dx, dy: dy, weight: w, level: level) {
      return scatter.run(in: context)
    }
    let absent = 3 - geometry.spatialRank
    let choices = (0..<3).map { axis in
      axis < absent
        ? [CorrelationAxis.absent]
        : CorrelationAxis.inputGradient(
          input: dx.lengths[axis], kernel: w.lengths[axis], geometry, axis - absent)
    }
    let rowsOfGroup = w.outputs / geometry.groups
    let skipsEmpty = choices.contains { $0.contains { $0.taps.isEmpty } } && dx.isDense
    if skipsEmpty { dx.clear(in: context) }
    for z in choices[0] {
      for y in choices[1] {
        for x in choices[2] where !skipsEmpty || ![z, y, x].contains(where: \.taps.isEmpty) {
          // Rows are the channels of `dx`; what is summed are the outputs of the group.
          Correlation(
            [z, y, x], source: dy, output: dx, groups: geometry.groups,
            weight: (w.start, w.dtype, w.channelStride, rowsOfGroup * w.outputStride),
            tapStrides: (w.outputStride, w.strides), bias: nil, level: level,
            finish: finish, library: library
          ).run(in: context)
        }
      }
    }
  }
}
