import ArgumentParser
import Glibc

/// `tandem run`: compiles a script against the library, keeps the program, and runs it.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a Swift script.",
    discussion: """
      A script is a file of Swift with `import Tandem`; with the first line
      `#!/usr/bin/env -S tandem run` and the right to be executed it runs by its name. It is
      compiled once: the program is kept in $XDG_CACHE_HOME/tandem/scripts, or
      ~/.cache/tandem/scripts, until the script, the files with it, the library or the compiler
      change. What follows the script's name is the script's.
      """)

  @Flag(help: "Compiles without optimisation and with all that a debugger wants to know.")
  var debug = false

  @Flag(help: "Forgets all programs that are kept; compiles the script anew, if there is one.")
  var clean = false

  @Option(
    name: .customLong("with"),
    help: "Another file of Swift that the script uses; may be given several times.")
  var others: [String] = []

  @Argument(help: "The script.")
  var script: String?

  @Argument(parsing: .captureForPassthrough, help: "What the script is given.")
  var arguments: [String] = []

  func validate() throws {
    if script == nil && !clean { throw ValidationError("run: which script?") }
  }

  func run() throws {
    do throws(ScriptError) {
      let cache = try ScriptCache.ofUser()
      if clean { cache.clear() }
      guard let script else { return }
      let compiler = ScriptCompiler(
        library: try ScriptLibrary.besideThisProgram(), compiler: try ScriptCompiler.inPath(),
        isOptimized: !debug)
      let source = try ScriptSource(script, with: others)
      let program = cache.path(of: try compiler.identity(of: source))
      // A program that another one's cleaning removes in between is compiled again.
      for _ in 0..<3 {
        try cache.fill(program) { place throws(ScriptError) in
          try compiler.compile(source, to: place)
        }
        execute(program, [script] + arguments)
        guard errno == ENOENT else { break }
      }
      throw ScriptError("cannot start \(program): \(String(cString: strerror(errno)))")
    } catch {
      throw error.failure
    }
  }

  /// Becomes the program; comes back only if that is not possible.
  private func execute(_ program: String, _ words: [String]) {
    let pointers = words.map { strdup($0) } + [nil]
    execv(program, pointers)
    let reason = errno
    for pointer in pointers { free(pointer) }
    errno = reason
  }
}

/// Why a script does not run.
struct ScriptError: Error {
  /// One line for the user; `nil` where the compiler has said it all.
  let message: String?

  init(_ message: String?) { self.message = message }

  /// What ends the command.
  var failure: any Error {
    guard let message else { return ExitCode(1) }
    var errors = StandardError()
    print("run: \(message)", to: &errors)
    return ExitCode(66)
  }
}
