/// Ratings as inner products of a vector for each user and one for each item, with biases:
/// `(users + items) · (features + 1) + 1` parameters.
///
/// - Input: `[batch, 2]`, int32 or int64: the numbers of a user and an item. Output: `[batch]`.
/// - Reference: Koren, Bell and Volinsky, *Matrix Factorization Techniques for Recommender
///   Systems*, Computer, 2009.
public struct MatrixFactorization: ReportingLayer {
  /// The users' vectors.
  public let users: Embedding
  /// The items' vectors.
  public let items: Embedding
  /// By how much a user's ratings are above the others'.
  public let userBias: Embedding
  /// By how much an item's ratings are above the others'.
  public let itemBias: Embedding
  /// The mean of all ratings, `[]`; starts as was said.
  public let mean: Parameter

  /// - Parameters:
  ///   - users: their number.
  ///   - items: their number.
  ///   - features: the lengths of the vectors.
  ///   - mean: what ``mean`` starts with.
  public init(users: Int, items: Int, features: Int, mean: Double = 0) {
    let start = Initializer.normal(standardDeviation: 0.1)
    self.users = Embedding(users, features: features, initializer: start)
    self.items = Embedding(items, features: features, initializer: start)
    userBias = Embedding(users, features: 1, initializer: .zeros)
    itemBias = Embedding(items, features: 1, initializer: .zeros)
    self.mean = Parameter(shape: [], initializer: .constant(mean))
  }

  @_disfavoredOverload
  public func callAsFunction(_ pairs: NDArray) -> NDArray {
    guard pairs.rank == 2, pairs.shape[1] == 2 else {
      fail("matrixFactorization: needs [batch, 2]: \(pairs.type)", at: .unknown)
    }
    return self(pairs[.all, 0], pairs[.all, 1])
  }

  /// The ratings of pairs, `[batch]`, for the numbers of users and items, `[batch]` each.
  public func callAsFunction(_ user: NDArray, _ item: NDArray) -> NDArray {
    let products = (users(user) * items(item)).sum(axis: -1)
    let biases = (userBias(user) + itemBias(item)).squeezed(axis: -1)
    return products + biases + mean.value
  }
}
