/// One file of a published data set.
struct DataSetFile: Hashable, Sendable {
  /// The name that it is published and stored under.
  let name: String
  /// Its exact size.
  let byteCount: Int
  /// Its SHA-256, in hexadecimal.
  let sha256: String

  init(_ name: String, _ byteCount: Int, _ sha256: String) {
    (self.name, self.byteCount, self.sha256) = (name, byteCount, sha256)
  }
}

/// A published data set: which files it is made of and where they can be had.
struct DataSetDescription: Sendable {
  /// The name of its folder, below `$TANDEM_DATA` and in the cache.
  let name: String
  /// The environment variable that replaces `defaultURL`; empty, it forbids the download.
  let urlVariable: String
  /// Where the files are, but for their names.
  let defaultURL: String
  /// The files, in the order in which a reader wants their paths.
  let files: [DataSetFile]

  /// Handwritten digits, 28 × 28: training images and labels, test images and labels.
  static let mnist = DataSetDescription(
    name: "mnist", urlVariable: "TANDEM_MNIST_URL",
    defaultURL: "https://ossci-datasets.s3.amazonaws.com/mnist/",
    files: [
      DataSetFile(
        "train-images-idx3-ubyte.gz", 9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      DataSetFile(
        "train-labels-idx1-ubyte.gz", 28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      DataSetFile(
        "t10k-images-idx3-ubyte.gz", 1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      DataSetFile(
        "t10k-labels-idx1-ubyte.gz", 4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ])

  /// Articles of clothing in the format of MNIST.
  static let fashionMNIST = DataSetDescription(
    name: "fashion_mnist", urlVariable: "TANDEM_FASHION_MNIST_URL",
    defaultURL: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    files: [
      DataSetFile(
        "train-images-idx3-ubyte.gz", 26_421_880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      DataSetFile(
        "train-labels-idx1-ubyte.gz", 29_515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      DataSetFile(
        "t10k-images-idx3-ubyte.gz", 4_422_102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      DataSetFile(
        "t10k-labels-idx1-ubyte.gz", 5_148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ])
}
