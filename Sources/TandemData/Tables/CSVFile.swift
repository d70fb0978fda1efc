import TandemArray
import TandemShapes

/// A table in a text file: rows of fields with separators between, quoted where a field holds
/// separators, quotes or line ends (RFC 4180).
///
///     let table = try CSVFile(path: "iris.csv", hasHeader: false)
///     let widths = try table.numbers("3")
///
/// Reading is strict: every row has as many fields as the first one, quotes are balanced and stand
/// around whole fields, and each complaint names file, line and column.
public struct CSVFile: Sendable {
  /// The largest file that is read, in bytes.
  public static let largestByteCount = 1 << 30

  /// The names of the columns; their numbers from 0 if the file has no header.
  public let columns: [String]
  /// The number of rows, without the header.
  public let rowCount: Int
  /// The file's name, for messages.
  public let name: String

  private let fields: [String]
  private let lines: [Int]
  private let places: [String: Int]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of the file, UTF-8.
  ///   - hasHeader: whether the first row is the columns' names.
  ///   - separator: between fields; one ASCII character.
  /// - Throws: `DataSetError` if it cannot be read or is malformed.
  public init(
    path: String, hasHeader: Bool = true, separator: Character = ","
  ) throws(DataSetError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let bytes = try wholeFile(path, largest: CSVFile.largestByteCount)
    try self.init(bytes, name: name, hasHeader: hasHeader, separator: separator)
  }

  /// Reads what a file holds; `name` is for messages.
  init(
    _ bytes: [UInt8], name: String, hasHeader: Bool, separator: Character = ","
  ) throws(DataSetError) {
    guard let separator = separator.asciiValue, ![0x0A, 0x0D, 0x22].contains(separator) else {
      throw DataSetError(.malformed, "csv: no separator: \"\(separator)\": \(name)")
    }
    var reader = CSVReader(bytes, name: name, separator: separator)
    var first: [String] = []
    var (fields, lines) = ([String](), [Int]())
    while let (row, line) = try reader.row() {
      if first.isEmpty { first = row }
      guard row.count == first.count else {
        throw DataSetError(
          .malformed,
          "csv: row of \(row.count) fields, the first has \(first.count): \(name):\(line)")
      }
      fields += row
      lines.append(line)
    }
    if hasHeader {
      guard !first.isEmpty else { throw DataSetError(.malformed, "csv: no header: \(name)") }
      fields.removeFirst(first.count)
      lines.removeFirst()
    }
    columns = hasHeader ? first : first.indices.map(String.init)
    var places: [String: Int] = [:]
    for (place, column) in columns.enumerated() {
      guard places.updateValue(place, forKey: column) == nil else {
        throw DataSetError(.malformed, "csv: two columns \"\(column)\": \(name)")
      }
    }
    (self.name, self.fields, self.lines, self.places) = (name, fields, lines, places)
    rowCount = lines.count
  }

  /// The fields of a column as they are.
  ///
  /// - Throws: `DataSetError` if there is no such column.
  public func texts(_ column: String) throws(DataSetError) -> [String] {
    let place = try self.place(of: column)
    return (0..<rowCount).map { fields[$0 * columns.count + place] }
  }

  /// The fields of a column as numbers.
  ///
  /// - Parameter missing: stands for an empty field; without it an empty field is an error.
  /// - Throws: `DataSetError` that names line and column of a field that is no number.
  public func numbers(
    _ column: String, missing: Double? = nil
  ) throws(DataSetError) -> [Double] {
    try converted(column, to: "a number", missing: missing) { Double($0) }
  }

  /// The fields of a column as whole numbers.
  ///
  /// - Parameter missing: stands for an empty field; without it an empty field is an error.
  /// - Throws: `DataSetError` that names line and column of a field that is no whole number.
  public func integers(
    _ column: String, missing: Int? = nil
  ) throws(DataSetError) -> [Int] {
    try converted(column, to: "a whole number", missing: missing) { Int($0) }
  }

  /// The fields of a column as numbers of classes, in the order of the class names' text.
  ///
  /// - Throws: `DataSetError` if there is no such column.
  public func classes(
    _ column: String
  ) throws(DataSetError) -> (numbers: [Int], names: [String]) {
    let texts = try texts(column)
    let names = Set(texts).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (texts.map { numbers[$0] ?? 0 }, names)
  }

  /// Columns as an array, float32 `[rows, columns]`.
  ///
  /// - Parameter missing: stands for an empty field; without it an empty field is an error.
  /// - Throws: `DataSetError`, see ``numbers(_:missing:)``.
  public func array(
    _ columns: [String], missing: Double? = nil
  ) throws(DataSetError) -> NDArray {
    var numbers = [Float](repeating: 0, count: rowCount * columns.count)
    for (place, column) in columns.enumerated() {
      for (row, number) in try self.numbers(column, missing: missing).enumerated() {
        numbers[row * columns.count + place] = Float(number)
      }
    }
    return NDArray(numbers, shape: [rowCount, columns.count])
  }

  private func place(of column: String) throws(DataSetError) -> Int {
    guard let place = places[column] else {
      throw DataSetError(.missing, "csv: no column \"\(column)\": \(name)")
    }
    return place
  }

  private func converted<Value>(
    _ column: String, to wanted: String, missing: Value?, _ convert: (String) -> Value?
  ) throws(DataSetError) -> [Value] {
    let place = try self.place(of: column)
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      let field = fields[row * columns.count + place]
      if field.isEmpty, let missing {
        values.append(missing)
      } else if let value = convert(field) {
        values.append(value)
      } else {
        throw DataSetError(
          .malformed,
          "csv: not \(wanted): \"\(field.prefix(40))\": \(name):\(lines[row]), column \"\(column)\""
        )
      }
    }
    return values
  }
}
