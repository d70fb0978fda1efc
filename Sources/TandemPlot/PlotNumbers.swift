import TandemShapes

/// What a plot can show: a number, a Swift array of such, of any depth, or an `NDArray`.
public protocol PlotNumbers {
  /// Appends all numbers in row-major order, and says what shape they have. Waits for an array.
  ///
  /// - Parameters:
  ///   - numbers: takes them.
  ///   - plot: the name of the plot, which begins errors.
  ///   - site: the user's line.
  func append(to numbers: inout [Double], for plot: String, at site: CallSite) -> PlotShape
}

/// The sizes of numbers' axes, and whether they are whole numbers.
public struct PlotShape: Hashable, Sendable {
  /// How long each axis is; empty for one number.
  public let sizes: [Int]
  /// Whether the numbers are of an integer type, so that pictures take them for 0 to 255.
  public let isInteger: Bool

  /// The shape with these `sizes`; see `isInteger`.
  public init(sizes: [Int], isInteger: Bool) { (self.sizes, self.isInteger) = (sizes, isInteger) }
}

extension PlotNumbers where Self: BinaryFloatingPoint {
  public func append(to numbers: inout [Double], for plot: String, at site: CallSite) -> PlotShape {
    numbers.append(Double(self))
    return PlotShape(sizes: [], isInteger: false)
  }
}

extension PlotNumbers where Self: BinaryInteger {
  public func append(to numbers: inout [Double], for plot: String, at site: CallSite) -> PlotShape {
    numbers.append(Double(self))
    return PlotShape(sizes: [], isInteger: true)
  }
}

extension Double: PlotNumbers {}
extension Float: PlotNumbers {}
extension Int: PlotNumbers {}
extension Int64: PlotNumbers {}
extension Int32: PlotNumbers {}
extension Int16: PlotNumbers {}
extension Int8: PlotNumbers {}
extension UInt: PlotNumbers {}
extension UInt64: PlotNumbers {}
extension UInt32: PlotNumbers {}
extension UInt16: PlotNumbers {}
extension UInt8: PlotNumbers {}

extension Array: PlotNumbers where Element: PlotNumbers {
  public func append(to numbers: inout [Double], for plot: String, at site: CallSite) -> PlotShape {
    if let doubles = self as? [Double] {
      numbers += doubles
      return PlotShape(sizes: [count], isInteger: false)
    }
    var shape: PlotShape?
    for (index, element) in enumerated() {
      let inner = element.append(to: &numbers, for: plot, at: site)
      if let shape, shape.sizes != inner.sizes {
        fail(
          "\(plot): rows differ in length: row 0 has \(shape.sizes), row \(index) \(inner.sizes)",
          at: site)
      }
      shape = inner
    }
    return PlotShape(sizes: [count] + (shape?.sizes ?? []), isInteger: shape?.isInteger ?? false)
  }
}

/// The call of a plot: its name and the user's line, for errors, and what it reads.
struct PlotCall {
  let name: String
  let site: CallSite

  init(_ name: String, _ file: StaticString, _ line: UInt) {
    (self.name, site) = (name, CallSite(file, line))
  }

  /// Ends in the installed handler of failures.
  func refuse(_ complaint: String) -> Never { fail("\(name): \(complaint)", at: site) }

  /// All numbers and their shape.
  func read(_ source: some PlotNumbers) -> (numbers: [Double], shape: PlotShape) {
    var numbers: [Double] = []
    let shape = source.append(to: &numbers, for: name, at: site)
    return (numbers, shape)
  }

  /// The numbers of a list; axes of length one do not count.
  func list(_ source: some PlotNumbers, _ role: String) -> [Double] {
    let (numbers, shape) = read(source)
    guard shape.sizes.count(where: { $0 != 1 }) <= 1 else {
      refuse("\(role) is not a list of numbers: shape \(shape.sizes)")
    }
    return numbers
  }

  /// Complains unless lists are equally long.
  func check(_ lists: [(role: String, numbers: [Double])]) {
    guard let first = lists.first else { return }
    for other in lists.dropFirst() where other.numbers.count != first.numbers.count {
      let counts =
        "\(first.role) has \(PlotCall.counted(first.numbers.count)), "
        + "\(other.role) \(other.numbers.count)"
      refuse(counts)
    }
  }

  private static func counted(_ count: Int) -> String {
    count == 1 ? "1 number" : "\(count) numbers"
  }
}
