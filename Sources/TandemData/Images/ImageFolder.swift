import Glibc
import TandemArray
import TandemShapes

/// Pictures in a folder with one folder for each class: `train/cat/7.jpg`. Each is decoded when it
/// is asked for, on a loader thread.
///
///     let set = try ImageFolder("train") { picture, random in
///       picture.colours().randomlyResizedCrop(height: 64, width: 64, &random).array()
///     }
public struct ImageFolder: DataSet {
  /// Makes an array of a picture, with random numbers of the item's own.
  public typealias Transform = @Sendable (Picture, inout PhiloxGenerator) throws -> NDArray

  /// The names of the folders, sorted; a picture's class is the place of its folder.
  public let classNames: [String]
  /// The pictures' paths and classes, sorted by path.
  public let files: [(path: String, label: Int)]
  public let passes = PassCounter()
  private let transform: Transform

  /// Lists the pictures: files whose names end in `.jpg`, `.jpeg` or `.png`, in letters of any
  /// size.
  ///
  /// - Parameter transform: makes arrays of one shape.
  /// - Throws: `DataSetError` if the folder cannot be read or has no pictures in folders.
  public init(_ folder: String, _ transform: @escaping Transform) throws(DataSetError) {
    let names = try folderEntries(folder).filter { isFolder("\(folder)/\($0)") }
    var files: [(path: String, label: Int)] = []
    for (label, name) in names.enumerated() {
      for file in try folderEntries("\(folder)/\(name)") where ImageFolder.isPicture(file) {
        files.append(("\(folder)/\(name)/\(file)", label))
      }
    }
    guard !files.isEmpty else {
      throw DataSetError(.missing, "image folder: no pictures in folders: \(folder)")
    }
    try self.init(files: files, classNames: names, transform)
  }

  /// Pictures that are listed elsewhere.
  ///
  /// - Parameters:
  ///   - files: paths and classes.
  ///   - classNames: of all classes, by number.
  /// - Throws: `DataSetError` if a class has no name.
  public init(
    files: [(path: String, label: Int)], classNames: [String], _ transform: @escaping Transform
  ) throws(DataSetError) {
    if let wrong = files.first(where: { !classNames.indices.contains($0.label) }) {
      throw DataSetError(.malformed, "image folder: no class \(wrong.label): \(wrong.path)")
    }
    (self.files, self.classNames, self.transform) = (files, classNames, transform)
  }

  public var count: Int { files.count }

  /// The transformed picture and, int64 without axes, its class.
  public func item(_ index: Int, key: RandomKey) throws -> Batch {
    let (path, label) = files[index]
    var random = PhiloxGenerator(key)
    return Batch(
      images: try transform(try Picture(path: path), &random),
      labels: NDArray([Int64(label)], shape: []))
  }

  private static func isPicture(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".jpg", ".jpeg", ".png"].contains { name.hasSuffix($0) }
  }
}

/// The names in a folder, sorted, without those that begin with a point.
func folderEntries(_ path: String) throws(DataSetError) -> [String] {
  guard let directory = opendir(path) else {
    throw DataSetError(.inputOutput, "folder: cannot open: \(lastSystemError()): \(path)")
  }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted()
}

/// Whether there is a folder at a path.
func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
