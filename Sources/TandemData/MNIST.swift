/// Handwritten digits: 60,000 images of 28 × 28 for training, 10,000 for testing, ten classes.
///
/// ```swift
/// let mnist = try await MNIST.load()
/// for batch in mnist.train.batches(of: 128, shuffled: true) { … }
/// ```
///
/// - Reference: LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document
///   recognition*, Proceedings of the IEEE 86, 1998.
public struct MNIST: Sendable {
  /// The images to learn from.
  public let train: ImageSet
  /// The images to judge by.
  public let test: ImageSet
  /// Where the images came from.
  public let source: DataSource

  /// What was loaded, for logs and results: `mnist`, or `stroke_digits` if they were drawn.
  public var name: String { source == .builtIn ? "stroke_digits" : DataSetDescription.mnist.name }

  /// Loads the set from `$TANDEM_DATA/mnist`, the user's cache, or the network (the address in
  /// `TANDEM_MNIST_URL`, if that is set; set and empty: no download). If it is nowhere, draws
  /// ``StrokeDigits`` instead and says so in one line on standard error.
  ///
  /// - Throws: `DataSetError` if files are there but incomplete or malformed, or if the server
  ///   gives other files than MNIST.
  public static func load() async throws(DataSetError) -> MNIST {
    try await load(from: DataSetLocator(environmentFor: .mnist))
  }

  static func load(
    from locator: DataSetLocator, trainCount: Int = 60_000, testCount: Int = 10_000
  ) async throws(DataSetError) -> MNIST {
    do {
      let (source, train, test) = try await loadImageSets(.mnist, from: locator)
      return MNIST(train: train, test: test, source: source)
    } catch  where error.code == .unreachable {
      say("no MNIST (\(error)); using built-in stroke digits instead, see TANDEM_DATA")
      let digits = StrokeDigits()
      return MNIST(
        train: try await digits.images(count: trainCount, split: .train),
        test: try await digits.images(count: testCount, split: .test), source: .builtIn)
    }
  }
}

/// Articles of clothing in ten classes, in the sizes of MNIST and harder.
///
/// - Reference: Xiao, Rasul and Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking
///   machine learning algorithms*, arXiv:1708.07747.
public struct FashionMNIST: Sendable {
  /// The classes, by their number.
  public static let classNames = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
  ]

  /// The images to learn from.
  public let train: ImageSet
  /// The images to judge by.
  public let test: ImageSet
  /// Where the images came from; never the built-in generator.
  public let source: DataSource

  /// Loads the set from `$TANDEM_DATA/fashion_mnist`, the user's cache, or the network (the address
  /// in `TANDEM_FASHION_MNIST_URL`, if that is set).
  ///
  /// - Throws: `DataSetError` if it cannot be had, or is incomplete or malformed.
  public static func load() async throws(DataSetError) -> FashionMNIST {
    let locator = DataSetLocator(environmentFor: .fashionMNIST)
    let (source, train, test) = try await loadImageSets(.fashionMNIST, from: locator)
    return FashionMNIST(train: train, test: test, source: source)
  }
}

/// Finds and reads the four files of a set in the format of MNIST.
func loadImageSets(
  _ set: DataSetDescription, from locator: DataSetLocator
) async throws(DataSetError) -> (DataSource, train: ImageSet, test: ImageSet) {
  try await onThreadOfItsOwn { () throws(DataSetError) in
    let (source, paths) = try locator.locate(set)
    let train = try ImageSet(imagesPath: paths[0], labelsPath: paths[1])
    let test = try ImageSet(imagesPath: paths[2], labelsPath: paths[3])
    return (source, train, test)
  }
}
