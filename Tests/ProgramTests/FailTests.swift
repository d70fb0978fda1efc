import Foundation
import Testing

/// What a user reads when a program fails: the release build of `FailProbe`, seen from outside.
struct FailTests {
  private static let broadcast = "add: shapes do not broadcast: [2, 3], [4, 5]"
  private static let matmul =
    "matmul: inner axes differ: float32[2, 3], float32[4, 5]"

  /// The line of the probe's source that carries the comment `site: NAME`.
  private func line(of name: String) throws -> Int {
    let path = Program.root + "/Tests/Support/FailProbe/main.swift"
    let lines = try String(contentsOfFile: path, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(lines.firstIndex { $0.hasSuffix("// site: \(name)") }) + 1
  }

  @Test(
    "a failure prints one line with the place that the user wrote, and aborts",
    arguments: [
      ("named", matmul), ("namedTail", matmul), ("operator", broadcast),
      ("operatorTail", broadcast), ("operatorInlined", broadcast),
      ("operatorInClosure", broadcast), ("operatorOnManyLines", broadcast),
      ("topLevel", broadcast),
    ])
  func message(name: String, message: String) throws {
    // Also where the runtime would print a backtrace.
    let outcome = try Program("FailProbe").run(
      [name], environment: ["SWIFT_BACKTRACE": "enable=yes"])
    #expect(outcome.errors == "\(message) (main.swift:\(try line(of: name)))\n")
    #expect(outcome.output == "")
    #expect(outcome.status == -SIGABRT)
  }

  @Test("what the environment says of compiled regions holds without a word in the program")
  func compileSettings() throws {
    let probe = try Program("FailProbe")
    func run(_ name: String, _ value: String) throws -> Program.Outcome {
      try probe.run(["compileChanging"], environment: [name: value])
    }
    let plain = try run("TANDEM_COMPILE_CHECK", "0")
    #expect(plain.output == "[1.0, 1.0] [1.0, 1.0]\n" && plain.errors == "" && plain.status == 0)
    let checked = try run("TANDEM_COMPILE_CHECK", "1")
    #expect(
      checked.errors.hasPrefix("compile: the closure is no longer what was compiled: multiply: "),
      "\(checked.errors)")
    #expect(checked.errors.contains("(main.swift:\(try line(of: "compileChanging")))"))
    #expect(checked.status == -SIGABRT)
    let shadowed = try run("TANDEM_COMPILE_SHADOW", "1")
    #expect(
      shadowed.errors.hasPrefix("compile: result 0 differs from eager: element 0 of float32[2]: "),
      "\(shadowed.errors)")
    #expect(shadowed.status == -SIGABRT)
    let marks = ["passes": "-- exact algebra\n", "kernels": "-- plan\n", "memory": "-- memory\n"]
    for (word, mark) in marks {
      let dumped = try run("TANDEM_DUMP", word)
      #expect(dumped.output == plain.output && dumped.status == 0)
      #expect(dumped.errors.contains(mark), "\(word): \(dumped.errors)")
    }
  }

  @Test(
    "a failing call of an array prints operator, types and the line that the user wrote",
    arguments: [
      ("arrayMatmul", "matmul: inner axes differ: float32[2, 3], float32[2, 3]"),
      ("arrayAdd", "add: shapes do not broadcast: float32[2, 3], float32[4, 5]"),
      ("arrayCompare", "greater: shapes do not broadcast: float32[2, 3], float32[4, 5]"),
      ("arrayUpdate", "add: shapes do not broadcast: float32[2, 3], float32[4, 5]"),
      (
        "arrayNegation",
        "negate: has no meaning for bool; cast to int64, or use logical operators: bool[2, 3]"
      ),
      ("arraySubscript", "index: 3 is out of range for axis 1 of length 3: float32[2, 3]"),
      ("arrayAssignment", "assign: value does not fit [3]: float32[2, 3], float32[4, 5]"),
      ("arrayItem", "item: needs one element: float32[2, 3]"),
      ("shape", "shape: negative length: [2, -3]"),
      ("arrayDType", "matmul: dtypes differ: float32[2, 3], float64[3, 2]"),
      (
        "compileRead",
        "item: a value is read inside a traced region, where there is none yet; return it from "
          + "the region, or use where, cond or whileLoop: float32[]"
      ),
      (
        "compileAssign",
        "compile: parameter blocks.0.weight is assigned inside the region, which changes nothing "
          + "outside; say so: compile(mutating: owner) { … }"
      ),
    ])
  func arrays(name: String, message: String) throws {
    let outcome = try Program("FailProbe").run([name])
    #expect(outcome.errors == "\(message) (main.swift:\(try line(of: name)))\n")
    #expect(outcome.output == "")
    #expect(outcome.status == -SIGABRT)
  }

  private static let linear = "linear: inner axes differ: float32"

  @Test(
    "a failing layer of Tandem shows the line that called the model and its place in it",
    arguments: [
      ("layerAlone", "\(linear)[5, 3], float32[2, 4], float32[2], in Dense"),
      (
        "layerInModel",
        "\(linear)[5, 8], float32[4, 7], float32[4], in 3.Dense"
      ),
      ("layerBound", "\(linear)[5, 3], float32[4, 7], float32[4], in 1.1.Dense"),
      (
        "layerWithoutParameters",
        "maxPool: window [2, 2] has not one number for each of 0 spatial axes: float32[5, 4], "
          + "in 1.1.MaxPool2D"
      ),
      ("layerOwn", "\(linear)[5, 3], float32[2, 4], float32[2], in 1.dense.Dense"),
    ])
  func layers(name: String, message: String) throws {
    let outcome = try Program("FailProbe").run([name])
    #expect(outcome.errors == "\(message) (main.swift:\(try line(of: name)))\n")
    #expect(outcome.status == -SIGABRT)
  }

  @Test("what a layer queued names the line that called the layer")
  func queuedByLayer() throws {
    let outcome = try Program("FailProbe").run(["layerQueued"])
    let (queued, read) = (try line(of: "layerQueued"), try line(of: "layerQueuedRead"))
    #expect(
      outcome.errors == "take: index 7 is out of range for axis 0 of length 3: float32[3, 2], "
        + "int64[2], queued at main.swift:\(queued) (Embedding) (main.swift:\(read))\n")
  }

  @Test("what only the data shows names the line that queued it, at the read")
  func queued() throws {
    let outcome = try Program("FailProbe").run(["arrayQueued"])
    let (queued, read) = (try line(of: "arrayQueued"), try line(of: "arrayQueuedRead"))
    #expect(
      outcome.errors == "cholesky: leading minor 2 is not positive: float32[2, 2], "
        + "queued at main.swift:\(queued) (main.swift:\(read))\n")
    #expect(outcome.output == "")
    #expect(outcome.status == -SIGABRT)
  }

  @Test(
    "a failure of no known place prints its message alone",
    arguments: [("unknown", "engine: broken invariant: 3 readers of a free variable")])
  func placeless(name: String, message: String) throws {
    let outcome = try Program("FailProbe").run([name])
    #expect(outcome.errors == message + "\n")
    #expect(outcome.status == -SIGABRT)
  }

  @Test("an installed handler gets message and place, and decides how the process ends")
  func handler() throws {
    let outcome = try Program("FailProbe").run(["handler"])
    let place = "main.swift:\(try line(of: "handler"))"
    #expect(outcome.output == "handled \(FailTests.broadcast) at \(place)\n")
    #expect(outcome.errors == "")
    #expect(outcome.status == 3)
  }
}
