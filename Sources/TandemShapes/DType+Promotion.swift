// The promotion table: the one place that says which dtype comes out of two.

extension DType {
  /// The dtype of an operation on two arrays.
  ///
  /// | operands | result |
  /// | --- | --- |
  /// | equal | the same |
  /// | different kinds, bool < integer < float < complex | the higher kind's dtype |
  /// | two signed or two unsigned integers | the wider |
  /// | signed with unsigned | the narrowest signed that holds both; with `uint64`: float64 |
  /// | two floats | the wider; `float16` with `bfloat16`: float32 |
  /// | `float64` with `complex64` | complex128 |
  ///
  /// So `int64` with `float32` is `float32`: an integer array never widens a float array.
  public func promoted(with other: DType) -> DType {
    if self == other { return self }
    if kind != other.kind {
      let (high, low) = kind > other.kind ? (self, other) : (other, self)
      return high == .complex64 && low == .float64 ? .complex128 : high
    }
    switch kind {
    case .bool: return .bool
    case .integer: return DType.promotedIntegers(self, other)
    case .float:
      if byteCount == 2 && other.byteCount == 2 { return .float32 }
      return byteCount > other.byteCount ? self : other
    case .complex: return .complex128
    }
  }

  /// The dtype of an operation on an array of this dtype and a Swift scalar of `kind`.
  ///
  /// Swift scalars are weak: within an array's kind they take its dtype, so `float32 * 0.5` and
  /// `int32 + 1` change nothing; a higher kind gives `int64` or `float32`, so `int64 * 0.5` is
  /// `float32`.
  public func promoted(withScalarOf kind: Kind) -> DType {
    if kind <= self.kind { return self }
    switch kind {
    case .bool: return .bool
    case .integer: return .int64
    case .float: return .float32
    case .complex: return self == .float64 ? .complex128 : .complex64
    }
  }

  /// The dtype of a function whose values are not integers (`exp`, `mean`, `/`): floats stay, all
  /// else becomes `float32`.
  public var floating: DType { kind < .float ? .float32 : self }

  /// The dtype of a sum or product: `bool` and integers accumulate in `int64` (unsigned ones in
  /// `uint64`), all else stays.
  public var accumulated: DType {
    switch kind {
    case .bool: .int64
    case .integer: isSigned ? .int64 : .uint64
    case .float, .complex: self
    }
  }

  private static func promotedIntegers(_ a: DType, _ b: DType) -> DType {
    if a.isSigned == b.isSigned { return a.byteCount > b.byteCount ? a : b }
    let (signed, unsigned) = a.isSigned ? (a, b) : (b, a)
    if signed.byteCount > unsigned.byteCount { return signed }
    switch unsigned.byteCount {
    case 1: return .int16
    case 2: return .int32
    case 4: return .int64
    default: return .float64
    }
  }
}
