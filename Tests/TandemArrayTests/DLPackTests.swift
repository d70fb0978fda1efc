import CTandem
import Foundation
import Synchronization
import TandemShapes
import TestSupport
import Testing

@testable import TandemArray

/// Arrays handed over in one process: tensors built by hand, our own, and those of NumPy.
@Suite struct DLPackTests {
  /// How often tensors built by hand were given back.
  private static let released = Atomic(0)

  /// A tensor as another library would hand it over; `change` may damage it.
  private func tensor(
    _ memory: UnsafeMutableRawPointer, _ dtype: (code: Int, bits: Int), _ shape: [Int64],
    strides: [Int64]? = nil, _ change: (inout tandem_dl_managed_versioned) -> Void = { _ in }
  ) -> UnsafeMutableRawPointer {
    let lists = UnsafeMutablePointer<Int64>.allocate(capacity: 32)
    for (index, length) in shape.enumerated() where index < 16 { lists[index] = length }
    for (index, stride) in (strides ?? []).enumerated() { lists[16 + index] = stride }
    var managed = tandem_dl_managed_versioned(
      major: 1, minor: 0, context: lists,
      release: { managed in
        managed?.pointee.context.deallocate()
        managed?.deallocate()
        _ = DLPackTests.released.add(1, ordering: .relaxed)
      }, flags: 0,
      tensor: tandem_dl_tensor(
        data: memory, device_type: 1, device_id: 0, rank: Int32(shape.count),
        code: UInt8(dtype.code), bits: UInt8(dtype.bits), lanes: 1, shape: lists,
        strides: strides == nil ? nil : lists + 16, byte_offset: 0))
    change(&managed)
    let result = UnsafeMutablePointer<tandem_dl_managed_versioned>.allocate(capacity: 1)
    result.initialize(to: managed)
    return UnsafeMutableRawPointer(result)
  }

  private func memory(_ values: [Float]) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
    memory.initialize(from: values, count: values.count)
    return UnsafeMutableRawPointer(memory)
  }

  private let float32 = (code: 2, bits: 32)

  /// All in one test, as the count of what was given back is shared.
  @Test(.timeLimit(.minutes(1))) func tensorsOfOthers() throws {
    let start = DLPackTests.released.load(ordering: .relaxed)
    func givenBack() -> Int { DLPackTests.released.load(ordering: .relaxed) - start }
    let memory = memory([0, 1, 2, 3, 4, 5])
    defer { memory.deallocate() }
    do {
      var x = try NDArray(dlpack: tensor(memory, float32, [2, 3]))
      #expect(x.type == .float32([2, 3]) && x.scalars() == [0, 1, 2, 3, 4, 5])
      #expect(try x.withUnsafeBytes { $0.baseAddress } == UnsafeRawPointer(memory))
      let turned = try NDArray(dlpack: tensor(memory, float32, [3, 2], strides: [1, 3]))
      #expect(turned.scalars() == [0, 3, 1, 4, 2, 5])
      let reversed = try NDArray(
        dlpack: tensor(memory + 20, float32, [2, 3], strides: [-3, -1]))
      #expect((reversed + 1).scalars() == [6, 5, 4, 3, 2, 1])
      let repeated = try NDArray(dlpack: tensor(memory + 4, float32, [2, 2], strides: [0, 1]))
      #expect(repeated.scalars() == [1, 2, 1, 2])
      let offset = try NDArray(
        dlpack: tensor(memory, float32, [1]) { $0.tensor.byte_offset = 8 })
      #expect(offset.item() == 2)
      // Never written.
      x += 1
      #expect(memory.load(as: Float.self) == 0 && x.scalars() == [1, 2, 3, 4, 5, 6])
      let bytes = try NDArray(dlpack: tensor(memory + 1, float32, [1]))
      #expect(bytes.count == 1)
      let none = try NDArray(dlpack: tensor(memory, float32, [0, 3]) { $0.tensor.data = nil })
      #expect(none.type == .float32([0, 3]))
    }
    // An operation that has run may hold its inputs a moment longer than its result is awaited.
    while givenBack() < 7 { sched_yield() }
    #expect(givenBack() == 7)
    refusals(memory)
    #expect(givenBack() == 16)
  }

  private func refusals(_ memory: UnsafeMutableRawPointer) {
    func complaint(_ tensor: UnsafeMutableRawPointer) -> String? {
      do throws(ShapeError) {
        _ = try NDArray(dlpack: tensor)
        return nil
      } catch { return error.message }
    }
    #expect(
      complaint(tensor(memory, float32, [1]) { $0.major = 2 })
        == "dlpack: version 2.0, known is 1")
    #expect(
      complaint(tensor(memory, float32, [1]) { $0.tensor.device_type = 2 })
        == "dlpack: not on a CPU: device 2")
    #expect(
      complaint(tensor(memory, (2, 128), [1]))
        == "dlpack: no such dtype: code 2, 128 bits, 1 lanes")
    #expect(
      complaint(tensor(memory, (3, 64), [1]))
        == "dlpack: no such dtype: code 3, 64 bits, 1 lanes")
    #expect(
      complaint(tensor(memory, float32, [1]) { $0.tensor.lanes = 4 })
        == "dlpack: no such dtype: code 2, 32 bits, 4 lanes")
    #expect(
      complaint(tensor(memory, float32, Array(repeating: 1, count: 9)))
        == "dlpack: 9 axes, at most 8")
    #expect(complaint(tensor(memory, float32, [-1]))?.hasPrefix("dlpack: ") == true)
    #expect(complaint(tensor(memory, float32, [.max, .max]))?.hasPrefix("dlpack: ") == true)
    #expect(
      complaint(tensor(memory, float32, [1]) { $0.tensor.data = nil })
        == "dlpack: no memory")
  }

  @Test func ourTensorsComeBack() throws {
    for dtype in DType.allCases {
      let x = NDArray.arange(6).cast(to: dtype).reshaped([2, 3])
      for array in [x, x.transposed(), x.flipped(), x[1], x[.all, 1], x[0, 0], x[..<0]] {
        let kinds = [
          try NDArray(dlpack: array.dlpack()), try NDArray(dlpack: array.dlpackCopy()),
          try NDArray(unversionedDLPack: array.unversionedDLPack()),
        ]
        for back in kinds {
          #expect(back.type == array.type)
          #expect(back.scalars(as: Complex.self) == array.scalars(as: Complex.self))
        }
      }
    }
    #expect(try NDArray(dlpack: NDArray(3).dlpack()).item() == 3)
  }

  /// What is exported keeps its value, and its memory lives until it is given back.
  @Test func exportsAreOwners() throws {
    var x = NDArray([1, 2, 3])
    let tensor = try x.dlpack()
    x += 10
    #expect(x.scalars() == [11, 12, 13])
    x = NDArray([0])
    let managed = tensor.assumingMemoryBound(to: tandem_dl_managed_versioned.self)
    #expect(managed.pointee.flags == UInt64(TANDEM_DL_READ_ONLY))
    let values = managed.pointee.tensor.data.assumingMemoryBound(to: Float.self)
    #expect((0..<3).map { values[$0] } == [1, 2, 3])
    managed.pointee.release(managed)
  }

  /// NumPy, in this process, as a client in both directions: `TANDEM_PYTHON_LIBRARY` names the
  /// shared library of a Python that has it.
  @Test(.enabled(if: python != nil, "TANDEM_PYTHON_LIBRARY is not set"))
  func numPyIsAClient() throws {
    let library = try #require(DLPackTests.python.flatMap { dlopen($0, RTLD_NOW | RTLD_GLOBAL) })
    typealias Initialize = @convention(c) (CInt) -> Void
    typealias Run = @convention(c) (UnsafePointer<CChar>) -> CInt
    let start = unsafeBitCast(try #require(dlsym(library, "Py_InitializeEx")), to: Initialize.self)
    let run = unsafeBitCast(try #require(dlsym(library, "PyRun_SimpleString")), to: Run.self)
    start(0)
    let x = NDArray.arange(6, dtype: .int32).reshaped([2, 3]).transposed()
    let given = UInt(bitPattern: try x.dlpack())
    let results = UnsafeMutablePointer<Int>.allocate(capacity: 8)
    results.initialize(repeating: 0, count: 8)
    defer { results.deallocate() }
    let script = """
      import ctypes, numpy as np
      api, out = ctypes.pythonapi, (ctypes.c_int64 * 8).from_address(\(UInt(bitPattern: results)))
      api.PyCapsule_New.restype = ctypes.py_object
      api.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
      api.PyCapsule_GetPointer.restype = ctypes.c_void_p
      api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
      api.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
      class Ours:
          def __dlpack__(self, **options):
              return api.PyCapsule_New(\(given), b"dltensor_versioned", None)
          def __dlpack_device__(self):
              return (1, 0)
      a = np.from_dlpack(Ours())
      out[0] = a.tolist() == [[0, 3], [1, 4], [2, 5]]
      out[1] = a.dtype == np.int32 and not a.flags.writeable
      b = np.arange(12.0).reshape(3, 4)[::-1, 1::2]
      capsule = b.__dlpack__(max_version=(1, 0))
      out[2] = api.PyCapsule_GetPointer(capsule, b"dltensor_versioned")
      keep = b"used_dltensor_versioned"
      api.PyCapsule_SetName(capsule, keep)
      out[3] = 1
      """
    #expect(run(script) == 0)
    #expect(results[0] == 1 && results[1] == 1 && results[3] == 1)
    let pointer = try #require(UnsafeMutableRawPointer(bitPattern: results[2]))
    let back = try NDArray(dlpack: pointer)
    #expect(back.type == .float64([3, 2]) && back.scalars() == [9, 11, 5, 7, 1, 3])
  }

  static let python = ProcessInfo.processInfo.environment["TANDEM_PYTHON_LIBRARY"]
}
