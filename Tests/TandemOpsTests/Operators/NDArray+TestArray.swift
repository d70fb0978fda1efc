import TandemArray
import TandemOps

extension NDArray: TestArray {
  init(_ values: [ScalarValue], shape: Shape, dtype: DType) {
    if dtype.isFloatingPoint {
      self.init(values.map(\.double), shape: shape, dtype: dtype)
    } else {
      self.init(values.map(\.int), shape: shape, dtype: dtype)
    }
  }

  var scalars: [ScalarValue] {
    dtype.isFloatingPoint
      ? scalars(as: Double.self).map { ScalarValue($0, dtype) }
      : scalars(as: Int.self).map { ScalarValue($0, dtype) }
  }
}
