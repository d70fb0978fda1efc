/// Arithmetic of constants, which Swift rounds as C does.
enum NativeFolding {
  static func infix(_ sign: String, _ a: NativeValue, _ b: NativeValue) -> NativeValue? {
    guard let x = a.bits, let y = b.bits else { return nil }
    switch a.type {
    case .float:
      let (x, y) = (Float(bitPattern: UInt32(x)), Float(bitPattern: UInt32(y)))
      return floating(sign, x, y).map { .constant(.float, UInt64($0.bitPattern)) }
    case .double:
      let (x, y) = (Double(bitPattern: x), Double(bitPattern: y))
      return floating(sign, x, y).map { .constant(.double, $0.bitPattern) }
    default: return nil
    }
  }

  private static func floating<T: BinaryFloatingPoint>(_ sign: String, _ x: T, _ y: T) -> T? {
    let result: T
    switch sign {
    case "+": result = x + y
    case "-": result = x - y
    case "*": result = x * y
    case "/": result = x / y
    default: return nil
    }
    // Which NaN an operation makes is the machine's affair.
    return result.isNaN ? nil : result
  }

  static func negated(_ value: NativeValue) -> NativeValue? {
    value.bits.map { .constant(value.type, $0 ^ (1 << UInt64(value.type.bitCount - 1))) }
  }

  static func converted(_ value: NativeValue, to type: FormulaType) -> NativeValue? {
    guard let bits = value.bits else { return nil }
    switch value.type {
    case .float:
      guard type == .double else { return nil }
      return .constant(.double, Double(Float(bitPattern: UInt32(bits))).bitPattern)
    case .double:
      guard type == .float else { return nil }
      return .constant(.float, UInt64(Float(Double(bitPattern: bits)).bitPattern))
    default:
      let shift = UInt64(64 - value.type.bitCount)
      let isWhole = !value.type.isSigned
      let number = isWhole ? 0 : Int64(bitPattern: bits << shift) >> Int64(shift)
      let whole = isWhole ? (bits << shift) >> shift : UInt64(bitPattern: number)
      switch type {
      case .bool: return .constant(.bool, whole == 0 ? 0 : 1)
      case .float:
        let float = isWhole ? Float(whole) : Float(number)
        return .constant(.float, UInt64(float.bitPattern))
      case .double:
        return .constant(.double, (isWhole ? Double(whole) : Double(number)).bitPattern)
      default:
        let mask = type.bitCount == 64 ? UInt64.max : (1 << UInt64(type.bitCount)) - 1
        return .constant(type, whole & mask)
      }
    }
  }
}
