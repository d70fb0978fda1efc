import TandemShapes

/// An array as a kernel sees it: a place in memory, a layout and a dtype.
public struct Operand: @unchecked Sendable {
  /// Where element zero of the storage lies; the layout's offset is not yet added.
  public var base: UnsafeMutableRawPointer
  /// Lengths, strides and offset, in elements.
  public var layout: Layout
  /// The element type.
  public var dtype: DType

  /// An operand whose element zero of the storage lies at `base`.
  public init(_ base: UnsafeMutableRawPointer, _ layout: Layout, _ dtype: DType) {
    (self.base, self.layout, self.dtype) = (base, layout, dtype)
  }

  /// Where element `[0, …, 0]` lies.
  public var start: UnsafeMutableRawPointer { base + layout.offset * dtype.byteCount }

  /// The lengths of the axes.
  public var shape: Shape { layout.shape }
}
