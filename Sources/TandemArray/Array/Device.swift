import TandemEngine

/// Where an array lives and is computed.
///
/// A CPU device is a set of the process's compute threads that belong to it alone. By default
/// `cpu(0)` has them all; ``configure(threads:)`` divides them. Operations run on the device of
/// their operands, at the same time as those of other devices; ``NDArray/to(_:)`` moves an array.
///
/// Host pointers are never shown for a device that is not a CPU.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  /// The number of the device, from zero.
  public let index: Int

  init(index: Int) { self.index = index }

  /// A set of the process's compute threads. Stops, in words, if there is no such device.
  public static func cpu(
    _ index: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Device {
    guard index == 0 || (0..<Engine.deviceCount).contains(index) else {
      fail(
        "device: no cpu(\(index)): the process has \(Engine.deviceCount), "
          + "see Device.configure(threads:)", at: CallSite(file, line))
    }
    return Device(index: index)
  }

  /// Divides the compute threads among devices; before the first array is made.
  ///
  /// - Parameter threads: how many threads each device gets; in all at most the process's budget
  ///   (`TANDEM_NUM_THREADS`). Anything else stops, in words. `TANDEM_DEVICES=3,1` does the same.
  public static func configure(
    threads: [Int], file: StaticString = #fileID, line: UInt = #line
  ) { Engine.configureDevices(threads: threads, at: CallSite(file, line)) }

  /// How many devices the process has.
  public static var count: Int { Engine.deviceCount }

  /// Where this thread makes new arrays: what ``withDevice(_:_:)`` says, else `cpu(0)`.
  public static var current: Device { Scope.current?.device ?? Device(index: 0) }

  /// The engine that computes what lies on the device.
  var engine: Engine { index == 0 ? Engine.shared : Engine.device(index) }

  /// `cpu(0)`.
  public var description: String { "cpu(\(index))" }
}

/// Runs `body` with new arrays of this thread made on a device.
public func withDevice<T, E: Error>(
  _ device: Device, _ body: () throws(E) -> T
) throws(E) -> T {
  var before: Device?
  return try Scope.with { scope in
    (before, scope.device) = (scope.device, device)
  } leave: {
    $0.device = before
  } _: { () throws(E) -> T in
    try body()
  }
}

extension NDArray {
  /// Runs `body` with new arrays of this thread made where this one lies.
  func withOwnDevice<T>(_ body: () -> T) -> T {
    device == .current ? body() : withDevice(device, body)
  }

  /// The same elements on another device; the array itself if it is there. Differentiable.
  ///
  /// Stops, in words, in a traced region, which runs as a whole on the device of its inputs.
  public func to(
    _ device: Device, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let (source, site) = (self.device, CallSite(file, line))
    if case .symbol = handle.content {
      fail(
        "to: an array does not move to \(device) inside a traced region, which runs on one "
          + "device; move it before or after: \(type)", at: site)
    }
    guard source != device, handle.unmanagedStorage != nil else { return self }
    if handle.links.isEmpty { return copied(to: device, at: site) }
    return withCustomGradient([self]) {
      [$0[0].copied(to: device, at: site)]
    } backward: { _, _, cotangents in
      [cotangents[0]?.to(source)]
    }[0]
  }

  private func copied(to device: Device, at site: CallSite) -> NDArray {
    let dense = rowMajor("to", site)
    let from = dense.handle.unmanagedStorage!.takeUnretainedValue()
    let result = Storage(byteCount: type.byteCount, device: device)
    let copy = DeviceCopy(
      from: from, byteOffset: dense.handle.layout.offset * dtype.byteCount, to: result)
    device.engine.push(
      copy, reading: .of(from.variable), writing: .of(result.variable), site: site,
      options: OperationOptions(declaredBytes: result.byteCount))
    return NDArray(ArrayHandle(result, Layout(shape), dtype))
  }
}

/// Copies dense elements from one storage to another.
private struct DeviceCopy: OperationPayload {
  static let operationName: EngineLabel = "to"
  let from: Storage
  let byteOffset: Int
  let to: Storage

  var declaredWork: OperationWork { OperationWork(bytes: 2 * to.byteCount) }

  func run(_ context: borrowing OperationContext) {
    to.materialized().copyMemory(from: from.materialized() + byteOffset, byteCount: to.byteCount)
  }
}
