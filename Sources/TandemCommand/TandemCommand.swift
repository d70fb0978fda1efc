import ArgumentParser

/// The command `tandem`.
@main
struct TandemCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tandem",
    abstract: "Runs scripts, looks at programs, and says what Tandem finds on this machine.",
    subcommands: [RunCommand.self, ProfileCommand.self, OpsCommand.self, DoctorCommand.self])
}
