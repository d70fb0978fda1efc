import TandemShapes

/// Something that operations read and write, in one word: the engine orders them by it and knows
/// nothing else about it.
///
/// Made by ``Engine/makeVariable()`` and given back by ``Engine/release(_:)``. A use after the
/// release is recognised and fails.
public struct Variable: Hashable, Sendable {
  /// Bits 0…47: the address of the state, a multiple of 64. Bits 48…63: its generation.
  @usableFromInline let word: UInt64
}

/// Up to five variables, or a borrowed buffer of them, passed without an allocation.
public struct VariableList {
  @usableFromInline var inline: (Variable, Variable, Variable, Variable, Variable)
  @usableFromInline var buffer: UnsafePointer<Variable>?
  /// How many there are.
  public let count: Int

  @inlinable
  init(_ count: Int, _ inline: (Variable, Variable, Variable, Variable, Variable)) {
    (self.count, self.inline, buffer) = (count, inline, nil)
  }

  /// No variables.
  @inlinable
  public static var none: VariableList {
    VariableList(UnsafeBufferPointer(start: nil, count: 0))
  }

  /// One variable.
  @inlinable
  public static func of(_ a: Variable) -> VariableList { VariableList(1, (a, a, a, a, a)) }

  /// Two variables.
  @inlinable
  public static func of(_ a: Variable, _ b: Variable) -> VariableList {
    VariableList(2, (a, b, b, b, b))
  }

  /// Three variables.
  @inlinable
  public static func of(_ a: Variable, _ b: Variable, _ c: Variable) -> VariableList {
    VariableList(3, (a, b, c, c, c))
  }

  /// Four variables.
  @inlinable
  public static func of(_ a: Variable, _ b: Variable, _ c: Variable, _ d: Variable) -> VariableList
  {
    VariableList(4, (a, b, c, d, d))
  }

  /// Five variables.
  @inlinable
  public static func of(
    _ a: Variable, _ b: Variable, _ c: Variable, _ d: Variable, _ e: Variable
  ) -> VariableList {
    VariableList(5, (a, b, c, d, e))
  }

  /// The variables of a buffer, which must stay until the push returns.
  @inlinable
  public init(_ variables: UnsafeBufferPointer<Variable>) {
    let nothing = Variable(empty: ())
    inline = (nothing, nothing, nothing, nothing, nothing)
    buffer = variables.baseAddress
    count = variables.count
  }

  /// Calls `body` with the variables one after another in memory.
  func withVariables(_ body: (UnsafePointer<Variable>) -> Void) {
    if let buffer { return body(buffer) }
    withUnsafePointer(to: inline) { pointer in
      pointer.withMemoryRebound(to: Variable.self, capacity: 5, body)
    }
  }
}

extension Variable {
  @usableFromInline
  init(empty: Void) { word = 0 }

  /// Stops the program if the variable was given back.
  func refuseIfReleased(_ what: String) {
    guard
      TaggedVariable.address(word) == 0
        || TaggedVariable.pointer(word).pointee.generation != UInt16(word >> 48)
    else { return }
    fail("engine: \(what): the variable was released before", at: .unknown)
  }
}
