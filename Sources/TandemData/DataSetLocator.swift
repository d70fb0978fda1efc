import Glibc
import TandemShapes

/// Where a data set came from.
public enum DataSource: Hashable, Sendable {
  /// A folder below `$TANDEM_DATA`.
  case files(String)
  /// The user's cache, checked again.
  case cache
  /// Downloaded into the cache just now.
  case download
  /// Drawn by ``StrokeDigits``, since there was neither a file nor a network.
  case builtIn
}

/// Finds the files of a data set: in `$TANDEM_DATA/<set>`, then in the user's cache, then on the
/// network. Writes nowhere but into the cache.
struct DataSetLocator: Sendable {
  /// The folder that holds one folder for each set, if the user has one.
  let data: String?
  /// The folder that downloads go to; `nil` if the user has no home.
  let cache: String?
  /// Where to download from, instead of the set's own address; empty to not download.
  let baseURL: String?
  /// When a download is given up.
  var limits = DownloadLimits()

  /// The places that the environment names for a set: `TANDEM_DATA`, `XDG_CACHE_HOME` or `HOME`,
  /// and the variable of the set's address.
  init(environmentFor set: DataSetDescription) {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    func folder(_ name: String) -> String? {
      variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    data = variable("TANDEM_DATA").flatMap { $0.isEmpty ? nil : $0 }
    // Relative cache folders are ignored, as the XDG base directory specification asks.
    cache =
      folder("XDG_CACHE_HOME").map { $0 + "/tandem" }
      ?? folder("HOME").map { $0 + "/.cache/tandem" }
    baseURL = variable(set.urlVariable)
  }

  init(data: String?, cache: String?, baseURL: String?) {
    (self.data, self.cache, self.baseURL) = (data, cache, baseURL)
  }

  /// The paths of a set's files, in its order; blocks while it downloads.
  ///
  /// - Throws: `DataSetError`: `missing` if the user's folder has some of the files only,
  ///   `unreachable` if the files are nowhere, `checksum` if the server has other files.
  func locate(_ set: DataSetDescription) throws(DataSetError) -> (DataSource, paths: [String]) {
    if let data {
      let folder = "\(data)/\(set.name)"
      if let paths = try userFiles(set, in: folder) { return (.files(folder), paths) }
    }
    guard let cache else {
      throw DataSetError(
        .unreachable, "\(set.name): no files, and no cache folder: HOME is not set")
    }
    let folder = "\(cache)/\(set.name)"
    var source = DataSource.cache
    var paths: [String] = []
    for file in set.files {
      let path = "\(folder)/\(file.name)"
      if try !isGood(path, file) {
        try download(file, of: set, into: folder)
        source = .download
      }
      paths.append(path)
    }
    return (source, paths)
  }

  /// The files in the user's own folder, compressed or not; `nil` if none of them is there.
  private func userFiles(
    _ set: DataSetDescription, in folder: String
  ) throws(DataSetError) -> [String]? {
    let paths = set.files.map { file -> String? in
      let path = "\(folder)/\(file.name)"
      return [path, String(path.dropLast(".gz".count))].first { regularFileSize($0) != nil }
    }
    if paths.allSatisfy({ $0 == nil }) { return nil }
    for (file, path) in zip(set.files, paths) where path == nil {
      throw DataSetError(.missing, "\(set.name): missing file: \(folder)/\(file.name)")
    }
    return paths.compactMap { $0 }
  }

  private func isGood(_ path: String, _ file: DataSetFile) throws(DataSetError) -> Bool {
    guard regularFileSize(path) == file.byteCount else { return false }
    return try SHA256.hexDigest(ofFile: path) == file.sha256
  }

  private func download(
    _ file: DataSetFile, of set: DataSetDescription, into folder: String
  ) throws(DataSetError) {
    let base = baseURL ?? set.defaultURL
    if base.isEmpty {
      throw DataSetError(
        .unreachable, "\(set.name): no files, and \(set.urlVariable) forbids the download")
    }
    let url = base.hasSuffix("/") ? base + file.name : "\(base)/\(file.name)"
    try Download(url: url, file: file, folder: folder, limits: limits).run()
  }
}
