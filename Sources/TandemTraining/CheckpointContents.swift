import TandemArray
import TandemFormats
import TandemShapes

/// The arrays of a checkpoint and the places where they belong.
struct CheckpointContents {
  private let parameters: [(name: String, parameter: Parameter)]
  private let cells: [(name: String, cell: StateCell)]
  private let optimizer: any Optimizer
  private let trained: [Parameter]

  init(_ trainer: Trainer, _ model: some Layer, _ also: Any?) {
    var parameters = model.parameters.map { ("model.\($0.path)", $0.parameter) }
    var cells = model.stateCells.map { ("state.\($0.path)", $0.cell) }
    if let also {
      parameters += TandemArray.parameters(of: also).map { ("also.\($0.path)", $0.parameter) }
      cells += TandemArray.stateCells(of: also).map { ("also.state.\($0.path)", $0.cell) }
    }
    cells += trainer.optimizer.numbers.map { ("optimizer.number.\($0.name)", $0) }
    (self.parameters, self.cells, optimizer) = (parameters, cells, trainer.optimizer)
    trained = trainer.parameters.map(\.parameter)
  }

  /// All arrays, by name.
  func arrays() throws(CheckpointError) -> [(String, NDArray)] {
    var arrays: [(String, NDArray)] = []
    for (name, parameter) in parameters {
      guard parameter.isInitialized else {
        throw CheckpointError(
          .unfit, "checkpoint: parameter has no value before the model's first call: \(name)")
      }
      arrays.append((name, parameter.value.detached()))
    }
    arrays += cells.map { ($0.name, $0.cell.value) }
    return arrays + optimizer.memory.all.map { ("optimizer.memory.\($0.name)", $0.cell.value) }
  }

  /// Puts the arrays of a file in their places; none if one of them does not fit.
  func restore(_ file: SafetensorsFile) throws(CheckpointError) {
    func refuse(_ complaint: String) -> CheckpointError {
      CheckpointError(.unfit, "checkpoint: \(complaint): \(file.path)")
    }
    let rule = file.metadata["optimizer"] ?? ""
    guard rule == type(of: optimizer).name else {
      throw refuse("of the optimizer \(rule), not \(type(of: optimizer).name)")
    }
    var known: Set<String> = []
    for (name, parameter) in parameters {
      guard let entry = file[name] else { throw refuse("misses \(name)") }
      let fits =
        entry.type.rank == parameter.declaredShape.count && entry.type.dtype.isFloatingPoint
        && zip(entry.type.shape.array, parameter.declaredShape).allSatisfy { $1 == nil || $0 == $1 }
        && (!parameter.isInitialized || parameter.value.type == entry.type)
      if !fits { throw refuse("\(entry.type) does not fit \(name)") }
      known.insert(name)
    }
    for (name, cell) in cells {
      guard let entry = file[name] else { throw refuse("misses \(name)") }
      let fits = cell.value.type == entry.type || cell.value.rank == 0
      if !fits { throw refuse("\(entry.type) does not fit \(name), \(cell.value.type)") }
      known.insert(name)
    }
    let memory = file.entries.filter { !known.contains($0.name) }
    if let extra = memory.first(where: { !$0.name.hasPrefix("optimizer.memory.") }) {
      throw refuse("holds \(extra.name), which nothing here is called")
    }
    try restoreAll(file, memory.map(\.name))
  }

  private func restoreAll(
    _ file: SafetensorsFile, _ memory: [String]
  ) throws(CheckpointError) {
    func value(_ name: String) -> NDArray? { file[name].map { file.array($0) } }
    let before = parameters.map { $0.parameter.isInitialized ? $0.parameter.value : nil }
    for (name, parameter) in parameters { value(name).map { parameter.value = $0 } }
    // What an optimizer remembers is made in the shape of the values that are there now.
    var left = Set(memory)
    var found: [(StateCell, NDArray)] = []
    if !memory.isEmpty {
      for cell in trained.flatMap({ optimizer.memory.cells(of: $0) }) {
        let name = "optimizer.memory.\(cell.name)"
        guard let array = value(name) else { continue }
        left.remove(name)
        if array.type == cell.value.type { found.append((cell, array)) } else { left.insert(name) }
      }
    }
    if let wrong = left.min() {
      for (value, place) in zip(before, parameters) { value.map { place.parameter.value = $0 } }
      throw CheckpointError(.unfit, "checkpoint: \(wrong) fits no parameter: \(file.path)")
    }
    for (cell, array) in found { cell.value = array }
    for (name, cell) in cells { value(name).map { cell.value = $0 } }
  }
}
