/// The arrays of one call on their way in and out; used again, so that calls allocate nothing here.
///
/// `@unchecked Sendable`: a frame belongs to one call at a time, which took it from its region
/// under the region's lock.
final class RegionFrame: @unchecked Sendable {
  /// What goes in.
  var arguments = ArrayLeaves()
  /// What comes out.
  var results: [NDArray] = []
  /// The structure of what comes out.
  var structure: [Int] = []

  /// Where the user wrote the call.
  var site = CallSite.unknown

  /// Forgets everything but the memory.
  func removeAll() {
    arguments.removeAll()
    results.removeAll(keepingCapacity: true)
    structure = []
  }
}
