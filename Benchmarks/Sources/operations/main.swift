// Nanoseconds per operation, as JSON lines, the median of seven rounds and the best:
//
//   operations engine [OPERATIONS_IN_FLIGHT]   bodies that do nothing, see EnginePatterns.swift
//   operations arrays [NAME]                   NDArray end to end, see ArrayOperations.swift
//
// `Peers/operations.py` times the same with NumPy and PyTorch.
import TandemEngine

let arguments = CommandLine.arguments.dropFirst()
if arguments.first != "arrays" {
  var limits = EngineLimits()
  if let count = arguments.last.flatMap({ Int($0) }) { limits.operationsInFlightMax = count }
  timeEngine(limits)
}
if arguments.first != "engine" { timeArrays(only: arguments.dropFirst().first ?? "") }
