import Foundation
import TandemOps
import Testing

/// The table of operators: what the catalog says of each, and what the tests check of it.
struct OperatorTable {
  /// The columns of one operator.
  struct Row {
    let name: String
    let version: Int
    /// What NumPy, SciPy or PyTorch calls it, from the operator's documentation.
    let otherName: String
    /// Which dtypes its first input may have.
    let dtypes: String
    let gradient: String
    /// Which library its fixture is from, or the suites that check it otherwise.
    let fixture: String
    let compiled: String

    var fields: [String] {
      [name, "\(version)", otherName, dtypes, gradient, fixture, compiled]
    }
  }

  let rows: [Row]

  /// - Parameter operators: the folder of the operators' sources.
  init(_ operators: URL) throws {
    let names = try Self.otherNames(in: operators)
    let accepted = try Self.acceptedDTypes()
    let fixtures = try Self.fixtures()
    let types = Catalog.standard.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    rows = try types.map { type in
      Row(
        name: type.name, version: type.version, otherName: names["\(type)"] ?? "",
        dtypes: type.isRandom ? "as asked" : Self.text(accepted[type.name] ?? []),
        gradient: type is any NonDifferentiableOp.Type ? "none" : "yes",
        fixture: try #require(fixtures[type.name], "\(type.name) has no fixture"),
        // `CompiledOperatorTests` goes over every sample, and each operator has one.
        compiled: "yes")
    }
  }

  /// Lines of a table in Markdown.
  var text: String {
    let header = ["operator", "version", "NumPy", "dtypes", "gradient", "fixture", "compiled"]
    let lines =
      [header, header.map { _ in "---" }]
      + rows.map { row in
        ["`\(row.name)`", "\(row.version)", row.otherName.isEmpty ? "–" : "`\(row.otherName)`"]
          + row.fields.dropFirst(3)
      }
    return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }

  /// The first name of another library in the documentation of each operator's type.
  private static func otherNames(in folder: URL) throws -> [String: String] {
    var names: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where path.hasSuffix(".swift") {
      let source = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      var documentation = ""
      for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("///") {
          documentation += line + "\n"
        } else if let type = line.firstMatch(of: /^public struct (\w+)/)?.1 {
          names[String(type)] = name(in: documentation)
          documentation = ""
        } else if !line.hasPrefix("@") {
          documentation = ""
        }
      }
    }
    return names
  }

  private static func name(in documentation: String) -> String? {
    let found = documentation.matches(of: /`((?:numpy|scipy|torch|mlx|npx)\.[\w.]+)/)
    let numpy = found.first { $0.1.hasPrefix("numpy") }
    return (numpy ?? found.first).map { String($0.1) }
  }

  /// The dtypes that the first input of some sample of each operator may have.
  private static func acceptedDTypes() throws -> [String: Set<DType>] {
    var accepted: [String: Set<DType>] = [:]
    for sample in OperatorSample.all {
      guard let own = sample.types.first?.dtype else { continue }
      let name = type(of: sample.op).name
      for dtype in DType.allCases where accepted[name]?.contains(dtype) != true {
        let types = TensorTypes(
          sample.types.map { TensorType($0.shape, $0.dtype == own ? dtype : $0.dtype) })
        if (try? sample.op.checkedOutputTypes(for: types)) != nil {
          accepted[name, default: []].insert(dtype)
        }
      }
    }
    return accepted
  }

  private static let groups: [(name: String, dtypes: Set<DType>)] = {
    func all(_ isIn: (DType) -> Bool) -> Set<DType> { Set(DType.allCases.filter(isIn)) }
    return [
      ("all, complex", all { _ in true }), ("all", all { $0.kind != .complex }),
      ("numbers, complex", all { $0 != .bool }),
      ("numbers", all { $0.isInteger || $0.isFloatingPoint }),
      ("floats, complex", all { $0.isFloatingPoint || $0.kind == .complex }),
      ("floats", all { $0.isFloatingPoint }),
      (
        "float32, float64, complex",
        all { [.float32, .float64].contains($0) || $0.kind == .complex }
      ),
      ("integers, bool", all { $0.isInteger || $0 == .bool }), ("integers", all { $0.isInteger }),
      ("complex", all { $0.kind == .complex }),
    ]
  }()

  private static func text(_ dtypes: Set<DType>) -> String {
    groups.first { $0.dtypes == dtypes }?.name
      ?? DType.allCases.filter(dtypes.contains).map { "\($0)" }.joined(separator: ", ")
  }

  /// Where the numbers come from that each operator is compared with.
  private static func fixtures() throws -> [String: String] {
    var found = FixtureFile.reasons.mapValues { reason in
      let suites = reason.matches(of: /\w+Tests\b/).map { String($0.0) }
      return suites.isEmpty ? reason : suites.joined(separator: ", ")
    }
    for name in try FixtureFile("pytorch").cases.map(\.operator) { found[name] = "PyTorch" }
    for name in try FixtureFile.names.flatMap({ try FixtureFile($0).cases.map(\.operator) }) {
      found[name] = "NumPy"
    }
    return found
  }
}
