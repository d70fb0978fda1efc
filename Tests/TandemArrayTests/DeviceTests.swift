import Foundation
import Synchronization
import TandemEngine
import TandemShapes
import TandemThreads
import Testing

@testable import TandemArray

/// Arrays on several devices; in processes of their own, for devices are declared once.
struct DeviceTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func arraysMoveAndOperationsRunWhereTheirOperandsLie() async {
    await #expect(processExitsWith: .success) {
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      #expect(Device.count == 2)
      let x = NDArray.arange(6, dtype: .float32).reshaped([2, 3])
      let y = x.to(.cpu(1))
      #expect(x.device == .cpu(0) && y.device == .cpu(1))
      #expect(x.to(.cpu(0)).device == .cpu(0))
      let z = (y * 2 + 1).matmul(y.transposed()).sum(axis: 0)
      #expect(z.device == .cpu(1))
      #expect(z.scalars(as: Float.self) == [44, 152])
      let back = z.to(.cpu(0)) + 1
      #expect(back.device == .cpu(0) && back.scalars(as: Float.self) == [45, 153])
      let made = withDevice(.cpu(1)) { NDArray.zeros([5000]) + 1 }
      #expect(made.device == .cpu(1) && made.sum().item() == 5000)
      try waitForAll()
    }
  }

  /// The thread waits for an array whose device is not the first one: the report says on which
  /// device its operation stands, and where.
  @Test(.timeLimit(.minutes(2))) func aWaitNamesTheDeviceOfTheArray() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      setenv("TANDEM_WAIT_REPORT_SECONDS", "0.05", 1)
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      let y = NDArray.arange(6).to(.cpu(1))
      let storage = try #require(y.storage)
      Engine.device(1).push(
        name: "stall", writing: [storage.variable], site: CallSite("user.swift", 3)
      ) { _ in
        let end = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < end {}
      }
      try y.wait()
    }
    #expect(text(result).contains("stall (user.swift:3), running on worker 0 of device 1"))
    #expect(text(result).contains("; worker 0 of device 1 stands at "))
  }

  /// What is computed at once uses the threads of the array's device; no more are started.
  @Test func positionsAreFoundOnTheThreadsOfTheDevice() async {
    await #expect(processExitsWith: .success) {
      func workers() throws -> Int {
        let tasks = "/proc/self/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).count { task in
          let name = try? String(contentsOfFile: "\(tasks)/\(task)/comm", encoding: .utf8)
          return name?.hasPrefix("tandem-") ?? false
        }
      }
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      let x = NDArray.arange(100_000).to(.cpu(1))
      #expect(x.nonzero()[0].count == 99_999)
      let count = try workers()
      #expect(count <= 2)
    }
  }

  @Test func gradientsFollowTheArraysAcrossDevices() async {
    await #expect(processExitsWith: .success) {
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      let w = Parameter(NDArray([1, 2, 3] as [Float], shape: [3]))
      let loss = record { (w.value.to(.cpu(1)) * w.value.to(.cpu(1)) * 2).to(.cpu(0)).sum() }
      loss.backward()
      #expect(w.gradient?.device == .cpu(0))
      #expect(w.gradient?.scalars(as: Float.self) == [4, 8, 12])
    }
  }

  @Test func whatFollowsFromAnArrayLiesWhereItDoes() async {
    await #expect(processExitsWith: .success) {
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      let x = NDArray([3, 0, 1, 3]).to(.cpu(1))
      let (picked, places, unique) = (x[x .> 0], x.nonzero()[0], x.unique())
      #expect(picked.device == .cpu(1) && picked.scalars(as: Int.self) == [3, 1, 3])
      #expect(places.device == .cpu(1) && places.scalars(as: Int.self) == [0, 2, 3])
      #expect(unique.device == .cpu(1) && unique.scalars(as: Int.self) == [0, 1, 3])
      let (values, first, counts, inverse) = x.uniqueWithPlaces()
      #expect([values, first, counts, inverse].allSatisfy { $0.device == .cpu(1) })
      #expect(first.scalars(as: Int.self) == [1, 2, 0])
      #expect(counts.scalars(as: Int.self) == [1, 1, 2])
      #expect(inverse.scalars(as: Int.self) == [2, 0, 1, 2])
      #expect(x[..<0].unique().device == .cpu(1))
      let w = Parameter(NDArray([1, 2]).to(.cpu(1)))
      let (value, gradients) = valueAndGradient(of: w) { (w.value * w.value).sum() }
      #expect(value.item() == 5 && gradients[w]?.device == .cpu(1))
      #expect(gradients[w]?.scalars(as: Int.self) == [2, 4])
      try waitForAll()
    }
  }

  @Test func operandsOnDifferentDevicesAreRefused() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      _ = NDArray.ones([2]) + NDArray.ones([2]).to(.cpu(1))
    }
    #expect(
      text(result).contains(
        "add: operands lie on cpu(0) and cpu(1); move one of them by to(_:): "
          + "float32[2], float32[2]"))
  }

  @Test func aDeviceThatIsNotThereIsRefused() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Device.cpu(7, file: "user.swift", line: 3) }
    #expect(
      text(result).contains(
        "device: no cpu(7): the process has 1, see Device.configure(threads:) (user.swift:3)"))
  }
}
