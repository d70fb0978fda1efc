/// One call of a sampler: what it is called, where it stands, which elements it makes, and the keys
/// of its draws.
///
/// The first draw takes the given key, or the next tick of the thread's ``RandomState``; a second
/// draw of the same call takes the next tick, or a key that is folded from the given one.
struct RandomDraw {
  /// The sampler's name in messages.
  let name: String
  /// Where it was called.
  let site: CallSite
  /// The parameters that the sampler was given.
  let parameters: [RandomParameterValue]
  /// The shape of the result.
  let shape: Shape
  /// The dtype of the result.
  let dtype: DType
  private let key: RandomKey?
  private var drawn = 0

  /// A call of a sampler; stops with a message if parameters do not broadcast to the shape.
  ///
  /// - Parameters:
  ///   - shape: that of the result; what the parameters broadcast to if `nil`.
  ///   - dtype: that of the result; what the parameters promote to, as floats, if `nil`.
  init(
    _ name: String, _ parameters: [RandomParameterValue], _ shape: Shape?, _ dtype: DType?,
    _ key: RandomKey?, at site: CallSite
  ) {
    (self.name, self.parameters, self.key, self.site) = (name, parameters, key, site)
    let arrays = parameters.compactMap(\.array)
    self.shape = RandomDraw.shape(name, arrays.map(\.type), shape, site)
    let floats = arrays.map { $0.dtype.floating }
    self.dtype =
      dtype ?? floats.dropFirst().reduce(floats.first ?? .float32) { $0.promoted(with: $1) }
  }

  private static func shape(
    _ name: String, _ types: [TensorType], _ wanted: Shape?, _ site: CallSite
  ) -> Shape {
    var common = Shape()
    do throws(ShapeError) {
      for type in types { common = try broadcast(common, type.shape) }
      guard let wanted else { return common }
      if try broadcast(common, wanted) == wanted { return wanted }
    } catch {}
    let list = types.map(\.description).joined(separator: ", ")
    fail(
      "\(name): parameters do not broadcast\(wanted.map { " to the shape \($0)" } ?? ""): \(list)",
      at: site)
  }

  /// Whether all parameters are numbers.
  var hasNumbersOnly: Bool { parameters.allSatisfy { $0.number != nil } }

  /// The dtype in which the result is computed: 16-bit floats in float32.
  var wide: DType { dtype.floating.accumulating }

  /// A parameter as an array of the dtype in which the result is computed.
  func parameter(_ index: Int) -> NDArray { parameters[index].array(wide) }

  /// The words of the next draw's key.
  mutating func nextKey() -> [NDArray] {
    defer { drawn += 1 }
    guard let key else { return RandomArrays.nextKey() }
    return RandomArrays.words(of: drawn == 0 ? key : key.folding(drawn))
  }

  /// Numbers from a distribution that has no parameters but its own numbers.
  ///
  /// - Parameter dtype: ``wide`` if `nil`.
  mutating func fill(_ distribution: RandomFill.Distribution, _ dtype: DType? = nil) -> NDArray {
    let op = RandomSample(distribution, shape, dtype ?? wide)
    return NDArray.apply(op, inputs: nextKey(), at: site)[0]
  }

  /// Numbers from a distribution with parameters for each element.
  mutating func variates(
    _ kind: RandomVariates.Kind, _ parameters: [NDArray], _ dtype: DType
  ) -> NDArray {
    let op = RandomVariate(kind, shape, dtype)
    return NDArray.apply(op, inputs: parameters + nextKey(), at: site)[0]
  }

  /// Numbers of the standard normal distribution.
  mutating func normals() -> NDArray { fill(.normal(mean: 0, standardDeviation: 1)) }

  /// Numbers of the exponential distribution of mean one; never zero.
  mutating func exponentials(_ dtype: DType? = nil) -> NDArray {
    fill(.exponential(scale: 1), dtype)
  }

  /// Numbers of the standard gamma distribution.
  mutating func gammas(_ shape: NDArray, _ dtype: DType? = nil) -> NDArray {
    variates(.standardGamma, [shape], dtype ?? wide)
  }

  /// `location + scale · x`, for the first two parameters, in the dtype of the result.
  func located(_ x: NDArray) -> NDArray {
    finished(parameter(0) + parameter(1) * x)
  }

  /// A result in its dtype.
  func finished(_ x: NDArray) -> NDArray { x.cast(to: dtype) }
}
