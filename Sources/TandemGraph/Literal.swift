/// An array that is known when the graph is compiled: what constant folding leaves behind.
///
/// It has no inputs. A plan keeps its bytes as a ``Plan/Constant``; no operation runs for it.
public struct Literal: NonDifferentiableOp {
  public static let name = "literal"

  /// Shape and dtype.
  public let type: TensorType
  /// The bytes of all elements in row-major order.
  public let bytes: [UInt8]

  /// An array of these elements; as many bytes as the type takes.
  public init(_ type: TensorType, bytes: [UInt8]) { (self.type, self.bytes) = (type, bytes) }

  /// A zero-dimensional array that holds a number.
  init(_ number: ScalarValue) {
    let type = TensorType(Shape(), number.dtype)
    self.init(type, bytes: Literal.bytes(of: number))
  }

  public static var acceptsComplex: Bool { true }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.isEmpty, "takes no inputs", inputs)
    try require(bytes.count == type.byteCount, "\(bytes.count) bytes do not fill \(type)", inputs)
    return TensorTypes(type)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(CopyBytes(bytes), [lowering.output(0)], [])
  }

  /// The bytes that an element takes in memory; a complex number has no imaginary part.
  private static func bytes(of number: ScalarValue) -> [UInt8] {
    let bits: UInt64 =
      switch number.dtype {
      case .float16: UInt64(Float16(number.double).bitPattern)
      case .bfloat16: UInt64(Float(number.double).bitPattern >> 16)
      case .float32, .complex64: UInt64(Float(number.double).bitPattern)
      default: number.bits
      }
    return withUnsafeBytes(of: (bits.littleEndian, 0 as UInt64)) {
      Array($0.prefix(number.dtype.byteCount))
    }
  }
}

extension Literal: CustomStringConvertible {
  /// The number of bytes; their values would fill a page.
  public var description: String { "\(bytes.count) bytes" }
}
