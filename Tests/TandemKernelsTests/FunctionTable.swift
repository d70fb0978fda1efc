import Foundation
import KernelOracle
import Testing

@testable import TandemKernels

/// The bounds of functions that `TandemKernels.docc/Functions.md` states, in units in the last
/// place: the tests hold the code to the page that users read.
enum FunctionTable {
  /// A function and the errors that are allowed. Half a unit means the nearest number.
  struct Row: Sendable, CustomStringConvertible {
    let name: String
    let float32: Double
    let float64: Double

    var description: String { name }

    /// What the function computes of values of a loop program.
    func value(_ x: [LoopValue]) -> LoopValue {
      switch name {
      case "relu": return x[0].relu()
      case "silu": return x[0] * x[0].sigmoid()
      case "degrees": return x[0].degrees()
      case "radians": return x[0].radians()
      case "softsign": return x[0].softsign()
      case "logSigmoid": return x[0].logSigmoid()
      case "mish": return x[0].mish()
      case "rcbrt": return x[0].rcbrt()
      default:
        let opcode = LoopOpcode.allCases.first { "\($0)" == name }!
        return x.count == 1 ? x[0].unary(opcode) : x[0].binary(opcode, x[1])
      }
    }
  }

  /// Those without an opcode.
  static let composed: Set<String> = [
    "relu", "silu", "degrees", "radians", "softsign", "logSigmoid", "mish", "rcbrt",
  ]

  /// Functions of one number and of two, in the order of the page.
  static let unary = all.filter { kernel_oracle_function($0.name) >= 0 }
  static let binary = all.filter { kernel_oracle_pair_function($0.name) >= 0 }

  /// Every line of three cells that ends in two numbers.
  static let all: [Row] = {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/TandemKernels/TandemKernels.docc/Functions.md")
    return (try! String(contentsOf: page, encoding: .utf8)).split(separator: "\n").compactMap {
      let cells = $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3, let float32 = Double(cells[1]), let float64 = Double(cells[2])
      else { return nil }
      return Row(name: cells[0], float32: float32, float64: float64)
    }
  }()
}

/// An error and where it is, as the tests print it.
func errorText(_ worst: Double, _ place: @autoclosure () -> String) -> String {
  let thousandths = (max(worst, 0.5) * 1000).rounded() / 1000
  return "\(thousandths) units" + (worst > 0.5 ? " at \(place())" : "")
}
