import TandemArray

/// 100,004 ratings of 9,066 films by 671 people, half a star to five.
///
/// - Reference: Harper and Konstan, *The MovieLens Datasets: History and Context*, 2015.
public struct MovieLens: Sendable {
  /// Users and films of all ratings, int64 `[count, 2]`, each numbered from zero in the order of
  /// their numbers in the files, and the stars, float32 `[count]`.
  public let ratings: ArraySet
  /// The number of people.
  public let userCount: Int
  /// The number of films that somebody has rated.
  public let movieCount: Int
  /// The titles of the rated films, by number.
  public let titles: [String]

  /// Loads the set from `$TANDEM_DATA/movielens`, the user's cache, or the address in
  /// `TANDEM_MOVIELENS_URL`.
  ///
  /// - Throws: `DataSetError` if it cannot be had, or is incomplete or malformed.
  public static func load() async throws(DataSetError) -> MovieLens {
    let locator = DataSetLocator(environmentFor: .movieLens)
    return try await onThreadOfItsOwn { () throws(DataSetError) in
      let paths = try locator.locate(.movieLens).paths
      let table = try CSVFile(path: paths[0])
      let movies = try CSVFile(path: paths[1])
      let (users, userCount) = numbered(try table.integers("userId"))
      let films = try table.integers("movieId")
      let (places, movieCount) = numbered(films)
      let names = Dictionary(
        zip(try movies.integers("movieId"), try movies.texts("title"))
      ) { first, _ in first }
      let pairs = zip(users, places).flatMap { [Int64($0), Int64($1)] }
      let stars = try table.numbers("rating").map { Float($0) }
      return MovieLens(
        ratings: ArraySet(
          NDArray(pairs, shape: [users.count, 2]), NDArray(stars, shape: [stars.count])),
        userCount: userCount, movieCount: movieCount,
        titles: Set(films).sorted().map { names[$0] ?? "film \($0)" })
    }
  }
}

/// Places of numbers among those that there are, in their order.
private func numbered(_ numbers: [Int]) -> (places: [Int], count: Int) {
  let known = Set(numbers).sorted()
  let places = Dictionary(uniqueKeysWithValues: zip(known, known.indices))
  return (numbers.map { places[$0] ?? 0 }, known.count)
}
