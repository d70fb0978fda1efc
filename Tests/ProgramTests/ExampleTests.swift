import Foundation
import Testing

/// The examples, run from outside in release as users run them.
struct ExampleTests {
  /// A folder of its own for what an example leaves behind.
  private func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tandem-example-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// The last line of an `MNIST` run: the contract of its output.
  private struct Result: Decodable {
    let dataset: String
    let trainImages: Int
    let testImages: Int
    let epochs: Int
    let seed: Int
    let threads: Int
    let accuracy: Double
    let seconds: Double
    let weights: String
  }

  /// MNIST where it is on this machine, or the built-in digits; never a download.
  private static let data: [String: String] = {
    var environment = ["TANDEM_MNIST_URL": ""]
    let shared = Program.root + "/../shared/data"
    if FileManager.default.fileExists(atPath: shared) { environment["TANDEM_DATA"] = shared }
    return environment
  }()

  private static let builtIn = [
    "TANDEM_MNIST_URL": "", "TANDEM_DATA": "/nowhere", "XDG_CACHE_HOME": "/nowhere",
  ]

  /// Two steps of training; the file that is saved must be there.
  private func trainTwoSteps(
    _ arguments: [String] = [], _ environment: [String: String]
  ) throws -> Result {
    try withFolder { folder in
      let outcome = try Program("MNIST").run(
        ["--epochs", "1", "--steps", "2"] + arguments, environment: environment, in: folder)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("epoch 1: test accuracy 0."))
      #expect(outcome.errors.contains("epoch 1  ["))
      #expect(outcome.errors.contains("] 2/469  "))
      let saved = folder.appendingPathComponent("lenet.safetensors").path
      let bytes = try FileManager.default.attributesOfItem(atPath: saved)[.size] as? Int ?? 0
      #expect(bytes > 431_080 * 4)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Result.self, from: Data(outcome.lastLine.utf8))
    }
  }

  @Test("Compile gives the eager weights, the same ones on one, two and four threads")
  func compiled() throws {
    let outputs = try [1, 2, 4].map { threads in
      try Program("Compile").run(environment: ["TANDEM_NUM_THREADS": "\(threads)"]).output
    }
    #expect(Set(outputs).count == 1)
    let lines = outputs[0].split(separator: "\n").map { $0.split(separator: " ") }
    try #require(lines.count == 5 && lines[0].count == 3 && lines[1].count == 3, "\(outputs[0])")
    #expect(lines[0][1...] == lines[1][1...])
    #expect(lines[2] == ["traces", "1"])
    let kernels = lines[3].compactMap { Int($0) }
    #expect(kernels.count == 2 && kernels[1] < kernels[0])
    // The derivative of the tanh-gelu, by Python's math module.
    let slopes = "NDArray([-0.08296411,  0.5       ,  1.0829641 ], float32[3])\n"
    #expect(outputs[0].hasSuffix(slopes))
  }

  @Test("ControlFlow: powers, their derivatives, and a network that learns, on any thread count")
  func controlFlow() throws {
    let outputs = try [1, 2, 4].map { threads in
      try Program("ControlFlow").run(environment: ["TANDEM_NUM_THREADS": "\(threads)"]).output
    }
    #expect(Set(outputs).count == 1)
    let lines = outputs[0].split(separator: "\n")
    try #require(lines.count == 4, "\(outputs[0])")
    #expect(lines[0] == "NDArray([ 1024., 59049.], float32[2])")
    #expect(lines[1] == "NDArray([  5120., 196830.], float32[2])")
    let losses = lines[2].split(separator: " ").compactMap { Double($0) }
    #expect(losses.count == 2 && losses[1] < losses[0] * 0.1)
    #expect(lines[3] == "the same bits: true")
  }

  @Test("Distributions: a posterior by gradients through draws, the same on any thread count")
  func distributions() throws {
    let outputs = try [1, 2, 4].map { threads in
      try Program("Distributions").run(environment: ["TANDEM_NUM_THREADS": "\(threads)"]).output
    }
    #expect(Set(outputs).count == 1)
    let lines = outputs[0].split(separator: "\n")
    try #require(lines.count == 4 && lines[0] == "data: mean 5.78", "\(outputs[0])")
    let words = lines[2].split(separator: " ").map { $0.replacing(",", with: "") }
    let numbers = words.compactMap { Double($0) }
    try #require(numbers.count == 3, "\(lines[2])")
    // The posterior of the log-rate is close to normal: log 5.78 and one over the root of 578.
    #expect(abs(numbers[1] - log(5.78)) < 0.01 && abs(numbers[2] - 1 / 578.0.squareRoot()) < 0.005)
  }

  @Test("Profiling: a table of operators, a trace with scopes and markers, and an error's place")
  func profiling() throws {
    try withFolder { folder in
      let outcome = try Program("Profiling").run(["steps.json"], in: folder)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines[0].hasPrefix("operator ") && lines[0].contains("GFLOP/s"))
      let products = try #require(lines.first { $0.hasPrefix("matmul ") })
      #expect(products.split(separator: " ")[1] == "6")
      #expect(lines.contains { $0.hasPrefix("memory taken at ") })
      let error = try #require(lines.last)
      #expect(
        error.hasPrefix("cholesky: leading minor 2 is not positive: float32[2, 2], queued at "))
      #expect(error.contains("main.swift:"))
      let data = try Data(contentsOf: folder.appendingPathComponent("steps.json"))
      let trace = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      let events = try #require(trace["traceEvents"] as? [[String: Any]])
      let names = Set(events.compactMap { $0["name"] as? String })
      #expect(names.isSuperset(of: ["step 0", "step 2", "queued 1", "matmul", "tanh"]))
    }
  }

  @Test("CompileTour: a step of ResNet-18 as one program, and its graph as files and as a picture")
  func compileTour() throws {
    try withFolder { folder in
      let outcome = try Program("CompileTour").run(in: folder)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      let loss = try #require(lines[0].split(separator: " ").first.flatMap { Double($0) })
      #expect((1...6).contains(loss), "\(loss)")
      for word in ["kernels", "planned", "measured", "recompute"] {
        #expect(outcome.output.contains(word), "\(word)")
      }
      #expect(outcome.output.contains("digraph {"))
      #expect(lines.last == "NDArray([ 1024., 59049.], float32[2])")
      let json = try Data(contentsOf: folder.appendingPathComponent("resnet18.json"))
      let graph = try JSONSerialization.jsonObject(with: json) as? [String: Any]
      #expect(graph?["tensors"] as? String == "resnet18.safetensors")
      #expect((graph?["nodes"] as? [Any])?.count ?? 0 > 60)
      let tensors = folder.appendingPathComponent("resnet18.safetensors").path
      let bytes = try FileManager.default.attributesOfItem(atPath: tensors)[.size] as? Int ?? 0
      #expect(bytes > 11_000_000 * 4)
    }
  }

  @Test("prints what is written in its first lines", arguments: ["Regions", "SavedGraph"])
  func firstLines(name: String) throws {
    let path = Program.root + "/Sources/Examples/\(name)/main.swift"
    let source = try String(contentsOfFile: path, encoding: .utf8)
    let comments = source.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("//") }
    let start = try #require(comments.firstIndex { $0 == "// prints:" }) + 2
    let expected = comments[start...].map { $0.dropFirst("//     ".count) }
    try withFolder { folder in
      let outcome = try Program(name).run(in: folder)
      #expect(outcome.errors == "")
      #expect(outcome.output == expected.joined(separator: "\n") + "\n")
      #expect(outcome.status == 0)
    }
  }

  @Test("Arrays prints what is written here")
  func arrays() throws {
    let outcome = try Program("Arrays").run()
    let path = Program.root + "/Sources/Examples/Arrays/main.swift"
    let lines = try String(contentsOfFile: path, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(lines.firstIndex { $0.contains("Linalg.cholesky(") }) + 1
    #expect(
      outcome.output == """
        NDArray([[ 4.633424 ,  2.5791998, -1.3934336,  5.8643093],
                 [ 9.233645 ,  1.3824339, -2.8875635,  9.16393  ]], float32[2, 4])
        NDArray([[2., 3.]], float32[1, 2]) NDArray([0, 2, 4, 6, 8], int64[5]) NDArray([[1.],
                 [4.]], float32[2, 1])
        NDArray([0.8196041 , 0.87591326, 0.94420576, 1.3862135 , 1.5295172 ,
                 1.410115  ], float32[6])
        NDArray([[ 0.51113576, -0.13297395, -0.16601445,  0.3666245 ]], float32[1, 4])
        bfloat16 [3, 3] NDArray([2.80916231, 2.14812454, 0.99259152], float64[3]) [3, 4]
        true
        cholesky: leading minor 2 is not positive: float32[2, 2], queued at main.swift:\(line)

        """)
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
  }

  /// The numbers are NumPy's for the same indices.
  @Test("Indexing prints what is written here")
  func indexing() throws {
    let outcome = try Program("Indexing").run()
    #expect(
      outcome.output == """
        NDArray([9., 7.], float32[2])
        NDArray([[8., 7., 9.],
                 [5., 6., 4.]], float32[2, 3])
        [3, 1]
        [3, 3]
        NDArray([2., 6., 3.], float32[3])
        NDArray([9., 7., 8.], float32[3])
        NDArray([[3., 1., 2.],
                 [6., 6., 6.],
                 [4., 6., 5.]], float32[3, 3])
        NDArray([[3., 2., 1.],
                 [9., 8., 7.],
                 [6., 5., 4.]], float32[3, 3])
        NDArray([[1, 2, 0],
                 [1, 2, 0],
                 [0, 2, 1]], int64[3, 3])
        NDArray([[1., 2., 3.],
                 [7., 8., 9.],
                 [4., 5., 6.]], float32[3, 3])
        NDArray([[3., 2.],
                 [9., 8.],
                 [6., 5.]], float32[3, 2])
        NDArray([[0, 2],
                 [0, 2],
                 [1, 2]], int64[3, 2])
        NDArray([1, 0, 0, 3, 2, 2, 1, 2, 1], int64[9])
        NDArray([2., 3., 3., 1.], float32[4])
        NDArray([2., 3., 3., 1.], float32[4])
        NDArray([[4., 5.],
                 [0., 1.],
                 [4., 5.]], float32[3, 2])
        NDArray([[1., 1.],
                 [0., 0.],
                 [2., 2.]], float32[3, 2])

        """)
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test("MNIST: the same weights for 1, 2 and 4 threads and on the serial twin")
  func threadCounts() throws {
    let first = try trainTwoSteps(["--threads", "1"], ExampleTests.data)
    #expect(first.threads == 1)
    #expect(first.weights.count == 64)
    for threads in [2, 4] {
      let result = try trainTwoSteps(["--threads", "\(threads)"], ExampleTests.data)
      #expect(result.weights == first.weights, "\(threads) threads")
      #expect(result.accuracy == first.accuracy, "\(threads) threads")
    }
    let budget = ExampleTests.data.merging(["TANDEM_NUM_THREADS": "3"]) { $1 }
    #expect(try trainTwoSteps([], budget).weights == first.weights)
    let serial = ExampleTests.data.merging(["TANDEM_ENGINE": "serial"]) { $1 }
    #expect(try trainTwoSteps([], serial).weights == first.weights)
  }

  @Test("MNIST: another seed gives other weights; the line says what was asked for")
  func seeds() throws {
    let results = try ["1", "2"].map { try trainTwoSteps(["--seed", $0], ExampleTests.data) }
    #expect(results[0].weights != results[1].weights)
    #expect(results.map(\.seed) == [1, 2])
    for result in results {
      #expect(result.epochs == 1)
      #expect(result.trainImages == 60_000)
      #expect(result.testImages == 10_000)
      #expect(result.seconds > 0)
    }
  }

  @Test("MNIST without data draws digits, and says so")
  func withoutData() throws {
    #expect(try trainTwoSteps([], ExampleTests.builtIn).dataset == "stroke_digits")
    let outcome = try withFolder {
      try Program("MNIST").run(
        ["--epochs", "1", "--steps", "1"], environment: ExampleTests.builtIn, in: $0)
    }
    #expect(outcome.firstError.hasPrefix("tandem: no MNIST ("))
    #expect(outcome.firstError.hasSuffix("using built-in stroke digits instead, see TANDEM_DATA"))
  }

  @Test(
    "MNIST: options that it does not know end it with one line",
    arguments: [["--epoch", "1"], ["epochs", "1"], ["--epochs"], ["--epochs", "0"]])
  func usage(arguments: [String]) throws {
    let outcome = try Program("MNIST").run(arguments)
    let usage = "usage: MNIST --epochs N --seed N --steps N --threads N; got \(arguments[0])\n"
    #expect(outcome.output == usage)
    #expect(outcome.status == 2)
  }

  @Test("CharGPT learns for two steps from a text of its own and writes")
  func characters() throws {
    try withFolder { folder in
      let text = folder.appendingPathComponent("text.txt")
      try String(repeating: "to be or not to be, that is the question\n", count: 60)
        .write(to: text, atomically: true, encoding: .utf8)
      let outcome = try Program("CharGPT").run(
        ["--steps", "2", "--write", "3"], environment: ["TANDEM_TEXT": text.path])
      try #require(outcome.status == 0, "\(outcome.errors)")
      let result = try JSONSerialization.jsonObject(with: Data(outcome.lastLine.utf8))
      let numbers = try #require(result as? [String: Double])
      let (first, last) = (try #require(numbers["first_loss"]), try #require(numbers["last_loss"]))
      let characters = try #require(numbers["characters"])
      #expect(abs(first - log(characters)) < 0.1)
      #expect(last < first)
    }
  }

  @Test("CIFAR10 trains for two steps where the pictures are")
  func photographs() throws {
    let folder = (ExampleTests.data["TANDEM_DATA"] ?? "") + "/cifar10"
    guard FileManager.default.fileExists(atPath: folder) else { return }
    let outcome = try Program("CIFAR10").run(
      ["--epochs", "1", "--steps", "2"], environment: ExampleTests.data)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lastLine.contains("\"steps\":2,\"parameters\":269722,"))
  }

  @Test("VAE and DCGAN train for two steps and write what they draw")
  func drawers() throws {
    for (name, side) in [("VAE", 8 * 28), ("DCGAN", 8 * 64)] {
      try withFolder { folder in
        let outcome = try Program(name).run(
          ["--epochs", "1", "--steps", "2", "--width", "4"], environment: ExampleTests.data,
          in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.lastLine.contains("\"steps\":2,"))
        let drawn = try Data(
          contentsOf: folder.appendingPathComponent("\(name.lowercased()).pgm"))
        #expect(drawn.starts(with: Data("P5\n\(side) \(side)\n255\n".utf8)))
      }
    }
  }

  @Test("CharRNN learns from two pieces of a text of its own and writes")
  func recurrentCharacters() throws {
    try withFolder { folder in
      let text = folder.appendingPathComponent("text.txt")
      try String(repeating: "to be or not to be, that is the question\n", count: 2100)
        .write(to: text, atomically: true, encoding: .utf8)
      let outcome = try Program("CharRNN").run(
        ["--epochs", "1", "--pieces", "2", "--write", "3"], environment: ["TANDEM_TEXT": text.path])
      try #require(outcome.status == 0, "\(outcome.errors)")
      let result = try JSONSerialization.jsonObject(with: Data(outcome.lastLine.utf8))
      let numbers = try #require(result as? [String: Double])
      let (first, last) = (try #require(numbers["first_loss"]), try #require(numbers["last_loss"]))
      #expect(abs(first - log(try #require(numbers["characters"]))) < 0.1)
      #expect(last < first)
    }
  }

  @Test(
    "WordLSTM and TextCNN train for two steps where their texts are",
    arguments: [
      ("WordLSTM", "ptb", ["--epochs", "1", "--pieces", "2"]),
      ("TextCNN", "rt_polarity", ["--epochs", "1", "--steps", "2"]),
    ])
  func texts(name: String, data: String, options: [String]) throws {
    let folder = (ExampleTests.data["TANDEM_DATA"] ?? "") + "/\(data)"
    guard FileManager.default.fileExists(atPath: folder) else { return }
    let outcome = try Program(name).run(options, environment: ExampleTests.data)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lastLine.contains("\"test\":"))
  }

  @Test("FashionMNIST trains for two steps where the pictures are")
  func clothes() throws {
    let folder = (ExampleTests.data["TANDEM_DATA"] ?? "") + "/fashion_mnist"
    guard FileManager.default.fileExists(atPath: folder) else { return }
    let outcome = try Program("FashionMNIST").run(
      ["--epochs", "1", "--steps", "2"], environment: ExampleTests.data)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lastLine.contains("\"steps\":2,"))
  }

  @Test(
    "trains for two steps where the data is, and reports what it reached",
    arguments: [
      ("MovieLens", "movielens"), ("SpokenDigits", "speech_fsdd"), ("TimeSeries", "timeseries"),
      ("TabularRegression", "tabular"),
    ])
  func smallSets(name: String, folder: String) throws {
    let path = (ExampleTests.data["TANDEM_DATA"] ?? "/nowhere") + "/" + folder
    guard FileManager.default.fileExists(atPath: path) else { return }
    try withFolder { folder in
      let outcome = try Program(name).run(
        ["--epochs", "1", "--steps", "2"], environment: ExampleTests.data, in: folder)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.lastLine.contains("\"steps\":2,"), "\(outcome.lastLine)")
      #expect(outcome.lastLine.contains("\"test\":"), "\(outcome.lastLine)")
    }
  }
}
