import Synchronization

/// How arrays are written as text; `numpy.set_printoptions`.
public struct PrintOptions: Hashable, Sendable {
  /// Digits behind the point, at most.
  public var precision = 8
  /// Elements above which an array is abbreviated.
  public var threshold = Limits.printedElementsMax
  /// Elements of an axis that are shown at each end of an abbreviated one.
  public var edgeItems = Limits.printedEdgeItems
  /// Columns of a line.
  public var lineWidth = 75
  /// Whether floats are never written with an exponent.
  public var suppressesExponents = false

  /// NumPy's own settings.
  public init() {}

  private static let installed = Mutex(PrintOptions())

  /// What `print` goes by, in all threads.
  public static var current: PrintOptions {
    get { installed.withLock { $0 } }
    set { installed.withLock { $0 = newValue } }
  }
}
