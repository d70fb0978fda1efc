import TandemArray
import TandemNN
import TandemShapes

/// How the tensors of a file and the parameters and state cells of a model go together.
public struct LoadReport: Hashable, Sendable, CustomStringConvertible {
  /// A tensor that does not fit.
  public struct Misfit: Hashable, Sendable, CustomStringConvertible {
    /// Its name.
    public let name: String
    /// What the file has.
    public let found: TensorType
    /// What the model has: `float32[10, ?]`, a question mark where any length fits.
    public let wanted: String

    /// `head.weight: float32[10, 3], the model has float32[10, 5]`.
    public var description: String { "\(name): \(found), the model has \(wanted)" }
  }

  /// Names that are in both and fit, in the model's order.
  public internal(set) var matched: [String] = []
  /// Names that the model has and the file has not.
  public internal(set) var missing: [String] = []
  /// Names that the file has and the model has not, in the file's order.
  public internal(set) var extra: [String] = []
  /// Names that are in both, but with another shape or dtype.
  public internal(set) var misfits: [Misfit] = []

  /// Whether all of the file belongs to all of the model.
  public var isExact: Bool { missing.isEmpty && extra.isEmpty && misfits.isEmpty }

  /// Counts, and names of what is not matched: one line each.
  public var description: String {
    var lines = ["\(matched.count) matched"]
    if !missing.isEmpty { lines.append("missing: " + missing.joined(separator: ", ")) }
    if !extra.isEmpty { lines.append("extra: " + extra.joined(separator: ", ")) }
    lines += misfits.map { "wrong: \($0)" }
    return lines.joined(separator: "\n")
  }
}

extension Layer {
  /// Compares a safetensors file with the model; changes nothing.
  ///
  /// - Throws: `FormatError` if the file cannot be read.
  public func loadReport(_ path: String) throws(FormatError) -> LoadReport {
    plan(try SafetensorsFile(reading: path)).report
  }

  /// Sets those parameters and state cells that a safetensors file has in their type, and says
  /// which: to start from a model that was a little different. ``Layer/load(_:)`` is strict.
  ///
  /// - Parameter renaming: the name in the file of what is called so in the model; for files of
  ///   other libraries.
  /// - Throws: `FormatError` if the file cannot be read.
  @discardableResult
  public func loadMatching(
    _ path: String, renaming: (String) -> String = { $0 }
  ) throws(FormatError) -> LoadReport {
    let file = try SafetensorsFile(reading: path)
    let plan = plan(file, renaming)
    for (parameter, entry) in plan.parameters { parameter.value = file.array(entry) }
    for (cell, entry) in plan.cells { cell.value = file.array(entry) }
    return plan.report
  }

  private func plan(
    _ file: SafetensorsFile, _ renaming: (String) -> String = { $0 }
  ) -> LoadPlan {
    var plan = LoadPlan()
    for (name, parameter) in parameters {
      let type = parameter.isInitialized ? parameter.value.type : nil
      let wanted = parameter.declaredShape.enumerated().map { axis, length in
        length ?? type?.shape[axis]
      }
      let dtype = type?.dtype ?? .float32
      if let entry = plan.match(renaming(name), in: file, dtype, wanted) {
        plan.parameters.append((parameter, entry))
      }
    }
    for (name, cell) in stateCells {
      let type = cell.value.type
      // A number may not know its shape yet.
      let wanted = type.rank == 0 ? nil : type.shape.array.map { Int?($0) }
      if let entry = plan.match(renaming(name), in: file, type.dtype, wanted) {
        plan.cells.append((cell, entry))
      }
    }
    let known = Set(plan.report.matched + plan.report.misfits.map(\.name))
    plan.report.extra = file.entries.map(\.name).filter { !known.contains($0) }
    return plan
  }
}

/// What goes where.
private struct LoadPlan {
  var report = LoadReport()
  var parameters: [(Parameter, SafetensorsFile.Entry)] = []
  var cells: [(StateCell, SafetensorsFile.Entry)] = []

  /// The tensor of a name, if it is there and fits.
  mutating func match(
    _ name: String, in file: SafetensorsFile, _ dtype: DType, _ wanted: [Int?]?
  ) -> SafetensorsFile.Entry? {
    guard let entry = file[name] else {
      report.missing.append(name)
      return nil
    }
    let lengths = entry.type.shape.array
    let fits =
      wanted.map { wanted in
        wanted.count == lengths.count && zip(wanted, lengths).allSatisfy { $0 == nil || $0 == $1 }
      } ?? true
    guard fits, entry.type.dtype == dtype else {
      let axes = wanted?.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") ?? "…"
      report.misfits.append(
        LoadReport.Misfit(name: name, found: entry.type, wanted: "\(dtype)[\(axes)]"))
      return nil
    }
    report.matched.append(name)
    return entry
  }
}
