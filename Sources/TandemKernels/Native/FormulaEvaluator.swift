/// Writes what a formula computes: a call of a tile function becomes its body.
struct FormulaEvaluator {
  /// A local name: several may share one through a pointer.
  private final class Variable {
    let type: FormulaType
    var value: NativeValue?

    init(_ type: FormulaType, _ value: NativeValue?) { (self.type, self.value) = (type, value) }
  }

  private let text: NativeText
  private var variables: [String: Variable] = [:]
  private var arrays: [String: [NativeValue]] = [:]

  private init(_ text: NativeText) { self.text = text }

  /// The value of an expression of named values.
  static func value(
    _ formula: String, _ operands: [String: NativeValue], as type: FormulaType,
    in text: NativeText
  ) throws(NativeFailure) -> NativeValue {
    var evaluator = FormulaEvaluator(text)
    for (name, value) in operands { evaluator.variables[name] = Variable(value.type, value) }
    return text.converted(
      try evaluator.value(try FormulaParser.expression(formula)), to: type)
  }

  /// What a function of the headers makes of its arguments.
  static func call(
    _ name: String, _ arguments: [NativeValue], in text: NativeText
  ) throws(NativeFailure) -> NativeValue {
    var evaluator = FormulaEvaluator(text)
    var names: [FormulaExpression] = []
    for (index, argument) in arguments.enumerated() {
      evaluator.variables["argument\(index)"] = Variable(argument.type, argument)
      names.append(.name("argument\(index)"))
    }
    return try evaluator.value(.call(name, names))
  }

  // MARK: Expressions

  private mutating func value(_ expression: FormulaExpression) throws(NativeFailure) -> NativeValue
  {
    switch expression {
    case .number(let type, let bits): return .constant(type, bits)
    case .name(let name), .pointee(let name): return try named(name)
    case .address(let name): throw NativeFailure("&\(name)")
    case .prefix(let sign, let operand): return try text.prefix(sign, try value(operand))
    case .infix(let sign, let a, let b):
      return try text.infix(sign, try value(a), try value(b))
    case .choice(let condition, let a, let b):
      return text.choose(try value(condition), try value(a), try value(b))
    case .cast(let type, let operand): return text.converted(try value(operand), to: type)
    case .call(let name, let arguments): return try call(name, arguments)
    }
  }

  private mutating func named(_ name: String) throws(NativeFailure) -> NativeValue {
    if let variable = variables[name] {
      guard let value = variable.value else { throw NativeFailure(name) }
      return value
    }
    guard let number = FormulaLibrary.shared.numbers[name] else { throw NativeFailure(name) }
    return text.converted(try value(number.value), to: number.type)
  }

  private mutating func call(
    _ name: String, _ arguments: [FormulaExpression]
  ) throws(NativeFailure) -> NativeValue {
    if let result = try intrinsic(name, arguments) { return result }
    guard let function = FormulaLibrary.shared.functions[name],
      function.parameters.count == arguments.count
    else { throw NativeFailure(name) }
    var callee = FormulaEvaluator(text)
    for (parameter, argument) in zip(function.parameters, arguments) {
      if parameter.isPointer {
        guard case .address(let target) = argument, let variable = variables[target] else {
          throw NativeFailure("\(name): \(parameter.name)")
        }
        callee.variables[parameter.name] = variable
      } else {
        callee.variables[parameter.name] = Variable(
          parameter.type, text.converted(try value(argument), to: parameter.type))
      }
    }
    return try callee.run(function)
  }

  /// What stands for one instruction, or for none.
  private mutating func intrinsic(
    _ name: String, _ arguments: [FormulaExpression]
  ) throws(NativeFailure) -> NativeValue? {
    switch name {
    case "__builtin_inff": return .constant(.float, UInt64(Float.infinity.bitPattern))
    case "__builtin_inf": return .constant(.double, Double.infinity.bitPattern)
    case "__builtin_nanf": return .constant(.float, UInt64(Float.nan.bitPattern))
    case "__builtin_nan": return .constant(.double, Double.nan.bitPattern)
    case "__builtin_elementwise_sqrt": return text.squareRoot(try value(arguments[0]))
    case "f32_scaled":
      return try text.scaled(try value(arguments[0]), try value(arguments[1]))
    case "f32_bits": return text.sameBits(try value(arguments[0]), as: .uint32)
    case "f64_bits": return text.sameBits(try value(arguments[0]), as: .uint64)
    case "f32_from_bits":
      return text.sameBits(text.converted(try value(arguments[0]), to: .uint32), as: .float)
    case "f64_from_bits":
      return text.sameBits(text.converted(try value(arguments[0]), to: .uint64), as: .double)
    default: return nil
    }
  }

  // MARK: Statements

  private mutating func run(_ function: FormulaFunction) throws(NativeFailure) -> NativeValue {
    for statement in function.body {
      switch statement {
      case .declare(let type, let name, let initial):
        variables[name] = Variable(
          type, try initial.map { (value) throws(NativeFailure) in try self.value(value, as: type) }
        )
      case .declareArray(let name, let type, let elements):
        arrays[name] = try elements.map { (value) throws(NativeFailure) in
          try self.value(value, as: type)
        }
      case .assign(let name, let expression):
        guard let variable = variables[name] else { throw NativeFailure(name) }
        variable.value = try value(expression, as: variable.type)
      case .polynomial(let name, let argument, let coefficients):
        try polynomial(name, argument, coefficients)
      case .evaluate(let expression): _ = try value(expression)
      case .result(let expression):
        return try value(expression, as: function.result ?? .int32)
      }
    }
    // What a function without a result leaves lies where its pointers lead.
    return .constant(.int32, 0)
  }

  private mutating func value(
    _ expression: FormulaExpression, as type: FormulaType
  ) throws(NativeFailure) -> NativeValue {
    text.converted(try value(expression), to: type)
  }

  /// `HORNER`.
  private mutating func polynomial(
    _ name: String, _ argument: FormulaExpression, _ coefficients: String
  ) throws(NativeFailure) {
    guard let numbers = arrays[coefficients], var sum = numbers.first else {
      throw NativeFailure(coefficients)
    }
    let x = try value(argument)
    for number in numbers.dropFirst() {
      sum = try text.infix("+", try text.infix("*", sum, x), number)
    }
    variables[name] = Variable(.double, sum)
  }
}
