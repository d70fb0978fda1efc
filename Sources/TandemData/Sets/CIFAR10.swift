import TandemArray
import TandemShapes

/// Photographs of 32 × 32 in ten classes.
///
/// - Reference: Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009.
public struct CIFAR10: Sendable {
  /// The classes, by their number.
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// The pictures to learn from.
  public let train: PictureSet
  /// The pictures to judge by.
  public let test: PictureSet
  /// Where they came from.
  public let source: DataSource

  /// Loads exact pixels from binary records: of `$TANDEM_DATA/cifar10`, the first 4,000 pictures of
  /// training and the first 1,000 of the test.
  ///
  /// - Throws: `DataSetError` if the files cannot be had, or are incomplete or malformed.
  public static func load() async throws(DataSetError) -> CIFAR10 {
    let locator = DataSetLocator(environmentFor: .cifar10)
    return try await onThreadOfItsOwn { () throws(DataSetError) in
      let (source, paths) = try locator.locate(.cifar10)
      return CIFAR10(
        train: try PictureSet(cifarRecords: paths[0]), test: try PictureSet(cifarRecords: paths[1]),
        source: source)
    }
  }

  /// Loads all 60,000 pictures from their JPEG copies, whose pixels are off by 6 of 255 on average:
  /// numbers do not compare with those on exact pixels. Takes seconds of decoding.
  ///
  /// - Throws: `DataSetError` if the files cannot be had, or are incomplete or malformed.
  public static func loadPictures() async throws(DataSetError) -> CIFAR10 {
    let locator = DataSetLocator(environmentFor: .cifar10Pictures)
    return try await onThreadOfItsOwn { () throws(DataSetError) in
      let (source, paths) = try locator.locate(.cifar10Pictures)
      return CIFAR10(
        train: try PictureSet(archive: paths[0], list: paths[1]),
        test: try PictureSet(archive: paths[2], list: paths[3]), source: source)
    }
  }
}

/// Pictures of one size with a class each, in memory as bytes.
public struct PictureSet: DataSet {
  /// What is made of a picture before it becomes part of a batch.
  public typealias Transform = @Sendable (Picture, inout PhiloxGenerator) throws -> NDArray

  /// The pictures.
  public let pictures: [Picture]
  /// Their classes.
  public let labels: [Int]
  public let passes = PassCounter()
  private let transform: Transform

  /// Pictures and as many classes.
  ///
  /// - Parameter transform: makes arrays of one shape; plain bytes divided by 255 unless given.
  /// - Throws: `DataSetError` if there are not as many classes.
  public init(
    pictures: [Picture], labels: [Int],
    _ transform: @escaping Transform = { picture, _ in picture.array() }
  ) throws(DataSetError) {
    guard pictures.count == labels.count else {
      throw DataSetError(
        .malformed, "pictures: \(pictures.count) pictures, \(labels.count) classes")
    }
    (self.pictures, self.labels, self.transform) = (pictures, labels, transform)
  }

  public var count: Int { pictures.count }

  /// The same pictures with another transform: for training, one that draws.
  public func transformed(_ transform: @escaping Transform) throws(DataSetError) -> PictureSet {
    try PictureSet(pictures: pictures, labels: labels, transform)
  }

  /// The transformed picture and, int64 without axes, its class.
  public func item(_ index: Int, key: RandomKey) throws -> Batch {
    guard pictures.indices.contains(index) else {
      throw DataSetError(.missing, "pictures: no item \(index) of \(count)")
    }
    var random = PhiloxGenerator(key)
    return Batch(
      images: try transform(pictures[index], &random),
      labels: NDArray([Int64(labels[index])], shape: []))
  }

  /// Records of a class, a byte, and 32 × 32 bytes each of red, green and blue.
  init(cifarRecords path: String) throws(DataSetError) {
    let (bytes, size) = (try plainFile(path, largest: 1 << 30), 1 + 3072)
    guard !bytes.isEmpty, bytes.count % size == 0 else {
      throw DataSetError(.malformed, "cifar: \(bytes.count) bytes are no whole records: \(path)")
    }
    var (pictures, labels) = ([Picture](), [Int]())
    for start in stride(from: 0, to: bytes.count, by: size) {
      guard bytes[start] < 10 else {
        throw DataSetError(.malformed, "cifar: class \(bytes[start]) at byte \(start): \(path)")
      }
      labels.append(Int(bytes[start]))
      let planes = start + 1
      let pixels = (0..<3072).map { bytes[planes + $0 % 3 * 1024 + $0 / 3] }
      pictures.append(Picture(height: 32, width: 32, channels: 3, pixels: pixels))
    }
    try self.init(pictures: pictures, labels: labels)
  }

  /// JPEG files in an archive and a list of number, class and name, between tabs.
  init(archive: String, list: String) throws(DataSetError) {
    let tar = try TarFile(path: archive)
    let places = Dictionary(tar.files.map { (Self.base($0.name), $0.range) }) { first, _ in first }
    let lines = String(decoding: try wholeFile(list, largest: 1 << 28), as: UTF8.self)
    var (pictures, labels) = ([Picture](), [Int]())
    for (line, text) in lines.split(separator: "\n").enumerated() {
      let fields = text.split(separator: "\t")
      guard fields.count == 3, let label = Double(fields[1]), (0..<10).contains(label) else {
        throw DataSetError(.malformed, "list: no number, class and name: \(list):\(line + 1)")
      }
      guard let range = places[Self.base(String(fields[2]))] else {
        throw DataSetError(
          .missing, "list: \(fields[2]) is not in the archive: \(list):\(line + 1)")
      }
      let picture = try Picture(
        decoding: Array(tar.bytes[range]), name: "\(archive): \(fields[2])")
      pictures.append(picture.colours())
      labels.append(Int(label))
    }
    try self.init(pictures: pictures, labels: labels)
  }

  /// The last two parts of a path: class folder and file.
  private static func base(_ path: String) -> String {
    path.split(separator: "/").suffix(2).joined(separator: "/")
  }
}
