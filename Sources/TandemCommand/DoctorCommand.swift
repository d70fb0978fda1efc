import ArgumentParser
import Tandem

/// `tandem doctor`: what Tandem finds on this machine.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Prints the configuration: processor, threads, libraries.")

  func run() { print(Configuration.current) }
}
