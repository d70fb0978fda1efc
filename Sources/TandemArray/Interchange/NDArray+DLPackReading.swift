import CTandem

extension NDArray {
  /// The array that a library of this process hands over by DLPack, without copying: the pointer
  /// in a capsule named `dltensor_versioned`; `mxnet.npx.from_dlpack`, `numpy.from_dlpack`.
  ///
  /// The array shows the library's memory as it is and never writes to it; the library must not
  /// write to it either while this array lives. Truth values and elements that are not aligned are
  /// copied.
  ///
  /// - Parameter tensor: a `DLManagedTensorVersioned`. It is taken over: its deleter is called when
  ///   the array's last reader is done, from any thread, or at once if this throws.
  /// - Throws: `ShapeError` if it is of another major version, not on a CPU, or of a dtype or rank
  ///   that there is not here.
  public init(dlpack tensor: UnsafeMutableRawPointer) throws(ShapeError) {
    let managed = DLPackOwner.versioned(tensor)
    let version = (managed.pointee.major, managed.pointee.minor)
    guard version.0 == TANDEM_DL_MAJOR else {
      // The deleter stands where it stands in every version.
      managed.pointee.release?(managed)
      throw ShapeError("dlpack: version \(version.0).\(version.1), known is 1")
    }
    try self.init(managed.pointee.tensor, DLPackOwner(managed))
  }

  /// The same for the older structure, `DLManagedTensor`, in a capsule named `dltensor`.
  public init(unversionedDLPack tensor: UnsafeMutableRawPointer) throws(ShapeError) {
    let managed = DLPackOwner.unversioned(tensor)
    try self.init(managed.pointee.tensor, DLPackOwner(managed))
  }

  private init(_ tensor: tandem_dl_tensor, _ owner: DLPackOwner) throws(ShapeError) {
    // Until all of the structure has been read.
    defer { withExtendedLifetime(owner) {} }
    let dtype = try NDArray.dtype(of: tensor)
    guard tensor.device_type == TANDEM_DL_CPU else {
      throw ShapeError("dlpack: not on a CPU: device \(tensor.device_type)")
    }
    let layout = try NDArray.layout(of: tensor)
    guard layout.shape.elementCount > 0 else {
      self = NDArray.filled(layout.shape, dtype) { _ in }
      return
    }
    guard let data = tensor.data else { throw ShapeError("dlpack: no memory") }
    let start = UnsafeRawPointer(data) + Int(tensor.byte_offset)
    // A part of a number: complex ones are pairs.
    let unit = dtype.kind == .complex ? dtype.byteCount / 2 : dtype.byteCount
    if dtype == .bool || Int(bitPattern: start) % unit != 0 {
      self = NDArray.copied(from: start, layout, dtype)
      return
    }
    // The storage begins at the first byte, which is that of the last element of a reversed axis.
    let reach = (0..<layout.rank).map { (layout.shape[$0] - 1) * layout.stride($0) }
    let low = reach.filter { $0 < 0 }.reduce(0, +)
    let high = reach.filter { $0 > 0 }.reduce(0, +)
    var placed = layout
    placed.offset = -low
    let storage = Storage(
      borrowing: start + low * dtype.byteCount, byteCount: (high - low + 1) * dtype.byteCount,
      release: { withExtendedLifetime(owner) {} })
    self.init(ArrayHandle(storage, placed, dtype))
  }

  private static func dtype(of tensor: tandem_dl_tensor) throws(ShapeError) -> DType {
    let kinds: [Int: [DType]] = [
      TANDEM_DL_INT: [.int8, .int16, .int32, .int64],
      TANDEM_DL_UINT: [.uint8, .uint16, .uint32, .uint64],
      TANDEM_DL_FLOAT: [.float16, .float32, .float64], TANDEM_DL_BFLOAT: [.bfloat16],
      TANDEM_DL_COMPLEX: [.complex64, .complex128], TANDEM_DL_BOOL: [.bool],
    ]
    let found = kinds[Int(tensor.code)]?.first { $0.byteCount * 8 == Int(tensor.bits) }
    guard let found, tensor.lanes == 1 else {
      throw ShapeError(
        "dlpack: no such dtype: code \(tensor.code), \(tensor.bits) bits, \(tensor.lanes) lanes")
    }
    return found
  }

  private static func layout(of tensor: tandem_dl_tensor) throws(ShapeError) -> Layout {
    let rank = Int(tensor.rank)
    guard (0...Shape.maximumRank).contains(rank), rank == 0 || tensor.shape != nil else {
      throw ShapeError("dlpack: \(rank) axes, at most \(Shape.maximumRank)")
    }
    let shape: Shape
    do throws(ShapeError) {
      shape = try Shape(checking: (0..<rank).map { Int(tensor.shape[$0]) })
    } catch {
      throw ShapeError("dlpack: \(error.message)")
    }
    guard let strides = tensor.strides else { return Layout(shape) }
    return Layout(shape, strides: (0..<rank).map { shape[$0] > 1 ? Int(strides[$0]) : 0 })
  }

  /// A copy, element by element, with truth values made 0 or 1.
  private static func copied(
    from start: UnsafeRawPointer, _ layout: Layout, _ dtype: DType
  ) -> NDArray {
    let width = dtype.byteCount
    return NDArray.filled(layout.shape, dtype) { base in
      var offsets = [0]
      for axis in 0..<layout.rank {
        let stride = layout.stride(axis)
        let length = layout.shape[axis]
        offsets = offsets.flatMap { offset in (0..<length).map { offset + $0 * stride } }
      }
      for (index, offset) in offsets.enumerated() {
        let (from, to) = (start + offset * width, base + index * width)
        if dtype == .bool {
          to.storeBytes(of: from.load(as: UInt8.self) == 0 ? 0 : 1, as: UInt8.self)
        } else {
          to.copyMemory(from: from, byteCount: width)
        }
      }
    }
  }
}

/// Another library's tensor, given back when the last array that shows its memory is gone.
///
/// `@unchecked Sendable`: the one stored property is a constant that is used once, in `deinit`,
/// when nobody else holds the object. That the deleter may be called from any thread is DLPack's
/// rule.
final class DLPackOwner: @unchecked Sendable {
  private enum Tensor {
    case versioned(UnsafeMutablePointer<tandem_dl_managed_versioned>)
    case unversioned(UnsafeMutablePointer<tandem_dl_managed>)
  }

  private let tensor: Tensor

  /// The structure behind a pointer that a capsule holds.
  static func versioned(
    _ tensor: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<tandem_dl_managed_versioned> {
    tensor.assumingMemoryBound(to: tandem_dl_managed_versioned.self)
  }

  /// The older structure behind a pointer that a capsule holds.
  static func unversioned(
    _ tensor: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<tandem_dl_managed> {
    tensor.assumingMemoryBound(to: tandem_dl_managed.self)
  }

  init(_ tensor: UnsafeMutablePointer<tandem_dl_managed_versioned>) {
    self.tensor = .versioned(tensor)
  }

  init(_ tensor: UnsafeMutablePointer<tandem_dl_managed>) { self.tensor = .unversioned(tensor) }

  deinit {
    switch tensor {
    case .versioned(let managed): managed.pointee.release?(managed)
    case .unversioned(let managed): managed.pointee.release?(managed)
    }
  }
}
