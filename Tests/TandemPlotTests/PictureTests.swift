import CTandem
import FoundationXML
import Foundation
import TandemFormats
import TestSupport
import Testing

@testable import TandemPlot

/// SVG read by an XML parser, PNG decoded, pixels at known places.
struct PictureTests {
  private let rich =
    (Plot.line([1, 2, 3, 4], [1, 4, 2, 3], label: "a <b> & \"c\"").marker(.square)
    + Plot.band([1, 2, 3, 4], [0, 1, 1, 2], [2, 5, 3, 4], label: "band").dashed())
    .title("Title & <more>\u{1}").labels(x: "x", y: "y")

  @Test("SVG is XML, and texts come out as they went in")
  func xml() throws {
    let grid = Plot.grid([rich, Plot.heatmap([[1, 2], [3, 4]]), Plot.histogram([1, 2, 3])])
    for plot in [rich, grid] {
      let document = try XMLDocument(xmlString: plot.svg)
      let texts = try document.nodes(forXPath: "//*[local-name()='text']").map(\.stringValue)
      #expect(texts.contains("Title & <more>"))
      #expect(texts.contains("a <b> & \"c\""))
      let names = try document.nodes(forXPath: "//*[local-name()='clipPath']/@id")
      #expect(Set(names.map(\.stringValue)).count == names.count)
    }
  }

  @Test("the same plot has the same bytes")
  func determinism() {
    #expect(rich.svg == rich.svg && rich.png == rich.png)
    #expect(rich.svg != rich.title("other").svg)
  }

  /// The pixels of a PNG file with filter 2 in each row, checksums checked.
  private func decode(_ file: [UInt8]) throws -> (width: Int, height: Int, bytes: [[UInt8]]) {
    func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(file.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var (place, data) = (8, [UInt8]())
    while place < file.count {
      let count = number(place)
      let checked = Array(file[place + 4..<place + 8 + count])
      #expect(tandem_crc32(0, checked, checked.count) == UInt32(number(place + 8 + count)))
      if checked.prefix(4) == Array("IDAT".utf8)[...] { data += checked.dropFirst(4) }
      place += 12 + count
    }
    let (width, height) = (number(16), number(20))
    let stride = width * (file[25] == 0 ? 1 : 3)
    var rows = [UInt8](repeating: 0, count: (stride + 1) * height)
    let raw = Array(data.dropFirst(2).dropLast(4))
    var written = 0
    let stream = tandem_inflate_open_raw(raw, raw.count)
    defer { tandem_inflate_close(stream) }
    tandem_inflate_read(stream, &rows, rows.count, &written)
    #expect(written == rows.count)
    var above = [UInt8](repeating: 0, count: stride)
    return (
      width, height,
      (0..<height).map { y in
        let start = y * (stride + 1)
        #expect(rows[start] == 2)
        above = zip(rows[start + 1...start + stride], above).map { $0 &+ $1 }
        return above
      }
    )
  }

  @Test("a picture comes out of its PNG file as it went in")
  func roundTrip() throws {
    var random = SplitMix(seed: 5)
    let pixels = (0..<7 * 5).map { _ in Plot.Color(hex: UInt32(random.next() & 0xFFFFFF)) }
    let file = try decode(PNGFile.bytes(Picture(width: 7, height: 5, pixels: pixels)))
    #expect(file.width == 7 && file.height == 5)
    #expect(file.bytes.flatMap { $0 } == pixels.flatMap { [$0.red, $0.green, $0.blue] })
    let gray = try decode(PNGFile.bytes(Picture(width: 1, height: 1, pixels: [.gray])))
    #expect(gray.bytes == [[0x88]])
  }

  @Test("the cells of an image are at their places, in their colours")
  func image() throws {
    // Red and green above, blue and white below.
    let plot = Plot.image([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]])
      .size(width: 100, height: 100)
    let file = try decode(plot.png(scale: 1))
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(file.bytes[y][3 * x..<3 * x + 3]) }
    #expect(pixel(30, 30) == [255, 0, 0] && pixel(70, 30) == [0, 255, 0])
    #expect(pixel(30, 70) == [0, 0, 255] && pixel(70, 70) == [255, 255, 255])
    // The same with the colours' axis first, as floats.
    let planar = Plot.image([[[1.0, 0], [0, 1]], [[0, 1], [0, 1]], [[0, 0], [1, 1]]])
    #expect(planar.size(width: 100, height: 100).png(scale: 1) == plot.png(scale: 1))
  }

  @Test("shapes cover as many pixels as their areas")
  func coverage() {
    func ink(_ body: (inout PixelCanvas) -> Void) -> Double {
      var canvas = PixelCanvas(size: Size(width: 40, height: 40), scale: 1)
      body(&canvas)
      return canvas.picture.pixels.reduce(0) { $0 + Double(255 - $1.red) / 255 }
    }
    let black = Ink(color: .black)
    let rect = Rect(x: 3.25, y: 4.5, width: 10.5, height: 7.25)
    #expect(abs(ink { $0.rectangles([rect], black) } - 76.125) < 0.5)
    let triangle = [Point(2, 2), Point(32, 7), Point(12, 35)]
    // Half of (30, 5) × (10, 33).
    #expect(abs(ink { $0.polygon(triangle, black) } - 470) < 2)
    #expect(abs(ink { $0.markers([Point(20, 20)], .circle, size: 20, black) } - 314.16) < 2)
    let line = [Point(5, 5), Point(35, 25)]
    #expect(abs(ink { $0.line(line, Stroke(ink: black, width: 3)) } - 108.2) < 2)
    let half = Ink(color: .black, opacity: 0.5)
    #expect(abs(ink { $0.rectangles([rect, rect], half) } - 38.06) < 0.5)
  }

  @Test("files get what their endings say; others are refused")
  func saving() throws {
    let folder = TemporaryFolder()
    for ending in ["svg", "png", "txt", "PNG"] { try rich.save("\(folder.path)/plot.\(ending)") }
    #expect(folder.files == ["plot.PNG", "plot.png", "plot.svg", "plot.txt"])
    let svg = try String(contentsOfFile: folder.path + "/plot.svg", encoding: .utf8)
    #expect(svg == rich.svg)
    for (name, found) in [("plot.jpeg", ".jpeg"), ("plot", "there is none")] {
      let error = #expect(throws: FormatError.self) { try rich.save("\(folder.path)/\(name)") }
      #expect(
        error?.message
          == "plot: the name must end in .svg, .png or .txt: \(found): \(folder.path)/\(name)")
    }
  }
}
