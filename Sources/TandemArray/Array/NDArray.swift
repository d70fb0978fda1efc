@_exported import TandemGraph
@_exported import TandemOps
@_exported import TandemShapes

/// An n-dimensional array: the one array type, with its dtype as a value.
///
/// Operations return at once; the engine computes behind. Only reading waits: ``item()``,
/// ``scalars(as:)`` and `print` block, `await value()` suspends.
///
/// Arrays are values: after `var b = a; b += 1`, `a` is unchanged. A copy is made only when an
/// array that is changed in place shares its storage.
///
/// `NDArray` is one reference to a ``ArrayHandle``; copies of the array share it, which is how
/// uniqueness is known exactly while queued operations retain only the storage.
public struct NDArray: Sendable {
  var handle: ArrayHandle

  init(_ handle: ArrayHandle) { self.handle = handle }

  /// Shape and dtype.
  public var type: TensorType { TensorType(handle.layout.shape, handle.dtype) }

  /// The lengths of the axes.
  public var shape: Shape { handle.layout.shape }

  /// The element type.
  public var dtype: DType { handle.dtype }

  /// Where the array lives.
  public var device: Device {
    handle.unmanagedStorage?._withUnsafeGuaranteedRef { $0.device } ?? .current
  }
}

/// What an array is made of: a layout of some storage, a number, or a symbol of a trace.
///
/// `@unchecked Sendable`: a handle is changed only through a `mutating` method of the one `NDArray`
/// that refers to it (checked with `isKnownUniquelyReferenced`) or before it is shared. That is
/// also why accesses need no check at run time, which would be a tenth of a tiny operation.
final class ArrayHandle: @unchecked Sendable {
  /// Lengths, strides and offset in the storage; of a number or symbol the dense layout.
  let layout: Layout
  /// Whether the layout is row-major: every operation asks.
  let isRowMajor: Bool
  let dtype: DType
  let content: Content
  /// The storage, if there is one, for paths on which counting references would cost most;
  /// `content` keeps it.
  let unmanagedStorage: Unmanaged<Storage>?
  /// What this array is on the tapes that are being recorded, innermost first.
  @exclusivity(unchecked) var links: TapeLinks

  enum Content: Sendable {
    case storage(Storage)
    /// A zero-dimensional number that has no storage yet.
    case number(ScalarValue)
    /// A number literal as an int64 or float64: weak beside other arrays, by itself float32.
    case literal(ScalarValue)
    indirect case symbol(Symbol)
  }

  init(_ storage: Storage, _ layout: Layout, _ dtype: DType, links: TapeLinks = TapeLinks()) {
    storage.addOwner()
    self.content = .storage(storage)
    self.unmanagedStorage = .passUnretained(storage)
    self.layout = layout
    self.isRowMajor = layout.isRowMajor
    self.dtype = dtype
    self.links = links
  }

  /// The first owner of a fresh storage, with elements that lie as another array's do, from the
  /// storage's start.
  @inline(__always)
  init(fresh storage: Storage, like other: ArrayHandle, _ dtype: DType) {
    storage.addFirstOwner()
    content = .storage(storage)
    unmanagedStorage = .passUnretained(storage)
    layout = other.layout.fromStart
    isRowMajor = other.isRowMajor
    self.dtype = dtype
    links = TapeLinks()
  }

  init(_ number: ScalarValue) {
    self.content = .number(number)
    self.unmanagedStorage = nil
    self.layout = Layout(Shape())
    self.isRowMajor = true
    self.dtype = number.dtype
    self.links = TapeLinks()
  }

  init(literal: ScalarValue) {
    self.content = .literal(literal)
    self.unmanagedStorage = nil
    self.layout = Layout(Shape())
    self.isRowMajor = true
    self.dtype = .float32
    self.links = TapeLinks()
  }

  init(_ symbol: Symbol) {
    self.content = .symbol(symbol)
    self.unmanagedStorage = nil
    self.layout = Layout(symbol.shape)
    self.isRowMajor = true
    self.dtype = symbol.dtype
    self.links = TapeLinks()
  }

  /// Whether it has a storage, and is no number, literal or symbol.
  var isStored: Bool { unmanagedStorage != nil }

  /// The number literal that it is, if it is one. Looks at the storage first: to take `content`
  /// apart counts references.
  @inline(__always)
  var literal: ScalarValue? {
    guard !isStored, case .literal(let value) = content else { return nil }
    return value
  }

  deinit {
    unmanagedStorage?._withUnsafeGuaranteedRef { $0.removeOwner() }
  }

  /// The same elements under another identity: no links to tapes but the given ones.
  func alias(links: TapeLinks) -> ArrayHandle {
    switch content {
    case .storage(let storage): return ArrayHandle(storage, layout, dtype, links: links)
    case .number(let number):
      let copy = ArrayHandle(number)
      copy.links = links
      return copy
    case .literal(let value):
      let copy = ArrayHandle(literal: value)
      copy.links = links
      return copy
    case .symbol(let symbol):
      let copy = ArrayHandle(symbol)
      copy.links = links
      return copy
    }
  }
}

extension NDArray {
  /// The storage; numbers are given one. `nil` for a symbol.
  var storage: Storage? {
    if case .storage(let storage) = handle.content { return storage }
    return number.map(NDArray.stored)
  }

  /// The number that the array is made of, if it has no storage.
  var number: ScalarValue? {
    switch handle.content {
    case .number(let number): number
    case .literal(let value): value.converted(to: .float32)
    case .storage, .symbol: nil
    }
  }

  /// Whether this is a number literal, whose dtype depends on what it stands beside.
  var isLiteral: Bool {
    if case .literal = handle.content { true } else { false }
  }

  /// A literal as the number that it is beside an array of `dtype`; anything else as it is.
  func beside(_ dtype: DType) -> NDArray {
    guard case .literal(let value) = handle.content else { return self }
    let number = ArrayHandle(value.beside(dtype))
    // A gradient flows to what is of the literal's own dtype.
    if number.dtype == handle.dtype { number.links = handle.links }
    return NDArray(number)
  }

  /// A fresh storage that holds one number.
  private static func stored(_ number: ScalarValue) -> Storage {
    let storage = Storage(byteCount: number.dtype.byteCount, device: .current)
    ElementCodec.store(number, at: storage.materialized())
    return storage
  }
}

extension ScalarValue {
  /// A Swift number as the element that it is beside an array of `dtype`.
  func beside(_ dtype: DType) -> ScalarValue {
    converted(to: dtype.promoted(withScalarOf: self.dtype.kind))
  }

  /// The number as an element of another dtype.
  func converted(to dtype: DType) -> ScalarValue {
    self.dtype.kind >= .float ? ScalarValue(double, dtype) : ScalarValue(int, dtype)
  }
}
