import CTandem
import TandemShapes
import TandemThreads

/// Convolution (cross-correlation, as in neural networks) over one to three spatial axes.
///
/// | operand          | shape                           |
/// | ---------------- | ------------------------------- |
/// | `y`              | `[n, out, spatial…]`            |
/// | `x`              | `[n, channels, spatial…]`       |
/// | `w`              | `[out, channels / groups, kernel…]` |
/// | `bias`, optional | `[out]`                         |
///
/// `y[n, o, t] = Σ w[o, c, k] · x[n, c, t · stride + k · dilation − paddingBegin] (+ bias[o])`,
/// with the shape that ``ConvolutionGeometry/outputShape(input:weight:)`` gives. All operands have
/// one dtype, `float32`, `float64`, `bfloat16` or `float16`; 16-bit floats are summed in `float32`
/// and rounded once. Strides are free: channels-last operands are read and written in place. The
/// zeros of the padding are multiplied like all numbers. Bits never depend on the number of
/// threads.
///
/// - Complexity: O(elements of `y` · elements of one window) multiply-adds.
public struct ConvolutionForward: Primitive {
  /// How the window moves.
  public let geometry: ConvolutionGeometry
  /// Whether a fourth operand, `bias`, is added to each output channel.
  public let hasBias: Bool
  /// Whether negative results, and −0, become zero (NaN stays), after the bias: the bits of a
  /// maximum with zero that follows.
  public let rectifies: Bool

  /// A convolution with what follows it.
  public init(_ geometry: ConvolutionGeometry, hasBias: Bool = false, rectifies: Bool = false) {
    (self.geometry, self.hasBias, self.rectifies) = (geometry, hasBias, rectifies)
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    2 * shapes[0].elementCount * (shapes[2].elementCount / max(shapes[2][0], 1))
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
  /// - Parameter finish: takes the blocks of `y`, which is row-major then and not written.
  func run(
    _ operands: [Operand], level: Int32, library: ConvolutionLibrary = .never,
    finish: BlockFinish? = nil,
    in context: ParallelContext
  ) {
    let (y, x, w) = (ImageView(operands[0]), ImageView(operands[1]), WeightView(operands[2]))
    let bias = hasBias ? WidenedVector(operands[3]) : nil
    defer { bias?.deallocate() }
    let axes = geometry.forwardAxes(output: y.lengths, kernel: w.lengths)
    let rowsOfGroup = w.outputs / geometry.groups
    Correlation(
      axes, source: x, output: y, groups: geometry.groups,
      weight: (w.start, w.dtype, w.outputStride, rowsOfGroup * w.outputStride),
      tapStrides: (w.channelStride, w.strides), bias: bias?.pointer, level: level,
      rectifies: rectifies, finish: finish, library: library
    ).run(in: context)
  }
}

extension ConvolutionGeometry {
  /// The three axes of the forward correlation, absent ones first.
  func forwardAxes(output: [Int], kernel: [Int]) -> [CorrelationAxis] {
    let absent = 3 - spatialRank
    return (0..<3).map { axis in
      axis < absent
        ? .absent
        : .forward(output: output[axis], kernel: kernel[axis], self, axis - absent)
    }
  }
}
