// What training loses when another process takes one of the cores: `bench` runs `mlp_train` alone
// and beside a process that spins on the first core, in turns, and so do the peers that are named.
//
//   shared [--threads 4] [--rounds 3] [--workload mlp_train] [--peer COMMAND]...
//
// COMMAND speaks the peers' command line, as `…/torch/bin/python torch_bench.py`. One JSON line for
// each program; a fair share of the cores is (threads - 1) / threads.
import CBounds
import Foundation

struct Options {
  var threads = 4
  var rounds = 3
  var workload = "mlp_train"
  var programs = [
    CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/bench"
  ]

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let option = rest.popFirst(), let value = rest.popFirst() {
      switch option {
      case "--threads": threads = Int(value) ?? threads
      case "--rounds": rounds = Int(value) ?? rounds
      case "--workload": workload = value
      case "--peer": programs.append(value)
      default: fatalError("shared: no option \(option)")
      }
    }
  }
}

/// Spins on the first core that this process may use, until its parent ends it.
func spin() -> Never {
  var allowed = [Int32](repeating: 0, count: 1024)
  _ = bounds_allowed_processors(&allowed, Int32(allowed.count))
  _ = bounds_pin(Array(allowed.prefix(1)), 1)
  // Ends by itself if the parent is gone.
  while getppid() != 1 {}
  exit(0)
}

func start(_ path: String, _ arguments: [String], _ output: Pipe? = nil) throws -> Process {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  if let output { process.standardOutput = output }
  try process.run()
  return process
}

/// The value of the first result line that a program prints.
func measure(_ program: String, _ options: Options) throws -> (value: Double, peer: String)? {
  let output = Pipe()
  let command =
    "\(program) --workload \(options.workload) --threads \(options.threads) --repeat 5 --mode eager"
  let process = try start("/bin/sh", ["-c", command], output)
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  for line in text.split(separator: "\n") where line.hasPrefix("{") {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    if let value = object?["value"] as? Double, let peer = object?["peer"] as? String {
      return (value, peer)
    }
  }
  return nil
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

if CommandLine.arguments.dropFirst().first == "--spin" { spin() }
let options = Options(Array(CommandLine.arguments.dropFirst()))
var alone: [String: [Double]] = [:]
var beside: [String: [Double]] = [:]
var names: [String: String] = [:]
for _ in 0..<options.rounds {
  for program in options.programs {
    if let (value, peer) = try measure(program, options) {
      alone[program, default: []].append(value)
      names[program] = peer
    }
    let spinner = try start("/proc/self/exe", ["--spin"])
    if let (value, _) = try measure(program, options) {
      beside[program, default: []].append(value)
    }
    spinner.terminate()
    spinner.waitUntilExit()
  }
}
for program in options.programs {
  guard let quiet = alone[program], let shared = beside[program], let name = names[program] else {
    print(#"{"workload":"\#(options.workload)_shared","skip":"no result: \#(program)"}"#)
    continue
  }
  let (before, after) = (median(quiet), median(shared))
  print(
    #"{"peer":"\#(name)","workload":"\#(options.workload)_shared","threads":\#(options.threads),"#
      + #""alone":\#(rounded(before)),"beside":\#(rounded(after)),"#
      + #""kept":\#(rounded(after / before)),"share":\#(rounded(1 - 1 / Double(options.threads))),"#
      + #""n":\#(quiet.count)}"#)
}
