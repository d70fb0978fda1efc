extension NDArray {
  /// An array that shows somebody else's memory, dense and row-major, which nobody writes while the
  /// array or a view of it lives: changing the array copies it first.
  ///
  /// - Parameters:
  ///   - start: aligned to the elements.
  ///   - release: called when the last array that shows the memory is gone, on any thread.
  package static func borrowing(
    _ start: UnsafeRawPointer, _ type: TensorType, release: @escaping @Sendable () -> Void
  ) -> NDArray {
    let storage = Storage(borrowing: start, byteCount: type.byteCount, release: release)
    return NDArray(ArrayHandle(storage, Layout(type.shape), type.dtype))
  }
}
