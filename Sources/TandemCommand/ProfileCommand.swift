import ArgumentParser
import Glibc

/// `tandem profile`: runs a program with profiling on and prints where its time went.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Runs a program and prints which operators took its time.",
    discussion: """
      The program is any that uses Tandem; it needs no change. Its own output stays where it is; the
      table comes after it, on standard error, with the place of the trace, which chrome://tracing
      and ui.perfetto.dev show. The exit status is the program's. Ctrl-C ends the program, and the
      table tells what it did until then.
      """)

  @Option(help: "Where the trace is written.")
  var trace: String = "tandem-trace.json"

  @Argument(help: "The program, a path or a name that the shell would find.")
  var program: String

  @Argument(parsing: .captureForPassthrough, help: "What the program is given.")
  var arguments: [String] = []

  func run() throws {
    let table = trace + ".table"
    unlink(trace)
    unlink(table)
    setenv("TANDEM_PROFILE", trace, 1)
    setenv("TANDEM_PROFILE_TABLE", table, 1)
    let status = try runProgram()
    var errors = StandardError()
    print(summary(table), to: &errors)
    unlink(table)
    throw ExitCode(status)
  }

  /// What the program left behind, or why there is nothing.
  private func summary(_ table: String) -> String {
    guard let text = contents(of: table) else {
      return "profile: \(program) left no trace: it queued no operation, or was ended by a signal "
        + "other than Ctrl-C"
    }
    return text + "\ntrace: \(trace)"
  }

  /// Runs the program to its end; its exit status, 128 and the signal if one ended it.
  private func runProgram() throws -> Int32 {
    // The keys that end a program are for the program, which writes its table first.
    let before = signal(SIGINT, SIG_IGN)
    defer { signal(SIGINT, before) }
    var child = pid_t()
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    // Whoever started this command may have blocked it.
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    sigdelset(&mask, SIGINT)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let error = posix_spawnp(&child, program, nil, &attributes, words, environ)
    guard error == 0 else {
      throw ValidationError("cannot run '\(program)': \(String(cString: strerror(error)))")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  private func contents(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
