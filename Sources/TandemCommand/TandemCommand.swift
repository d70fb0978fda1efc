import ArgumentParser

/// The command `tandem`.
@main
struct TandemCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tandem",
    abstract: "Looks at programs that use Tandem, and at what Tandem finds on this machine.",
    subcommands: [ProfileCommand.self, OpsCommand.self, DoctorCommand.self])
}
