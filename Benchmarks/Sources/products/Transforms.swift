import TandemKernels
import TandemShapes

/// Lines: short ones in a batch, one of each size, lengths of odd factors and a prime, planes.
private let sizes: [(batch: Int, n: Int)] = [
  (4096, 16), (1024, 64), (1000, 100), (256, 256), (1, 1024), (256, 1024), (64, 4096), (1, 65536),
  (1, 1 << 20), (1, 1 << 22), (64, 1000), (16, 1009), (1, 100_003), (4, 15015),
]

/// Times transforms along the last axis, and along the first of a plane.
func timeTransforms() {
  for dtype in [DType.float32, .float64] {
    func complex(_ rows: Int, _ columns: Int) -> Operand {
      let pairs = array([rows, 2 * columns], dtype)
      return Operand(pairs.base, Layout([rows, columns]), dtype.complex)
    }
    for (batch, n) in sizes {
      let name = "\(dtype) \(batch)x\(n)"
      time(
        "fft complex \(name)", FourierTransform(.complex, axis: 1),
        [complex(batch, n), complex(batch, n)])
      time(
        "fft real \(name)", FourierTransform(.real, axis: 1),
        [complex(batch, n / 2 + 1), array([batch, n], dtype)])
      time(
        "fft inverseReal \(name)", FourierTransform(.inverseReal, axis: 1),
        [array([batch, n], dtype), complex(batch, n / 2 + 1)])
    }
    for n in [256, 1024] {
      time(
        "fft columns \(dtype) \(n)x\(n)", FourierTransform(.complex, axis: 0),
        [complex(n, n), complex(n, n)])
    }
  }
}
