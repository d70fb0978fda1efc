import TandemArray
import TandemShapes
import Testing

@testable import TandemPlot

/// What plots say to numbers that they cannot show.
struct RefusalTests {
  @Test("refusals name the plot, the values and the line")
  func words() async {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.line([1, 2, 3], [1, 2, 3, 4], file: "user.swift", line: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.scatter(NDArray.zeros([2, 3]), [1], file: "user.swift", line: 2)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.heatmap([[1, 2], [3]], file: "user.swift", line: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.image(NDArray.zeros([4, 4, 2]), file: "user.swift", line: 4)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.confusion([[1, 2]], file: "user.swift", line: 5)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.bar(["a"], [1, 2], file: "user.swift", line: 6)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.histogram([1], bins: 0, file: "user.swift", line: 7)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.line([1, 2]).limits(y: -1...1).scales(y: .log, file: "user.swift", line: 8)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.grid([]).errorBand([1], file: "user.swift", line: 9)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Plot.line(NDArray.zeros([2], dtype: .complex64), file: "user.swift", line: 10)
      },
    ]
    let texts = [
      "line: x has 3 numbers, y 4 (user.swift:1)",
      "scatter: x is not a list of numbers: shape [2, 3] (user.swift:2)",
      "heatmap: rows differ in length: row 0 has [2], row 1 [1] (user.swift:3)",
      "image: needs [height, width], [height, width, 3] or [3, height, width]: shape [4, 4, 2] "
        + "(user.swift:4)",
      "confusion: needs as many rows as columns: shape [1, 2] (user.swift:5)",
      "bar: there are 1 names for 2 heights (user.swift:6)",
      "histogram: needs one bin or more, got 0 (user.swift:7)",
      "scales: a logarithmic y axis needs positive limits: -1.0...1.0 (user.swift:8)",
      "errorBand: a grid has no line (user.swift:9)",
      "line: complex numbers have no place on an axis; plot their parts: complex64[2] "
        + "(user.swift:10)",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(errors.contains(text), "\(errors)")
    }
  }
}
