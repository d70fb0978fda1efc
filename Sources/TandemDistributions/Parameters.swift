import TandemShapes

/// The parameters of a batch of distributions: floats of one dtype and shape.
struct Parameters {
  /// In the order in which they were given, broadcast to the batch.
  let arrays: [NDArray]

  /// Parameters that were given; stops with a message if they do not broadcast.
  ///
  /// - Parameter name: of the distribution.
  init(_ name: String, _ given: [any RandomParameter], _ site: CallSite) {
    let dtypes = given.compactMap { parameter in
      if case .array(let array) = parameter.randomParameter { array.dtype.floating } else { nil }
    }
    let dtype = dtypes.dropFirst().reduce(dtypes.first ?? .float32) { $0.promoted(with: $1) }
    let found = given.map { parameter in
      switch parameter.randomParameter {
      case .number(let number): NDArray(number, dtype: dtype)
      case .array(let array): array.cast(to: dtype)
      }
    }
    var shape = Shape()
    do throws(ShapeError) {
      for array in found { shape = try broadcast(shape, array.shape) }
    } catch {
      let list = found.map(\.type.description).joined(separator: ", ")
      fail("\(name): parameters do not broadcast: \(list)", at: site)
    }
    arrays = found.map { $0.shape == shape ? $0 : $0.broadcast(to: shape) }
  }
}

extension NDArray {
  /// The number of axes that a distribution of vectors needs at least.
  func requireAxes(_ count: Int, _ name: String, _ site: CallSite) {
    guard rank >= count else { fail("\(name): needs \(count) axes or more: \(type)", at: site) }
  }
}
