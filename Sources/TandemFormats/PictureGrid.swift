import TandemArray
import TandemShapes

/// Writes pictures side by side as one file that image viewers read: PGM if they have one colour,
/// PPM if they have three. Waits until they are computed.
///
/// - Parameters:
///   - pictures: `[count, colors, height, width]`, floats.
///   - path: of the file, mostly ending in `.pgm` or `.ppm`.
///   - columns: how many pictures stand in a row.
///   - range: what becomes black and what becomes white; numbers beyond are cut off.
/// - Throws: `FormatError` if the array has another shape, or the file cannot be written; what went
///   wrong while the array was computed.
/// - Reference: the Netpbm formats P5 and P6.
public func savePictureGrid(
  _ pictures: NDArray, to path: String, columns: Int, range: ClosedRange<Double> = 0...1
) throws {
  guard pictures.rank == 4, [1, 3].contains(pictures.shape[1]), pictures.count > 0, columns > 0,
    pictures.dtype.isFloatingPoint
  else {
    throw FormatError(
      .unsupported,
      "pictures: needs floats [count, 1 or 3, height, width] and a column: \(pictures.type): "
        + path
    )
  }
  let (count, colors) = (pictures.shape[0], pictures.shape[1])
  let rows = (count + columns - 1) / columns
  let (height, width) = (pictures.shape[2], pictures.shape[3])
  let span = range.upperBound - range.lowerBound
  let bytes =
    ((pictures - range.lowerBound) * (255 / (span > 0 ? span : 1)))
    .clip(min: 0, max: 255).rounded().cast(to: .uint8)
  // What is missing in the last row is black.
  let whole = bytes.padded([(0, rows * columns - count), (0, 0), (0, 0), (0, 0)])
    .reshaped([rows, columns, colors, height, width])
    .transposed([0, 3, 1, 4, 2])  // [rows, height, columns, width, colors]
    .contiguous()
  let kind = colors == 1 ? "P5" : "P6"
  try whole.withUnsafeBytes { pixels in
    let file = try AtomicFile(path, format: "pictures")
    try file.write(Array("\(kind)\n\(columns * width) \(rows * height)\n255\n".utf8))
    try file.write(pixels)
    try file.commit()
  }
}
