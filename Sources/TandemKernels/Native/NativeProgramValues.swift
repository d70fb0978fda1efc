import CTandem
import TandemShapes

/// Writes the values of a program: loads, instructions, stores.
final class NativeProgramValues {
  /// Which elements are computed.
  enum Part {
    /// As many as there are lanes.
    case whole
    /// Those that are left after these.
    case masked
    /// Sixteen each of as many blocks side by side as there are lanes for.
    case group
  }

  private let contents: LoopProgram.Contents
  private let form: NativeForm
  private let table: UnsafePointer<TandemLoopTable>
  private let text: NativeText
  private let isNeeded: [Bool]
  /// What all elements of a row share.
  private var shared: [NativeValue?]
  private var values: [NativeValue?] = []
  private var rooms: [String: String] = [:]

  init(
    _ contents: LoopProgram.Contents, _ form: NativeForm,
    _ table: UnsafePointer<TandemLoopTable>, _ text: NativeText
  ) {
    (self.contents, self.form, self.table, self.text) = (contents, form, table, text)
    isNeeded = contents.neededValues(form)
    shared = Array(repeating: nil, count: contents.valueCount)
  }

  /// The value of an output, after ``compute(_:)``.
  func value(_ contents: LoopProgram.Contents, _ output: Int) -> NativeValue {
    values[contents.outputs[output].value]!
  }

  // MARK: Rows

  /// Writes what all elements of a row share.
  func prepareRows() throws(NativeFailure) {
    for index in contents.inputs.indices where isNeeded[index] {
      let operand = form.outputCount + index
      guard form.operands[operand] == .rowElement else { continue }
      let conversion = contents.inputs[index].conversion
      let element = text.read(
        "load \(conversion.storage.llvm), ptr %row\(operand), align \(conversion.byteCount)",
        conversion.storage, lanes: 1)
      shared[index] = try widened(element, contents.inputs[index])
    }
    for (index, dtype) in contents.scalars.enumerated() {
      shared[contents.inputs.count + index] = NativeValue(
        type: dtype.computeClass.formulaType, lanes: 1, text: "%scalar\(index)", bits: nil)
    }
    for (index, constant) in contents.constants.enumerated() {
      shared[contents.firstConstant + index] = .constant(
        constant.computeClass.formulaType, constant.bits)
    }
    for (index, instruction) in contents.instructions.enumerated() {
      let result = contents.firstResult + index
      let operands = instruction.operands.compactMap { shared[$0] }
      guard isNeeded[result], operands.count == instruction.operands.count else { continue }
      shared[result] = try self.result(of: instruction, operands)
    }
  }

  // MARK: Elements

  /// Writes loads, instructions and stores for the elements of a part.
  func compute(_ part: Part) throws(NativeFailure) {
    values = shared
    for index in contents.inputs.indices where isNeeded[index] && values[index] == nil {
      values[index] = try loaded(index, part)
    }
    for (index, instruction) in contents.instructions.enumerated() {
      let result = contents.firstResult + index
      guard isNeeded[result], values[result] == nil else { continue }
      values[result] = try self.result(of: instruction, instruction.operands.map { values[$0]! })
    }
    for (output, letter) in form.outputs.enumerated() {
      switch letter {
      case .elements, .streamed, .tile: try store(output, letter, part)
      case .shared, .rowElement, .accumulators, .nothing: break
      }
    }
  }

  private func address(_ operand: Int, _ type: FormulaType, _ part: Part) -> String {
    let index =
      switch part {
      case .whole: "%index"
      case .masked: "%stop"
      case .group: "%group.index"
      }
    return text.address("getelementptr \(type.llvm), ptr %row\(operand), i64 \(index)")
  }

  /// Asks for elements before they are needed: those as far into the memory at `next` as the
  /// elements of the part are into theirs. Their lines are 64 bytes long.
  func prefetch(_ next: String, _ dtype: DType, _ part: Part) {
    guard part != .masked else { return }
    let type = dtype.conversion.storage
    let index = part == .group ? "%group.index" : "%index"
    let first = text.address("getelementptr \(type.llvm), ptr \(next), i64 \(index)")
    let bytes = type.bitCount / 8
    let lines =
      part == .group
      ? groupAddresses(first, type)
      : stride(from: 0, to: text.lanes * bytes, by: 64).map {
        text.address("getelementptr i8, ptr \(first), i64 \($0)")
      }
    text.declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)")
    for line in lines {
      text.perform(
        "call void @llvm.prefetch.p0(ptr \(line), i32 0, i32 3, i32 1)", lanes: text.lanes)
    }
  }

  private func loaded(_ index: Int, _ part: Part) throws(NativeFailure) -> NativeValue {
    let operand = form.outputCount + index
    let dtype = contents.inputs[index]
    let isTile = form.operands[operand] == .tile
    let type = isTile ? dtype.computeClass.formulaType : dtype.conversion.storage
    let address = address(operand, type, part)
    let vector = type.llvm(text.lanes)
    let bytes = type.bitCount / 8
    if part == .group {
      let parts = groupAddresses(address, type).map {
        text.read(
          "load \(type.llvm(NativeKernelText.reductionLanes)), ptr \($0), align \(bytes)", type,
          lanes: NativeKernelText.reductionLanes)
      }
      let elements = text.concatenated(parts)
      return isTile ? elements : try widened(elements, dtype)
    }
    let line: String
    switch part {
    case .whole, .group: line = "load \(vector), ptr \(address), align \(bytes)"
    case .masked:
      let name = "@llvm.masked.load.\(NativeText.suffix(type, text.lanes)).p0"
      text.declare("declare \(vector) \(name)(ptr, i32, <\(text.lanes) x i1>, \(vector))")
      line =
        "call \(vector) \(name)(ptr \(address), i32 \(bytes), <\(text.lanes) x i1> %mask, "
        + "\(vector) zeroinitializer)"
    }
    let elements = text.read(line, type, lanes: text.lanes)
    return isTile ? elements : try widened(elements, dtype)
  }

  /// Where the elements of each block of a group lie.
  private func groupAddresses(_ first: String, _ type: FormulaType) -> [String] {
    (0..<text.lanes / NativeKernelText.reductionLanes).map {
      text.address("getelementptr \(type.llvm), ptr \(first), i64 \($0 * Int(TANDEM_BLOCK))")
    }
  }

  /// Writes the outputs of which a row has one element.
  func storeRowElements() throws(NativeFailure) {
    for (output, letter) in form.outputs.enumerated() where letter == .rowElement {
      try storeOne(shared[contents.outputs[output].value]!, output)
    }
  }

  /// Writes a reducing output.
  func storeTotal(
    _ total: NativeValue, _ reduction: NativeReduction
  ) throws(NativeFailure) {
    let output = contents.outputs[reduction.output]
    let from = reduction.reduction.resultClass(of: contents.computeClass(of: output.value))
    let to = output.dtype.computeClass
    var total = total.reinterpreted(as: from.formulaType)
    if from != to {
      let formula = tandem_cast_formula(Int32(from.rawValue), Int32(to.rawValue))
      let argument = total.reinterpreted(as: FormulaType(String(cString: formula.type))!)
      total = try FormulaEvaluator.call(String(cString: formula.formula), [argument], in: text)
        .reinterpreted(as: to.formulaType)
    }
    try storeOne(total, reduction.output)
  }

  private func storeOne(_ value: NativeValue, _ output: Int) throws(NativeFailure) {
    let element = try narrowed(value, contents.outputs[output].dtype)
    text.perform(
      "store \(element.type.llvm) \(element.text), ptr %row\(output), "
        + "align \(element.type.bitCount / 8)", lanes: 1)
  }

  private func store(
    _ output: Int, _ letter: NativeForm.Letter, _ part: Part
  ) throws(NativeFailure) {
    let dtype = contents.outputs[output].dtype
    var value = values[contents.outputs[output].value]!
    if letter != .tile { value = try narrowed(value, dtype) }
    let address = address(output, value.type, part)
    let vector = value.type.llvm(text.lanes)
    let bytes = value.type.bitCount / 8
    let operand = text.operand(value, text.lanes)
    let place = letter == .streamed ? "align 64, !nontemporal !0" : "align \(bytes)"
    switch part {
    case .group:
      for (index, address) in groupAddresses(address, value.type).enumerated() {
        let lanes = NativeKernelText.reductionLanes
        let elements = NativeValue(type: value.type, lanes: text.lanes, text: operand, bits: nil)
        let slice = text.slice(elements, index * lanes, lanes)
        text.perform(
          "store \(value.type.llvm(lanes)) \(slice.text), ptr \(address), \(place)", lanes: lanes)
      }
    case .whole:
      text.perform("store \(vector) \(operand), ptr \(address), \(place)", lanes: text.lanes)
    case .masked:
      let name = "@llvm.masked.store.\(NativeText.suffix(value.type, text.lanes)).p0"
      text.declare("declare void \(name)(\(vector), ptr, i32, <\(text.lanes) x i1>)")
      text.perform(
        "call void \(name)(\(vector) \(operand), ptr \(address), i32 \(bytes), "
          + "<\(text.lanes) x i1> %mask)", lanes: text.lanes)
    }
  }

  // MARK: Instructions

  private func widened(
    _ value: NativeValue, _ dtype: DType
  ) throws(NativeFailure) -> NativeValue {
    let result = try FormulaEvaluator.call(dtype.conversion.widen, [value], in: text)
    return result.reinterpreted(as: dtype.computeClass.formulaType)
  }

  private func narrowed(
    _ value: NativeValue, _ dtype: DType
  ) throws(NativeFailure) -> NativeValue {
    let conversion = dtype.conversion
    let argument = value.reinterpreted(as: conversion.type)
    return text.converted(
      try FormulaEvaluator.call(conversion.narrow, [argument], in: text), to: conversion.storage)
  }

  private func result(
    of instruction: LoopProgram.Instruction, _ operands: [NativeValue]
  ) throws(NativeFailure) -> NativeValue {
    let type = instruction.resultClass.formulaType
    if instruction.opcode == .round {
      return try widened(try narrowed(operands[0], instruction.dtype!), instruction.dtype!)
    }
    let formula = NativeFormula(instruction)
    if instruction.opcode == .cast {
      let argument = operands[0].reinterpreted(as: formula.type)
      return try FormulaEvaluator.call(formula.text!, [argument], in: text)
        .reinterpreted(as: type)
    }
    guard let words = formula.text else { return called(instruction, operands, type) }
    let names = instruction.opcode == .select ? ["condition", "x", "y"] : ["x", "y"]
    let named = Dictionary(uniqueKeysWithValues: zip(names, operands))
    return try FormulaEvaluator.value(words, named, as: formula.result, in: text)
      .reinterpreted(as: type)
  }

  /// Calls the tile function for these lanes: it branches, or calls the C library.
  private func called(
    _ instruction: LoopProgram.Instruction, _ operands: [NativeValue], _ type: FormulaType
  ) -> NativeValue {
    let lanes = operands.contains { $0.lanes > 1 } ? text.lanes : 1
    var places: [String] = []
    for (index, operand) in operands.enumerated() {
      let place = room("operand\(index)", operand.type)
      text.perform(
        "store \(operand.type.llvm(lanes)) \(text.operand(operand, lanes)), ptr \(place), align 64",
        lanes: lanes)
      places.append(place)
    }
    let result = room("result", type)
    while places.count < 3 { places.append(places[0]) }
    let function = UInt(bitPattern: unsafeBitCast(table.function(of: instruction)!, to: Int.self))
    let arguments = ([result] + places).map { "ptr \($0)" }.joined(separator: ", ")
    text.perform(
      "call void inttoptr (i64 \(function) to ptr)(\(arguments), i64 \(lanes))", lanes: lanes)
    return text.read(
      "load \(type.llvm(lanes)), ptr \(result), align 64", type, lanes: lanes)
  }

  private func room(_ name: String, _ type: FormulaType) -> String {
    let key = "\(name) \(type)"
    if let known = rooms[key] { return known }
    rooms[key] = text.room(for: type)
    return rooms[key]!
  }
}

extension LoopProgram.Contents {
  /// Which values the outputs of a form need.
  fileprivate func neededValues(_ form: NativeForm) -> [Bool] {
    var result = Array(repeating: false, count: valueCount)
    for (output, letter) in form.outputs.enumerated() where letter != .nothing {
      result[outputs[output].value] = true
    }
    for (index, instruction) in instructions.enumerated().reversed()
    where result[firstResult + index] {
      for operand in instruction.operands { result[operand] = true }
    }
    return result
  }
}
