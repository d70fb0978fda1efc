import CTandem
import TandemShapes
import TandemThreads

/// The planes (one per picture and channel) of a pooling, cut into chunks that follow from shapes.
struct PoolPlanes {
  /// Where one plane lies in each operand, and room for one plane of sums.
  struct Plane {
    let x: UnsafeMutableRawPointer
    let y: UnsafeMutableRawPointer
    let dx: UnsafeMutableRawPointer?
    let scratch: UnsafeMutableRawPointer?
  }

  private let x: Operand
  private let y: Operand
  private let dx: Operand?
  private let plan: tandem_pool_plan

  init(
    _ geometry: PoolGeometry, x: Operand, y: Operand, dx: Operand?, _ countsPadding: Bool = false
  ) {
    (self.x, self.y, self.dx) = (x, y, dx)
    /// Three numbers, of which the last belong to the spatial axes.
    func three(_ fallback: Int, _ number: (Int) -> Int) -> (Int64, Int64, Int64) {
      let missing = 3 - geometry.rank
      func at(_ axis: Int) -> Int64 {
        Int64(axis < missing ? fallback : number(axis - missing))
      }
      return (at(0), at(1), at(2))
    }
    var plan = tandem_pool_plan()
    plan.in = three(1) { x.shape[$0 + 2] }
    plan.out = three(1) { y.shape[$0 + 2] }
    plan.window = three(1) { geometry.window[$0] }
    plan.stride = three(1) { geometry.stride[$0] }
    plan.dilation = three(1) { geometry.dilation[$0] }
    plan.begin = three(0) { geometry.paddingBegin[$0] }
    plan.end = three(0) { geometry.paddingEnd[$0] }
    plan.x_strides = three(0) { Int(x.byteStride($0 + 2)) }
    plan.y_strides = three(0) { Int(y.byteStride($0 + 2)) }
    if let dx { plan.d_strides = three(0) { Int(dx.byteStride($0 + 2)) } }
    plan.dtype = Int64(x.dtype.rawValue)
    plan.counts_padding = countsPadding
    self.plan = plan
  }

  /// Calls `body` for every plane; chunks hold 32 Ki elements of the input or one plane.
  func run(
    in context: ParallelContext, _ body: (UnsafePointer<tandem_pool_plan>, Plane) -> Void
  ) {
    let channels = x.shape[1]
    let planes = x.shape[0] * channels
    let area = planes > 0 ? x.shape.elementCount / planes : 0
    let size = max(1, (1 << 15) / max(area, 1))
    withUnsafePointer(to: plan) { plan in
      forEachChunk(of: planes, size: size, in: context) { _, range in
        withScratch(Double.self, count: dx == nil ? 0 : area) { scratch in
          for number in range {
            let (picture, channel) = (number / channels, number % channels)
            func place(_ operand: Operand) -> UnsafeMutableRawPointer {
              operand.start + picture * Int(operand.byteStride(0))
                + channel * Int(operand.byteStride(1))
            }
            let plane = Plane(
              x: place(x), y: place(y), dx: dx.map(place),
              scratch: UnsafeMutableRawPointer(scratch))
            body(plan, plane)
          }
        }
      }
    }
  }
}
