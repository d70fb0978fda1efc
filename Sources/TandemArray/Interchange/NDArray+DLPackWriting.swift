import CTandem

extension NDArray {
  /// The array as a DLPack tensor for another library of this process, without copying: what goes
  /// into a capsule named `dltensor_versioned`; `mxnet.npx.to_dlpack_for_read`. Waits until the
  /// array is computed.
  ///
  /// The tensor is marked as read-only: the memory is that of this array, whose value it keeps
  /// whatever is done to the array later. ``dlpackCopy(file:line:)`` gives memory to write to.
  ///
  /// - Returns: a `DLManagedTensorVersioned`; whoever takes it calls its deleter once.
  /// - Throws: `EngineError`: what went wrong while the array was computed.
  public func dlpack(
    file: StaticString = #fileID, line: UInt = #line
  ) throws -> UnsafeMutableRawPointer {
    let export = try DLPackExport(of: self, at: CallSite(file, line))
    return export.versioned(flags: UInt64(TANDEM_DL_READ_ONLY))
  }

  /// A copy of the array as a DLPack tensor that may be written; `mxnet.npx.to_dlpack_for_write`.
  /// Waits until the array is computed.
  ///
  /// - Returns: a `DLManagedTensorVersioned`; whoever takes it calls its deleter once.
  /// - Throws: `EngineError`: what went wrong while the array was computed.
  public func dlpackCopy(
    file: StaticString = #fileID, line: UInt = #line
  ) throws -> UnsafeMutableRawPointer {
    let export = try DLPackExport(of: copied(CallSite(file, line)), at: CallSite(file, line))
    return export.versioned(flags: UInt64(TANDEM_DL_IS_COPIED))
  }

  /// A copy of the array as the older `DLManagedTensor`, which cannot say that memory may not be
  /// written: what goes into a capsule named `dltensor`. Waits until the array is computed.
  ///
  /// - Throws: `EngineError`: what went wrong while the array was computed.
  public func unversionedDLPack(
    file: StaticString = #fileID, line: UInt = #line
  ) throws -> UnsafeMutableRawPointer {
    try DLPackExport(of: copied(CallSite(file, line)), at: CallSite(file, line)).unversioned()
  }

  /// The elements in memory of their own.
  private func copied(_ site: CallSite) throws -> NDArray {
    try withUnsafeBytes { bytes in
      NDArray.filled(shape, dtype) { memory in
        if let start = bytes.baseAddress, !bytes.isEmpty {
          memory.copyMemory(from: start, byteCount: bytes.count)
        }
      }
    }
  }
}

/// What a tensor that has been handed out needs: the array, whose ownership of its storage keeps
/// everybody from writing there, and the lists of lengths and strides.
private final class DLPackExport {
  private let array: NDArray
  private let lists: UnsafeMutablePointer<Int64>

  /// Waits until the array is computed; one with reversed axes, which not every library takes, is
  /// laid out anew.
  init(of array: NDArray, at site: CallSite) throws {
    var dense = array
    if (0..<array.rank).contains(where: { array.handle.layout.stride($0) < 0 })
      || !array.handle.isStored
    {
      dense = try array.withUnsafeBytes { bytes in
        NDArray.filled(array.shape, array.dtype) { memory in
          if let start = bytes.baseAddress, !bytes.isEmpty {
            memory.copyMemory(from: start, byteCount: bytes.count)
          }
        }
      }
    }
    try dense.wait()
    // An identity of its own: the export is one more owner of the storage.
    self.array = NDArray(dense.handle.alias(links: TapeLinks()))
    lists = .allocate(capacity: 2 * Shape.maximumRank)
    for axis in 0..<Shape.maximumRank {
      let isThere = axis < dense.rank
      lists[axis] = isThere ? Int64(dense.shape[axis]) : 0
      lists[Shape.maximumRank + axis] = isThere ? Int64(dense.handle.layout.stride(axis)) : 0
    }
  }

  deinit { lists.deallocate() }

  func versioned(flags: UInt64) -> UnsafeMutableRawPointer {
    let managed = UnsafeMutablePointer<tandem_dl_managed_versioned>.allocate(capacity: 1)
    managed.initialize(
      to: tandem_dl_managed_versioned(
        major: UInt32(TANDEM_DL_MAJOR), minor: UInt32(TANDEM_DL_MINOR),
        context: Unmanaged.passRetained(self).toOpaque(),
        release: { managed in
          guard let managed, let context = managed.pointee.context else { return }
          Unmanaged<DLPackExport>.fromOpaque(context).release()
          managed.deallocate()
        }, flags: flags, tensor: tensor))
    return UnsafeMutableRawPointer(managed)
  }

  func unversioned() -> UnsafeMutableRawPointer {
    let managed = UnsafeMutablePointer<tandem_dl_managed>.allocate(capacity: 1)
    managed.initialize(
      to: tandem_dl_managed(
        tensor: tensor, context: Unmanaged.passRetained(self).toOpaque(),
        release: { managed in
          guard let managed, let context = managed.pointee.context else { return }
          Unmanaged<DLPackExport>.fromOpaque(context).release()
          managed.deallocate()
        }))
    return UnsafeMutableRawPointer(managed)
  }

  private var tensor: tandem_dl_tensor {
    let (code, bits) = DLPackExport.code(of: array.dtype)
    let offset = array.handle.layout.offset * array.dtype.byteCount
    return tandem_dl_tensor(
      data: array.storage.map { $0.materialized() + offset }, device_type: Int32(TANDEM_DL_CPU),
      device_id: 0, rank: Int32(array.rank), code: UInt8(code), bits: UInt8(bits), lanes: 1,
      shape: lists, strides: lists + Shape.maximumRank, byte_offset: 0)
  }

  private static func code(of dtype: DType) -> (code: Int, bits: Int) {
    let code =
      switch dtype.kind {
      case .bool: TANDEM_DL_BOOL
      case .integer: dtype.isSigned ? TANDEM_DL_INT : TANDEM_DL_UINT
      case .float: dtype == .bfloat16 ? TANDEM_DL_BFLOAT : TANDEM_DL_FLOAT
      case .complex: TANDEM_DL_COMPLEX
      }
    return (code, dtype.byteCount * 8)
  }
}
