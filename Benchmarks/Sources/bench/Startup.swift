import Foundation

/// The workload `startup`: whole lives of a small program, timed from outside.
enum Startup {
  static func measure(threads: Int, samples: Int) {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    let path = folder + "/startup"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      Line.skip("startup", threads: threads, "no program at \(path)")
      return
    }
    let (start, busy) = (now(), Processors.secondsOfOthers())
    guard lifetime(path) != nil else {
      Line.skip("startup", threads: threads, "\(path) fails")
      return
    }
    let values = (0..<samples).compactMap { _ in lifetime(path) }.map { $0 * 1e3 }
    let total = now() - start
    let others = (Processors.secondsOfOthers() - busy) / total
    var line = Line("startup", threads: threads, mode: "eager")
    line.addSamples(.milliseconds, values)
    line.add("contract", "exact")
    let empty = (0..<5).compactMap { _ in lifetime("/bin/true") }.min() ?? .nan
    line.add("bound", empty * 1e3)
    line.add("bound_is", "an empty process")
    line.add("total_s", total, digits: 3)
    line.add("others", others, digits: 2)
    line.add("version", Line.version)
    line.write()
  }

  /// Seconds from the start of a process to its end; `nil` if it fails.
  private static func lifetime(_ path: String) -> Double? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var pid = pid_t()
    let begin = now()
    let failed = path.withCString { name -> Int32 in
      var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(name), nil]
      defer { free(arguments[0]) }
      return posix_spawn(&pid, name, &actions, nil, &arguments, environ)
    }
    guard failed == 0 else { return nil }
    var status: Int32 = 0
    guard waitpid(pid, &status, 0) == pid, status == 0 else { return nil }
    return now() - begin
  }
}
