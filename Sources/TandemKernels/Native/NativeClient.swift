import CTandem

/// What wants native kernels: says what their text is, and takes them.
protocol NativeClient: AnyObject, Sendable {
  /// The instruction set level to compile for.
  var level: LoopKernel.Level { get }
  /// A fault that a test plants in the text.
  var fault: (@Sendable (String) -> String)? { get }
  /// What the kernels compute, for people.
  var title: String { get }

  /// The module with the function of a form.
  func text(_ form: String, named name: String) throws(NativeFailure) -> String
  /// Makes the kernel of a form known.
  func publish(_ form: String, _ code: TandemMachineCode, seconds: Double)
  /// Says why there is none.
  func fail(_ form: String, _ reason: String)
}
