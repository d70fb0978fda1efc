// What training steps need: the most bytes in use while one runs, eager and compiled, by the
// counters of the pool, beside what is planned; under a limit; and how long the first call takes.
// Prints one JSON line for each program.
//
//   memory [NAME,...] [FRACTION_OF_THE_PEAK]
import Foundation
import Tandem

let arguments = CommandLine.arguments.dropFirst()
let names = arguments.first.map { Set($0.split(separator: ",").map(String.init)) }
let fraction = arguments.dropFirst().first.flatMap(Double.init)

for program in Program.all where names?.contains(program.name) ?? true {
  try program.measure(limitedTo: fraction)
}
