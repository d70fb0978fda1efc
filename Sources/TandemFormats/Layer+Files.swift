import TandemArray
import TandemNN
import TandemShapes

extension Layer {
  /// Writes the parameters and state cells to a safetensors file, each under its path from this
  /// layer; waits until they are computed.
  ///
  /// - Throws: `FormatError` if a parameter has no value yet (call the model once) or the file
  ///   cannot be written.
  public func save(_ path: String) throws {
    var arrays: [(String, NDArray)] = []
    for (name, parameter) in parameters {
      guard parameter.isInitialized else {
        throw FormatError(
          .unsupported,
          "safetensors: parameter has no value before the model's first call: \"\(name)\": \(path)")
      }
      arrays.append((name, parameter.value.detached()))
    }
    for (name, cell) in stateCells { arrays.append((name, cell.value)) }
    try TandemFormats.save(arrays, to: path)
  }

  /// Sets the parameters and state cells to those of a safetensors file; none is changed if one of
  /// them does not fit.
  ///
  /// - Throws: `FormatError` if the file cannot be read, or has other names, shapes or dtypes than
  ///   the layer's parameters.
  public func load(_ path: String) throws(FormatError) {
    let file = try SafetensorsFile(reading: path)
    var missing: [String] = []
    var found: [(Parameter, SafetensorsFile.Entry)] = []
    for (name, parameter) in parameters {
      guard let entry = file[name] else {
        missing.append(name)
        continue
      }
      try check(entry.type, fits: parameter, name, path)
      found.append((parameter, entry))
    }
    var states: [(StateCell, SafetensorsFile.Entry)] = []
    for (name, cell) in stateCells {
      guard let entry = file[name] else {
        missing.append(name)
        continue
      }
      try check(entry.type, fits: cell, name, path)
      states.append((cell, entry))
    }
    let known = Set(found.map(\.1.name) + states.map(\.1.name))
    let unknown = file.entries.map(\.name).filter { !known.contains($0) }
    guard missing.isEmpty, unknown.isEmpty else {
      throw FormatError(
        .malformed,
        "safetensors: other parameters than the model's: missing \(missing), unknown \(unknown): "
          + path)
    }
    for (parameter, entry) in found { parameter.value = file.array(entry) }
    for (cell, entry) in states { cell.value = file.array(entry) }
  }

  /// A cell that holds a number may not know its shape yet.
  private func check(
    _ type: TensorType, fits cell: StateCell, _ name: String, _ path: String
  ) throws(FormatError) {
    let known = cell.value.type
    if type.dtype == known.dtype && (type.shape == known.shape || known.rank == 0) { return }
    throw FormatError(
      .malformed, "safetensors: \(type) does not fit the state, \(known): \"\(name)\": \(path)")
  }

  private func check(
    _ type: TensorType, fits parameter: Parameter, _ name: String, _ path: String
  ) throws(FormatError) {
    let declared = parameter.declaredShape
    let dtype = parameter.isInitialized ? parameter.value.dtype : .float32
    let fits =
      type.rank == declared.count && type.dtype == dtype
      && zip(type.shape.array, declared).allSatisfy { $1 == nil || $0 == $1 }
      && (!parameter.isInitialized || parameter.value.shape == type.shape)
    if fits { return }
    let wanted = declared.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
    throw FormatError(
      .malformed,
      "safetensors: \(type) does not fit the parameter, \(dtype)[\(wanted)]: \"\(name)\": \(path)")
  }
}
