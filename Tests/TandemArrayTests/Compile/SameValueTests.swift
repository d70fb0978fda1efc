import Testing

@testable import TandemArray

/// What makes two models one: what their properties hold, not the bytes between.
@Suite struct SameValueTests {
  private final class Reference: Sendable {}

  private struct Padded: Sendable {
    let small: UInt8
    let large: Int
    let reference: Reference
    let rest: [(String, Reference?)]
  }

  /// A value in memory that was filled with a byte before.
  private func made(_ value: Padded, over byte: UInt8) -> Padded {
    let memory = UnsafeMutablePointer<Padded>.allocate(capacity: 1)
    UnsafeMutableRawPointer(memory).initializeMemory(
      as: UInt8.self, repeating: byte, count: MemoryLayout<Padded>.size)
    memory.initialize(to: value)
    defer {
      memory.deinitialize(count: 1)
      memory.deallocate()
    }
    return memory.pointee
  }

  @Test func paddingIsNoDifference() {
    let (a, b) = (Reference(), Reference())
    func value(_ small: UInt8, _ reference: Reference, _ name: String) -> Padded {
      Padded(small: small, large: 7, reference: reference, rest: [(name, a), ("b", nil)])
    }
    let first = made(value(1, a, "x"), over: 0)
    #expect(SameValue.holds(first, made(value(1, a, "x"), over: 0xFF)))
    #expect(!SameValue.holds(first, value(2, a, "x")))
    #expect(!SameValue.holds(first, value(1, b, "x")))
    #expect(!SameValue.holds(first, value(1, a, "y")))
    #expect(!SameValue.holds(first, 1))
    #expect(SameValue.holds([1.5, 2], [1.5, 2]) && !SameValue.holds([1.5], [1.5, 2]))
  }
}
