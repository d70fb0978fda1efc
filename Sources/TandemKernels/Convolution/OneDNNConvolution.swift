import CTandem
import TandemThreads

/// What oneDNN is asked to convolve: images with the channels of a pixel together, one library
/// thread. Lists hold (z, y, x); absent axes have length one.
struct OneDNNProblem: Hashable {
  enum Kind: Int32 { case forward, weightGradient = 2 }

  var kind = Kind.forward
  var images: Int
  var channels: Int
  var outputs: Int
  var groups: Int
  var input: [Int]
  var output: [Int]
  var kernel: [Int]
  var stride: [Int]
  var dilation: [Int]
  /// Distances of neighbours of the plain weight: groups, outputs, channels of a group, (z, y, x).
  var weightStrides: [Int]
  /// In how many parts the weight is moved.
  var weightParts = 1

  /// The problem as the shim reads it. Images come padded.
  fileprivate var described: tandem_onednn_problem {
    func three(_ list: [Int]) -> (Int64, Int64, Int64) {
      (Int64(list[0]), Int64(list[1]), Int64(list[2]))
    }
    var problem = tandem_onednn_problem()
    problem.kind = kind.rawValue
    (problem.images, problem.groups) = (Int64(images), Int64(groups))
    (problem.channels, problem.outputs) = (Int64(channels), Int64(outputs))
    (problem.input, problem.output) = (three(input), three(output))
    (problem.kernel, problem.stride) = (three(kernel), three(stride))
    problem.dilation = three(dilation)
    let inner = three(Array(weightStrides[3...]))
    problem.weightStrides = (
      Int64(weightStrides[0]), Int64(weightStrides[1]), Int64(weightStrides[2]), inner.0, inner.1,
      inner.2
    )
    problem.weightParts = Int64(weightParts)
    return problem
  }
}

/// A convolution that oneDNN has made code for. Made once for a problem and kept.
final class OneDNNConvolution: @unchecked Sendable {
  // Sendable: the library's objects are not changed after they are made, and it runs them on any
  // number of threads at once, as each run brings its own scratch memory.

  /// The library's version, if it is there.
  static var version: String? { tandem_onednn_version().map { String(cString: $0) } }

  /// Problems that are kept, and those that the library refused.
  private static let kept = Guarded<[OneDNNProblem: OneDNNConvolution?]>([:])
  /// How many are kept before all are let go of: far more than a network has.
  private static let keptMax = 1024

  private let handle: OpaquePointer
  let weightBytes: Int
  let scratchBytes: Int

  private init(_ handle: OpaquePointer) {
    self.handle = handle
    weightBytes = Int(tandem_onednn_weight_bytes(handle))
    scratchBytes = Int(tandem_onednn_scratch_bytes(handle))
  }

  deinit { tandem_onednn_destroy(handle) }

  /// The convolution for a problem; `nil` if the library has no fast code for it.
  static func of(_ problem: OneDNNProblem) -> OneDNNConvolution? {
    if let found = kept.withLock({ $0[problem] }) { return found }
    var described = problem.described
    let made = tandem_onednn_create(&described).map { OneDNNConvolution($0) }
    return kept.withLock { kept in
      if let found = kept[problem] { return found }
      if kept.count == keptMax { kept = [:] }
      kept[problem] = .some(made)
      return made
    }
  }

  /// The library's name of the code.
  var implementation: String { String(cString: tandem_onednn_implementation(handle)) }

  /// Moves a part of the weight from `plain` to the library's order, or its gradient to `plain`.
  func move(_ part: Int, plain: UnsafeMutableRawPointer, packed: UnsafeMutableRawPointer) {
    check(tandem_onednn_move_weight(handle, Int64(part), plain, packed))
  }

  /// Convolves on this thread; what the kind computes is written, the other two are read.
  func run(
    input: UnsafeMutableRawPointer, weight: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    check(tandem_onednn_run(handle, input, weight, output, scratch))
  }

  /// The library fails only where memory for a few handles is lacking, as `malloc` would here.
  private func check(_ status: Int32) {
    precondition(status == 0, "oneDNN: status \(status) of \(implementation)")
  }
}
