import CTandem
import TandemShapes
import TandemThreads

/// The gradient of a convolution with respect to its weight.
///
/// | operand | shape                               |
/// | ------- | ----------------------------------- |
/// | `dw`    | `[out, channels / groups, kernel…]` |
/// | `x`     | `[n, channels, spatial…]`           |
/// | `dy`    | `[n, out, spatial…]`                |
///
/// `dw[o, c, k] = Σ dy[n, o, t] · x[n, c, t · stride + k · dilation − paddingBegin]` over all `n`
/// and `t`. Images are summed in parts that follow from the shapes, and the parts in order. Dtypes,
/// strides and bits as in ``ConvolutionForward``.
public struct ConvolutionWeightGradient: Primitive {
  /// How the window of the forward convolution moves.
  public let geometry: ConvolutionGeometry
  /// About how many bytes it may take for itself, if that is bounded.
  var workspaceMax: Int?

  /// The gradient of a convolution with this geometry.
  public init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    2 * shapes[2].elementCount * (shapes[0].elementCount / max(shapes[0][0], 1))
  }

  public func workspaceBytes(_ operands: [(layout: Layout, dtype: DType)]) -> Int {
    let nowhere = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    let places = operands.map { Operand(nowhere, $0.layout, $0.dtype) }
    let level = tandem_gemm_level()
    return librarySum(places, level: level, .current)?.workspaceBytes
      ?? patchSum(places, level: level).workspaceBytes
  }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    run(operands, level: tandem_gemm_level(), library: .current, in: context)
  }

  /// `run` with the kernels of one instruction set.
  func run(
    _ operands: [Operand], level: Int32, library: ConvolutionLibrary = .never,
    in context: ParallelContext
  ) {
    if let sum = librarySum(operands, level: level, library) { return sum.run(in: context) }
    patchSum(operands, level: level).run(in: context)
  }

  private func views(_ operands: [Operand]) -> (dw: WeightView, x: ImageView, dy: ImageView) {
    (WeightView(operands[0]), ImageView(operands[1]), ImageView(operands[2]))
  }

  private func librarySum(
    _ operands: [Operand], level: Int32, _ library: ConvolutionLibrary
  ) -> LibraryWeightSum? {
    let (dw, x, dy) = views(operands)
    return LibraryWeightSum(
      geometry.forwardAxes(output: dy.lengths, kernel: dw.lengths), dw: dw, x: x, dy: dy,
      groups: geometry.groups, level: level, library: library)
  }

  private func patchSum(_ operands: [Operand], level: Int32) -> PatchSum {
    let (dw, x, dy) = views(operands)
    let axes = geometry.forwardAxes(output: dy.lengths, kernel: dw.lengths)
    var sum = PatchSum(axes, dw: dw, x: x, dy: dy, groups: geometry.groups, level: level)
    if let workspaceMax { sum.spare(workspaceMax) }
    return sum
  }
}
