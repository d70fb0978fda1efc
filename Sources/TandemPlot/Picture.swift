/// Colours in rows, the first at the top.
struct Picture: Sendable, Hashable {
  let width: Int
  let height: Int
  let pixels: [Plot.Color]

  /// The picture with at most four pixels for each CSS pixel of a place, each the mean of those
  /// that it stands for.
  func shrunk(to place: Rect) -> Picture {
    func parts(_ count: Int, _ room: Double) -> Int { max(1, min(count, Int(room * 2))) }
    let (columns, rows) = (parts(width, place.width), parts(height, place.height))
    guard columns < width || rows < height else { return self }
    var result: [Plot.Color] = []
    result.reserveCapacity(columns * rows)
    for row in 0..<rows {
      let y = row * height / rows..<max(row * height / rows + 1, (row + 1) * height / rows)
      for column in 0..<columns {
        let x = column * width / columns
        result.append(mean(x..<max(x + 1, (column + 1) * width / columns), y))
      }
    }
    return Picture(width: columns, height: rows, pixels: result)
  }

  /// The mean colour of a part.
  func mean(_ x: Range<Int>, _ y: Range<Int>) -> Plot.Color {
    var (red, green, blue) = (0, 0, 0)
    for row in y {
      for column in x {
        let pixel = pixels[row * width + column]
        red += Int(pixel.red)
        green += Int(pixel.green)
        blue += Int(pixel.blue)
      }
    }
    let count = max(1, x.count * y.count)
    func byte(_ sum: Int) -> UInt8 { UInt8((sum + count / 2) / count) }
    return Plot.Color(byte(red), byte(green), byte(blue))
  }
}
