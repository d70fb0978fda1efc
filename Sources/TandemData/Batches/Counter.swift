import Synchronization

/// A number that several threads count up.
final class Counter: Sendable {
  private let number = Atomic(0)

  /// The number before it was counted up.
  func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).oldValue }

  /// Continues from another number.
  func set(_ value: Int) { number.store(value, ordering: .relaxed) }
}
