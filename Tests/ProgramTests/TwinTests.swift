import Testing

/// The same bits on the serial twin and on any number of threads.
struct TwinTests {
  @Test("programs of arrays give the same bytes on every engine and number of threads")
  func sameBytes() throws {
    let probe = try Program("ArrayProbe")
    let serial = try probe.run(environment: ["TANDEM_ENGINE": "serial", "TANDEM_NUM_THREADS": "1"])
    #expect(serial.status == 0, "\(serial.errors)")
    #expect(serial.output.split(separator: "\n").count == 9)
    #expect(
      serial.lastLine.hasPrefix(
        "cholesky: leading minor 2 is not positive: float32[2, 2], queued at main.swift:"))
    for threads in ["1", "2", "4"] {
      let threaded = try probe.run(environment: ["TANDEM_NUM_THREADS": threads])
      #expect(threaded.status == 0, "\(threaded.errors)")
      #expect(threaded.output == serial.output, "\(threads) threads")
    }
    let twin = try probe.run(environment: ["TANDEM_ENGINE": "serial", "TANDEM_NUM_THREADS": "4"])
    #expect(twin.output == serial.output)
  }
}
